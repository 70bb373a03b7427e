import type { Outcome } from '../story/outcome.js';

/** Clockwise from the top: the order in which a ring tells its outcomes. */
const ORDER = ['right', 'fixed', 'broke', 'wrong'] as const;
type Arc = (typeof ORDER)[number];

const COLORS: Record<Arc, string> = {
  right: 'stroke-trail-fill',
  fixed: 'stroke-fixed-fill',
  broke: 'stroke-broke-fill',
  wrong: 'stroke-track',
};

export type DonutCounts = Readonly<Record<Arc, number>>;

interface DonutProps {
  x: number;
  y: number;
  /** The middle of the ring, in pixels. */
  radius: number;
  width: number;
  counts: DonutCounts;
  /** Off the spine: right answers are grey. */
  isQuiet?: boolean;
  /** One arc an example, with a gap between them. */
  isDetailed?: boolean;
  isSelected?: boolean;
}

/** A ring of a candidate's examples: right, newly right, newly wrong and wrong against its parent. */
export function Donut({ x, y, radius, width, counts, isQuiet = false, isDetailed = false, isSelected = false }: DonutProps) {
  const total = ORDER.reduce((sum, arc) => sum + counts[arc], 0);
  let before = 0;
  return (
    <g transform={`translate(${x} ${y}) rotate(-90)`} fill="none" strokeWidth={width}>
      <circle r={radius} strokeWidth={width + 4} className="stroke-surface" fill="var(--color-surface)" />
      {total === 0 && <circle r={radius} className="stroke-track" />}
      {ORDER.map((arc) => {
        const count = counts[arc];
        const start = before;
        before += count;
        if (count === 0) return null;
        return (
          <circle
            key={arc}
            r={radius}
            pathLength={total}
            strokeDasharray={dashes(count, total, isDetailed)}
            strokeDashoffset={-start}
            className={isQuiet && arc === 'right' ? 'stroke-faint' : COLORS[arc]}
          />
        );
      })}
      {isSelected && <circle r={radius + width / 2 + 3} strokeWidth={1.5} className="stroke-ink" />}
    </g>
  );
}

/** A gap of a quarter of an example between arcs of single examples. */
function dashes(count: number, total: number, isDetailed: boolean): string {
  if (!isDetailed) return `${count} ${total - count}`;
  const marks = Array.from({ length: Math.round(count) }, (_, index) => `${index === 0 ? '' : '0.28 '}0.72`).join(' ');
  return `${marks} ${total - count + 0.28}`;
}

/** The looks of an example's cell: text for readers, colour and shape for the eye. */
export const CELL_LOOKS: Record<Outcome, string> = {
  right: 'bg-fixed-mid',
  fixed: 'bg-fixed-fill text-white dark:text-canvas',
  broke: 'bg-broke-fill text-white dark:text-canvas',
  wrong: 'bg-sunk ring-1 ring-line ring-inset',
  error: 'bg-[repeating-linear-gradient(45deg,var(--color-edge)_0_2px,transparent_2px_5px)] ring-1 ring-edge ring-inset',
  none: '',
};
