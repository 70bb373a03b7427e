import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useRef, useState } from 'react';
import type { Message } from './message.js';

export interface Toaster {
  done: (text: string) => void;
  failed: (error: unknown) => void;
  /** Says what was done and offers to undo it for `milliseconds`; `onEnd` runs when the offer is over and was not taken. */
  undoable: (text: string, offer: { undo: () => void; onEnd: () => void; milliseconds: number }) => void;
}

const ToastContext = createContext<Toaster | null>(null);
/** Milliseconds that a message of success stays. */
const SHOWN_MS = 5_000;

const Toasts = lazy(() => import('./Toasts.js').then(({ Toasts: List }) => ({ default: List })));

export function useToast(): Toaster {
  const toaster = useContext(ToastContext);
  if (toaster === null) throw new Error('useToast needs a ToastProvider above it');
  return toaster;
}

/** Messages at the corner. Their library is loaded with the first one. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [isUsed, setUsed] = useState(false);
  const show = useRef<((message: Message) => void) | null>(null);
  const waiting = useRef<Message[]>([]);
  const toaster = useMemo<Toaster>(() => {
    const add = (message: Message) => {
      if (show.current === null) waiting.current.push(message);
      else show.current(message);
      setUsed(true);
    };
    return {
      done: (text) => add({ text, isFailure: false, timeout: SHOWN_MS }),
      // A failure stays until it was read.
      failed: (error) => add({ text: error instanceof Error ? error.message : String(error), isFailure: true, timeout: 0 }),
      undoable: (text, { undo, onEnd, milliseconds }) => add({ text, isFailure: false, timeout: milliseconds, undo, onEnd }),
    };
  }, []);
  const ready = (shown: (message: Message) => void) => {
    show.current = shown;
    for (const message of waiting.current.splice(0)) shown(message);
  };
  return (
    <ToastContext value={toaster}>
      {children}
      {isUsed && (
        <Suspense fallback={null}>
          <Toasts onReady={ready} />
        </Suspense>
      )}
    </ToastContext>
  );
}
