import { type Axis, tickWords } from '../../../story/spend.js';
import type { TrailLayout } from './trail-layout.js';

/** The foot of the trail and of the candidate map: proposals as a rug, and the ticks of what was spent. */
export function TrailAxis({ layout: { plot, rug, ticksX, height }, axis }: { layout: TrailLayout; axis: Axis }) {
  return (
    <>
      <path d={rug.rejected} strokeWidth="1.5" className="stroke-edge" />
      <path d={rug.accepted} strokeWidth="2" className="stroke-ink" />
      <line x1={plot.left} x2={plot.right} y1={rug.y + 0.5} y2={rug.y + 0.5} className="stroke-line" />
      {ticksX.map(({ value, x }) => (
        <text key={value} x={x} y={height - 6} textAnchor="middle" className="fill-faint text-2xs">
          {tickWords(axis, value)}
        </text>
      ))}
    </>
  );
}
