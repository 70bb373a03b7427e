import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { OptimizationAnalytics } from '../../../../src/schemas/analytics.js';
import { keys } from '../../api/keys.js';
import { meQuery } from '../../api/me.js';
import { getRunPage } from '../../api/runs.js';
import { analyticsQuery, refreshAnalytics } from '../../api/views.js';
import { useProject } from '../../app/project.js';
import { Button } from '../../components/Button.js';
import { Time } from '../../components/Figures.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/States.js';
import { useToast } from '../../components/Toast.js';
import { compact, cost, count, percent } from '../../format/number.js';
import { SumTable } from './SumTable.js';
import { byDay, type Sum, sharesBy, sumBy, sumRunsBy } from './sums.js';
import { Trend } from './Trend.js';

/** Newest runs that the trend and the models are told of: one page of the API. */
const NEWEST = 1000;

/** What the project's optimizations cost and came to. */
export function AnalyticsPage(): ReactNode {
  const { projectId } = useProject();
  if (projectId === undefined) return <Skeleton />;
  return <Figures projectId={projectId} />;
}

function Figures({ projectId }: { projectId: string }) {
  const { data: rows, error, refetch } = useQuery(analyticsQuery(projectId));
  const recent = useQuery({
    queryKey: ['project', projectId, 'recent'],
    queryFn: ({ signal }) => getRunPage(projectId, { orderBy: 'created_at', orderDirection: 'desc' }, null, NEWEST, signal),
  });
  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  if (rows === undefined) return <Skeleton rows={12} label="Loading the analytics" />;
  const runs = recent.data?.data ?? [];
  const [total] = sumBy(rows, () => 'all');
  const newest = recent.data?.hasMore ? ` Of the newest ${count(NEWEST)} runs.` : '';
  return (
    <div className="gutter grid grid-cols-1 gap-4 pt-4 pb-12">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="mr-auto font-semibold text-lg">Analytics</h1>
        <Freshness projectId={projectId} rows={rows} />
      </header>
      {total === undefined ? (
        <EmptyState title="No figures yet">They are summed up when they are refreshed: press Refresh after the first run.</EmptyState>
      ) : (
        <Totals total={total} />
      )}
      {runs.length > 0 && <Trend days={byDay(runs)} note={newest} />}
      <div className="grid grid-cols-1 gap-4 xl:grid-cols-2">
        <SumTable
          title="By optimizer"
          rows={sumBy(
            rows,
            (row) => row.optimizerType,
            sharesBy(runs, (run) => run.optimizerType),
          )}
        />
        <SumTable title="By model" note={`As of now.${newest}`} rows={sumRunsBy(runs, (run) => run.model ?? 'not recorded')} />
        <SumTable
          title="By status"
          rows={sumBy(
            rows,
            (row) => row.status,
            sharesBy(runs, (run) => run.status),
          )}
        />
        <SumTable
          title="By metric"
          rows={sumBy(
            rows,
            (row) => row.metric ?? 'not recorded',
            sharesBy(runs, (run) => run.metric ?? 'not recorded'),
          )}
        />
      </div>
    </div>
  );
}

function Freshness({ projectId, rows }: { projectId: string; rows: readonly OptimizationAnalytics[] }) {
  const cache = useQueryClient();
  const toast = useToast();
  const { data: me } = useQuery(meQuery);
  const refresh = useMutation({
    mutationFn: refreshAnalytics,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.project(projectId) });
      toast.done('The figures are up to date');
    },
    onError: toast.failed,
  });
  const refreshedAt = rows
    .map((row) => row.refreshedAt)
    .sort()
    .at(-1);
  return (
    <>
      <p className="text-muted text-xs">
        {refreshedAt === undefined ? 'Never refreshed' : 'Figures as of '}
        {refreshedAt !== undefined && <Time value={refreshedAt} />}
        {me?.kind !== 'local' && '; the server refreshes them by itself'}
      </p>
      {me?.kind === 'local' && (
        <Button icon="refresh" disabled={refresh.isPending} onClick={() => refresh.mutate()}>
          {refresh.isPending ? 'Refreshing' : 'Refresh'}
        </Button>
      )}
    </>
  );
}

function Totals({ total }: { total: Sum }) {
  const figures = [
    { name: 'Runs', value: count(total.runs), more: `${count(total.completed)} completed` },
    { name: 'Success', value: percent(total.ended === 0 ? null : total.completed / total.ended, 0), more: 'of the runs that ended' },
    { name: 'Spend', value: cost(total.costUsd), more: total.runs === 0 ? '' : `${cost(total.costUsd / total.runs)} a run` },
    { name: 'Tokens', value: compact(total.tokens), more: `${compact(total.samples)} samples` },
  ];
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {figures.map(({ name, value, more }) => (
        <div key={name} className="panel px-4 py-3">
          <dt className="text-muted text-xs">{name}</dt>
          <dd className="numeric font-semibold text-lg">{value}</dd>
          <dd className="numeric text-muted text-xs">{more}</dd>
        </div>
      ))}
    </dl>
  );
}
