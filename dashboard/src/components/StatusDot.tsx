import type { RunStatus } from '../../../src/schemas/run.js';
import { words } from '../strings.js';

const SHAPES: Record<RunStatus, string> = {
  pending: 'rounded-full border-2 border-dotted border-faint',
  running: 'rounded-full bg-trail-fill ring-3 ring-trail-fill/20 breathe',
  completed: 'rounded-full border-2 border-faint',
  failed: 'rotate-45 rounded-[2px] bg-broke-fill scale-90',
  cancelled: 'rounded-full border-2 border-faint relative after:absolute after:inset-x-0 after:top-1/2 after:h-px after:bg-faint',
  stale: 'rounded-full border-2 border-warn bg-linear-to-r from-warn from-50% to-transparent to-50%',
};

/** A run's status: a shape and a colour for the eye, the word for the tooltip and for readers. */
export function StatusDot({ status }: { status: RunStatus }) {
  return (
    <span title={words.status[status]} className="inline-flex items-center">
      <span aria-hidden="true" className={`block size-2 shrink-0 ${SHAPES[status]}`} />
      <span className="sr-only">{words.status[status]}</span>
    </span>
  );
}

/** The dot with its word beside it. */
export function StatusWord({ status }: { status: RunStatus }) {
  return (
    <span className="inline-flex items-center gap-2 text-muted">
      <span aria-hidden="true" className={`block size-2 shrink-0 ${SHAPES[status]}`} />
      {words.status[status]}
    </span>
  );
}
