import { Toast } from '@base-ui/react/toast';
import { useEffect, useEffectEvent } from 'react';
import { buttonClass } from './Button.js';
import { Icon } from './Icon.js';
import type { Message } from './message.js';

/** The messages themselves; `onReady` is given the way to show one. */
export function Toasts({ onReady }: { onReady: (show: (message: Message) => void) => void }) {
  return (
    <Toast.Provider limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(26rem,calc(100vw-2rem))] flex-col gap-2">
          <List onReady={onReady} />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List({ onReady }: { onReady: (show: (message: Message) => void) => void }) {
  const { toasts, add, close } = Toast.useToastManager();
  const show = useEffectEvent(({ text, isFailure, timeout, undo, onEnd }: Message) => {
    let isTaken = false;
    const id = add({
      description: text,
      type: isFailure ? 'failed' : 'done',
      priority: isFailure ? 'high' : 'low',
      timeout,
      onRemove: () => isTaken || onEnd?.(),
      ...(undo === undefined
        ? {}
        : {
            actionProps: {
              children: 'Undo',
              onClick: () => {
                isTaken = true;
                undo();
                close(id);
              },
            },
          }),
    });
  });
  const ready = useEffectEvent(onReady);
  useEffect(() => ready((message) => show(message)), []);
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="flex items-center gap-2 rounded-xl bg-surface py-1.5 pr-1.5 pl-3 text-ink shadow-pop"
    >
      <Icon name={toast.type === 'failed' ? 'warning' : 'check'} className={toast.type === 'failed' ? 'text-broke' : 'text-muted'} />
      <Toast.Description className="min-w-0 flex-1 break-words py-1" />
      {toast.actionProps && <Toast.Action className={buttonClass('plain')} />}
      <Toast.Close aria-label="Dismiss" className={`${buttonClass('ghost')} w-8 px-0!`}>
        <Icon name="close" />
      </Toast.Close>
    </Toast.Root>
  ));
}
