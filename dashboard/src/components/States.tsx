import type { ReactNode } from 'react';
import { isProblem } from '../api/problem.js';
import { Button } from './Button.js';
import { Icon, type IconName } from './Icon.js';

interface StateProps {
  icon: IconName;
  title: string;
  children?: ReactNode;
  tone?: string;
}

function State({ icon, title, children, tone = 'text-faint' }: StateProps) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-center gap-2 px-4 py-12 text-center">
      <Icon name={icon} className={`size-6! ${tone}`} />
      <h2 className="font-semibold text-base">{title}</h2>
      {children}
    </div>
  );
}

/** Nothing is there; the children say what to do about it. */
export function EmptyState({ icon = 'table', title, children }: { icon?: IconName; title: string; children?: ReactNode }) {
  return (
    <State icon={icon} title={title}>
      <div className="text-muted">{children}</div>
    </State>
  );
}

/** What went wrong, and what to do about it. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  const hint = isProblem(error) ? error.hint : 'This is a fault of the page. Reload it; if it comes again, please report it.';
  return (
    <div role="alert">
      <State icon="warning" tone="text-bad" title={message}>
        {hint && <p className="text-muted">{hint}</p>}
        {retry && (
          <Button icon="refresh" onClick={retry} className="mt-2">
            Try again
          </Button>
        )}
      </State>
    </div>
  );
}

/** Where rows will be. */
export function Skeleton({ rows = 6, label = 'Loading' }: { rows?: number; label?: string }) {
  return (
    <div role="status" className="grid gap-2.5 p-4">
      <span className="sr-only">{label}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars have nothing else to be told apart by
        <div key={row} aria-hidden="true" className="h-4 animate-pulse rounded bg-sunk" style={{ width: `${90 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
