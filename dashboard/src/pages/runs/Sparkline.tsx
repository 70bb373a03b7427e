import { useQuery } from '@tanstack/react-query';
import { curveQuery } from '../../api/curves.js';
import { score } from '../../format/number.js';

const WIDTH = 92;
const HEIGHT = 22;
const EDGE = 3;

/** The best score so far over a run's iterations, as steps. */
export function Sparkline({ runId, projectId }: { runId: string; projectId: string }) {
  const { data: curve } = useQuery(curveQuery({ runId, projectId }));
  const points = curve?.points ?? [];
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const bests = points.map(({ best }) => best);
  const low = Math.min(...bests);
  const range = Math.max(...bests) - low;
  const length = last.iteration - first.iteration;
  const x = (iteration: number) => EDGE + (length === 0 ? 0 : ((iteration - first.iteration) / length) * (WIDTH - 2 * EDGE));
  const y = (best: number) => (range === 0 ? HEIGHT / 2 : HEIGHT - EDGE - ((best - low) / range) * (HEIGHT - 2 * EDGE));
  const steps = points.slice(1).map(({ iteration, best }) => `H${x(iteration).toFixed(1)}V${y(best).toFixed(1)}`);
  const path = `M${EDGE} ${y(first.best).toFixed(1)}${steps.join('')}${length === 0 ? `H${WIDTH - EDGE}` : ''}`;
  const color = range === 0 ? 'var(--color-faint)' : 'var(--color-trail-fill)';
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`Best so far from ${score(first.best)} to ${score(last.best)} by iteration ${last.iteration}`}
    >
      <path d={path} fill="none" stroke={color} strokeWidth="1.5" strokeLinejoin="round" />
      <circle cx={length === 0 ? WIDTH - EDGE : x(last.iteration)} cy={y(last.best)} r="2" fill={color} />
    </svg>
  );
}
