/** Above this an example is no square any more, and the bar is plain. */
const SQUARES = 12;

/** What an edit was worth: a square an example, broke at the left and fixed at the right of one line. */
export function WorthBar({ fixed, broke }: { fixed: number; broke: number }) {
  const isPlain = fixed + broke > SQUARES;
  const length = (count: number) => (isPlain ? Math.min(64, 8 + count * 2) : count * 7);
  const squares = (count: number, from: number, look: string) =>
    isPlain
      ? count > 0 && <rect x={from} y="2" width={length(count) - 1} height="8" rx="2" className={look} />
      : Array.from({ length: count }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: squares have nothing else to be told apart by
          <rect key={index} x={from + index * 7} y="2" width="6" height="8" rx="2" className={look} />
        ));
  const left = length(broke);
  return (
    <svg aria-hidden="true" width={left + 4 + length(fixed)} height="12" className="shrink-0">
      {squares(broke, 0, 'fill-broke-fill')}
      <line x1={left + 1} x2={left + 1} y1="0" y2="12" className="stroke-line" />
      {squares(fixed, left + 4, 'fill-fixed-fill')}
    </svg>
  );
}
