import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { IconButton } from './Button.js';
import { Icon } from './Icon.js';

interface Toast {
  id: number;
  text: string;
  tone: 'good' | 'bad';
}

export interface Toaster {
  done: (text: string) => void;
  failed: (error: unknown) => void;
}

const ToastContext = createContext<Toaster | null>(null);
const SHOWN_MS = 5_000;
let last = 0;

export function useToast(): Toaster {
  const toaster = useContext(ToastContext);
  if (toaster === null) throw new Error('useToast needs a ToastProvider above it');
  return toaster;
}

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const remove = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const show = useCallback(
    (text: string, tone: Toast['tone']) => {
      last += 1;
      const id = last;
      setToasts((shown) => [...shown.slice(-2), { id, text, tone }]);
      // What failed stays until it was read.
      if (tone === 'good') setTimeout(() => remove(id), SHOWN_MS);
    },
    [remove],
  );
  const toaster = useMemo<Toaster>(
    () => ({
      done: (text) => show(text, 'good'),
      failed: (error) => show(error instanceof Error ? error.message : String(error), 'bad'),
    }),
    [show],
  );
  return (
    <ToastContext value={toaster}>
      {children}
      <div aria-live="polite" className="fixed right-4 bottom-4 z-50 grid max-w-[calc(100vw-2rem)] gap-2">
        {toasts.map(({ id, text, tone }) => (
          <div key={id} className="panel flex max-w-md items-start gap-2 py-1.5 pr-1.5 pl-3 shadow-lg">
            <Icon name={tone === 'good' ? 'checkCircle' : 'warning'} className={`mt-1.5 ${tone === 'good' ? 'text-good' : 'text-bad'}`} />
            <p className="min-w-0 flex-1 break-words py-1">{text}</p>
            <IconButton label="Dismiss" icon="close" onClick={() => remove(id)} />
          </div>
        ))}
      </div>
    </ToastContext>
  );
}
