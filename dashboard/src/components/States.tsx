import { type ReactNode, useEffect, useState } from 'react';
import { isProblem } from '../api/problem.js';
import { words } from '../strings.js';
import { Button } from './Button.js';
import { CopyButton } from './CopyButton.js';

/** Milliseconds before a placeholder is drawn, so that a fast answer does not flicker. */
const PATIENCE_MS = 150;

/** The dotted trail of an empty place. */
function DottedTrail() {
  return (
    <svg viewBox="0 0 80 44" aria-hidden="true" className="h-11 w-20 fill-none stroke-edge" strokeWidth="2">
      <path d="M2 38h16V26h16V14h16V8h16" strokeDasharray="4 3" />
      <circle cx="72" cy="8" r="5" className="stroke-faint" />
    </svg>
  );
}

/** Nothing is there; the children say what to do about it. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-center gap-1 px-4 py-12 text-center">
      <DottedTrail />
      <h2 className="mt-2 font-semibold">{title}</h2>
      <div className="text-muted">{children}</div>
    </div>
  );
}

/** What could not be done, what is safe, and what to do. Only its own place shows it; the rest of the page goes on. */
export function ErrorState({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  const message = error instanceof Error ? error.message : String(error);
  const hint = isProblem(error) ? error.hint : words.states.pageFault;
  const details = [title, message, hint, error instanceof Error ? error.stack : ''].filter(Boolean).join('\n');
  return (
    <div role="alert" className="panel m-4 max-w-xl p-4">
      <h2 className="flex items-center gap-2 font-semibold">
        <span aria-hidden="true" className="size-2 rotate-45 rounded-[2px] bg-broke-fill" />
        {title ?? message}
      </h2>
      {title !== undefined && <p className="mt-1 break-words text-muted">{message}</p>}
      {hint && <p className="mt-1 text-muted">{hint}</p>}
      <div className="mt-3 flex gap-2">
        {retry && <Button onClick={retry}>{words.states.again}</Button>}
        <CopyButton look="ghost" label={words.states.copyDetails} text={details} />
      </div>
    </div>
  );
}

/** Rows will be here. */
export function Skeleton({ rows = 6, label = 'Loading' }: { rows?: number; label?: string }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className="grid gap-2.5 p-4">
      <span className="sr-only">{label}</span>
      {isLate &&
        Array.from({ length: rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the bars have nothing else to be told apart by
          <div key={row} aria-hidden="true" className="h-4 rounded-sm bg-sunk" style={{ width: `${90 - ((row * 17) % 40)}%` }} />
        ))}
    </div>
  );
}
