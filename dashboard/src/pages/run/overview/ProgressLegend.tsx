import type { Progress, ProgressPoint, Verdict } from '../../../model/progress.js';
import { KINDS, VERDICTS } from '../search.js';
import { SYMBOLS } from './progress-option.js';

const SHAPES: Record<(typeof SYMBOLS)[ProgressPoint['kind']], string> = {
  circle: 'M6 11A5 5 0 1 0 6 1a5 5 0 0 0 0 10',
  triangle: 'M6 1l5 9.500H1z',
  diamond: 'M6 0.500l5.500 5.500L6 11.500.5 6z',
  rect: 'M1.500 1.500h9v9h-9z',
};
const FILLS: Record<Verdict, string> = {
  accepted: 'fill-good stroke-good',
  rejected: 'fill-surface stroke-bad',
  undecided: 'fill-selected stroke-accent',
};

/** What the marks stand for: those that are there. */
export function ProgressLegend({ points }: Pick<Progress, 'points'>) {
  const kinds = KINDS.filter((kind) => points.some((point) => point.kind === kind));
  const verdicts = VERDICTS.filter((verdict) => points.some((point) => point.verdict === verdict));
  return (
    <ul aria-label="Legend" className="flex flex-wrap gap-x-4 gap-y-1 px-4 pb-3 text-muted text-xs">
      {kinds.map((kind) => (
        <li key={kind} className="flex items-center gap-1.5">
          <Mark shape={SHAPES[SYMBOLS[kind]]} look="fill-none stroke-muted" /> {kind}
        </li>
      ))}
      {verdicts.map((verdict) => (
        <li key={verdict} className="flex items-center gap-1.5">
          <Mark shape={SHAPES.circle} look={FILLS[verdict]} /> {verdict}
        </li>
      ))}
      <li className="flex items-center gap-1.5">
        <span aria-hidden="true" className="h-0.5 w-4 bg-accent" /> best so far
      </li>
    </ul>
  );
}

function Mark({ shape, look }: { shape: string; look: string }) {
  return (
    <svg viewBox="0 0 12 12" className={`size-3 ${look}`} strokeWidth="1.5" aria-hidden="true">
      <path d={shape} />
    </svg>
  );
}
