import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { getRunPage } from '../../api/runs.js';
import { optimizerName } from '../../format/names.js';
import { cost, count } from '../../format/number.js';
import { scaleOf, scoreWords } from '../../story/scale.js';

const WEEK_MS = 7 * 24 * 3_600_000;
/** Runs that a line of sums is made of at most. */
const MOST = 1000;

/** The runs of the last seven days, and the best one on the evaluation set that was used last. */
export function WeekLine({ projectId, runs }: { projectId: string; runs: readonly OptimizationRun[] }) {
  const { data } = useQuery({
    queryKey: ['runs-of-week', projectId],
    queryFn: async ({ signal }) => {
      const createdAfter = new Date(Date.now() - WEEK_MS).toISOString();
      return getRunPage(projectId, { createdAfter, count: true }, null, MOST, signal);
    },
    staleTime: 60_000,
  });
  if (data === undefined || data.data.length === 0) return <div className="h-[50px]" />;
  const spent = data.data.reduce((sum, { totalCostUsd }) => sum + totalCostUsd, 0);
  const total = data.total ?? data.data.length;
  const best = bestOfLastSet(runs);
  return (
    <p className="gutter pt-4 pb-2 text-base text-muted">
      This week <b className="text-ink">{`${count(total)} ${total === 1 ? 'run' : 'runs'}`}</b>
      {spent > 0 && `, for ${data.hasMore ? 'at least ' : ''}${cost(spent)}`}.
      {best !== null && (
        <Fragment>
          {' '}
          On {best.set} the best is{' '}
          <Link
            to="/runs/$runId"
            params={{ runId: best.run.id }}
            search={{ project: projectId }}
            className="plain-text font-semibold text-trail hover:underline"
          >
            {best.run.runName.slice(0, 60).toWellFormed()}, {optimizerName(best.run.optimizerType)} at{' '}
            {scoreWords(scaleOf(best.run), best.run.bestScore)}
          </Link>
          .
        </Fragment>
      )}
    </p>
  );
}

/** The best completed run of the newest run's evaluation set, metric and scale; null if that set has no name. */
function bestOfLastSet(runs: readonly OptimizationRun[]): { set: string; run: OptimizationRun } | null {
  const last = [...runs].sort((a, b) => b.createdAt.localeCompare(a.createdAt)).find(({ evalSetHash }) => evalSetHash !== null);
  if (last === undefined || last.evalSetHash === null) return null;
  const { sign } = scaleOf(last);
  const [best] = runs
    .filter(
      (run) =>
        run.status === 'completed' &&
        run.bestScore !== null &&
        run.evalSetHash === last.evalSetHash &&
        run.metric === last.metric &&
        run.scoreMax === last.scoreMax &&
        run.direction === last.direction,
    )
    .sort((a, b) => sign * ((b.bestScore ?? 0) - (a.bestScore ?? 0)));
  return best === undefined ? null : { set: last.evalSetHash.slice(0, 40), run: best };
}
