import type { ReactNode } from 'react';
import { useView } from './useRun.js';

/** Opens an iteration beside the page. */
export function IterationLink({ iteration, children }: { iteration: number; children?: ReactNode }) {
  const [, change] = useView();
  return (
    <button
      type="button"
      aria-label={children === undefined ? `Open iteration ${iteration}` : undefined}
      onClick={() => change({ iteration })}
      className="numeric rounded text-trail underline decoration-1 underline-offset-2"
    >
      {children ?? `#${iteration}`}
    </button>
  );
}
