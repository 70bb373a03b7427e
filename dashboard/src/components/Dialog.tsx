import { type ReactNode, useEffect, useId, useRef } from 'react';
import { IconButton } from './Button.js';

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  wide?: boolean;
}

/** A modal dialog. The browser's own: it holds the focus, closes by Esc, and gives the focus back. */
export function Dialog({ open, onClose, title, children, wide = false }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    if (!open) return dialog.current?.close();
    dialog.current?.showModal();
    // The browser would take the button that closes it.
    dialog.current?.querySelector<HTMLElement>('input, textarea, select')?.focus();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it, by the browser
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
      className={`m-auto max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] rounded-lg border border-line bg-surface p-0 text-ink shadow-2xl backdrop:bg-black/45 ${wide ? 'max-w-4xl' : 'max-w-xl'}`}
    >
      {open && (
        <>
          <header className="sticky top-0 z-10 flex items-center justify-between gap-4 border-line border-b bg-surface py-2 pr-2 pl-4">
            <h2 id={heading} className="font-semibold text-sm">
              {title}
            </h2>
            <IconButton label="Close" icon="close" onClick={onClose} />
          </header>
          <div className="p-4">{children}</div>
        </>
      )}
    </dialog>
  );
}
