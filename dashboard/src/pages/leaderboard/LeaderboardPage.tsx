import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { TopRun } from '../../../../src/schemas/analytics.js';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { getRunPage } from '../../api/runs.js';
import { leaderboardQuery } from '../../api/views.js';
import { useProject } from '../../app/project.js';
import { IconButton } from '../../components/Button.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Cost, Delta, Score, Time } from '../../components/Figures.js';
import { Icon } from '../../components/Icon.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/States.js';
import { downloadCsv } from '../../export/csv.js';
import { optimizerName } from '../../format/names.js';
import { scaleOf, scoreWords } from '../../story/scale.js';
import { RunBarCell, RunPoints, RunVerdict } from '../runs/RunVerdict.js';

const MOST = 100;

type Ranked = TopRun & { rank: number; run: OptimizationRun | undefined };

/** Completed runs by what they came to. Only runs of one metric over one evaluation set are a ranking. */
export function LeaderboardPage(): ReactNode {
  const { projectId } = useProject();
  if (projectId === undefined) return <Skeleton />;
  return <Ranking projectId={projectId} />;
}

function Ranking({ projectId }: { projectId: string }) {
  const { metric, evalSet } = useSearch({ from: '/leaderboard' });
  const navigate = useNavigate({ from: '/leaderboard' });
  const everything = useQuery(leaderboardQuery(projectId, { limit: 1000 }));
  const { data, error, refetch } = useQuery(leaderboardQuery(projectId, { limit: MOST, metric, evalSetHash: evalSet }));
  // The ranking has no scale of its own: it is the run's.
  const runs = useQuery({
    queryKey: ['project', projectId, 'ranked'],
    queryFn: ({ signal }) => getRunPage(projectId, { status: 'completed', orderBy: 'best_score' }, null, 1000, signal),
  });
  const change = (changes: { metric?: string | undefined; evalSet?: string | undefined }) =>
    void navigate({ search: (before: { metric?: string | undefined; evalSet?: string | undefined }) => ({ ...before, ...changes }) });
  const values = (pick: (run: TopRun) => string | null) =>
    [...new Set(everything.data?.map(pick))].filter((value) => value !== null).sort();

  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  const known = new Map(runs.data?.data.map((run) => [run.id, run]));
  const rows: Ranked[] = data?.map((top, index) => ({ ...top, rank: index + 1, run: known.get(top.runId) })) ?? [];
  const mixed = new Set(rows.map((run) => `${run.metric} ${run.evalSetHash}`)).size > 1;
  return (
    <div className="gutter grid grid-cols-1 gap-3 pt-4 pb-12">
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="mr-auto font-semibold text-lg">Leaderboard</h1>
        <Choice label="Metric" value={metric} values={values((run) => run.metric)} onChange={(value) => change({ metric: value })} />
        <Choice
          label="Evaluation set"
          value={evalSet}
          values={values((run) => run.evalSetHash)}
          onChange={(value) => change({ evalSet: value })}
        />
        <IconButton label="Export as CSV" icon="download" look="plain" onClick={() => save(rows)} />
      </header>
      {mixed && (
        <p className="flex items-start gap-2 rounded-lg bg-sunk px-3 py-2 text-muted">
          <Icon name="warning" className="mt-0.5" />
          <span>Scores of different metrics or evaluation sets do not measure the same thing. Choose one of each for a fair ranking.</span>
        </p>
      )}
      <div className="panel overflow-hidden">
        {data === undefined ? (
          <Skeleton label="Loading the leaderboard" />
        ) : rows.length === 0 ? (
          <EmptyState title="No completed run to rank">A run is ranked when it is completed and has a final score.</EmptyState>
        ) : (
          <DataTable caption="Leaderboard" columns={columnsFor(projectId)} rows={rows} rowKey={(run) => run.runId} />
        )}
      </div>
    </div>
  );
}

const columnsFor = (project: string): readonly Column<Ranked>[] => [
  { id: 'rank', header: '#', align: 'right', className: 'numeric w-10 text-muted', cell: ({ rank }) => rank, value: ({ rank }) => rank },
  {
    id: 'run',
    header: 'Run',
    className: 'font-medium',
    value: ({ runName }) => runName,
    cell: ({ runId, runName }) => (
      <Link
        to="/runs/$runId"
        params={{ runId }}
        search={{ project }}
        title={runName}
        className="plain-text block max-w-64 truncate hover:underline lg:max-w-lg"
      >
        {runName}
      </Link>
    ),
  },
  { id: 'bar', header: 'Baseline to best', cell: ({ run }) => run && <RunBarCell run={run} width={148} /> },
  {
    id: 'final',
    header: 'Final score',
    align: 'right',
    className: 'font-semibold',
    cell: ({ run, finalScore }) => (run === undefined ? <Score value={finalScore} /> : scoreWords(scaleOf(run), finalScore)),
    value: ({ finalScore }) => finalScore,
  },
  {
    id: 'gain',
    header: 'Points',
    align: 'right',
    cell: ({ run, improvement }) => (run === undefined ? <Delta value={improvement} /> : <RunPoints run={run} />),
    value: ({ improvement }) => improvement,
  },
  { id: 'verdict', header: 'Verdict', cell: ({ run }) => run && <RunVerdict run={run} /> },
  { id: 'optimizer', header: 'Optimizer', cell: (run) => optimizerName(run.optimizerType), value: ({ optimizerType }) => optimizerType },
  { id: 'metric', header: 'Metric', cell: (run) => run.metric ?? '–', value: ({ metric }) => metric },
  {
    id: 'set',
    header: 'Evaluation set',
    className: 'max-w-40 truncate',
    value: ({ evalSetHash }) => evalSetHash,
    cell: ({ evalSetHash }) => (
      <span title={evalSetHash ?? undefined} className="text-muted">
        {evalSetHash === null ? '–' : setName(evalSetHash)}
      </span>
    ),
  },
  {
    id: 'cost',
    header: 'Cost',
    align: 'right',
    cell: (run) => <Cost value={run.totalCostUsd || null} />,
    value: ({ totalCostUsd }) => totalCostUsd,
  },
  { id: 'created', header: 'Created', cell: (run) => <Time value={run.createdAt} />, value: ({ createdAt }) => createdAt },
];

/** A name as it was given; of a hash its first 10 digits. */
const setName = (name: string): string => (/^(sha256:)?[0-9a-f]{64}$/.test(name) ? name.replace(/^sha256:/, '').slice(0, 10) : name);

function save(rows: readonly Ranked[]): void {
  downloadCsv(
    'leaderboard',
    ['Rank', 'Id', 'Run', 'Final score', 'Gain', 'Initial', 'Optimizer', 'Metric', 'Evaluation set', 'Iterations', 'Cost', 'Created'],
    rows.map((run) => [
      run.rank,
      run.runId,
      run.runName,
      run.finalScore,
      run.improvement,
      run.initialScore,
      run.optimizerType,
      run.metric,
      run.evalSetHash,
      run.iterations,
      run.totalCostUsd,
      run.createdAt,
    ]),
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  values: readonly string[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value = '', values, onChange }: ChoiceProps) {
  if (values.length === 0 && value === '') return null;
  return (
    <label className="flex items-center gap-1.5 text-muted text-xs">
      {label}
      <select
        value={value}
        onChange={(event) => onChange(event.target.value || undefined)}
        className="field max-w-44 truncate text-ink text-sm"
      >
        <option value="">All</option>
        {[...new Set([...values, ...(value === '' ? [] : [value])])].map((one) => (
          <option key={one} value={one}>
            {setName(one).slice(0, 40)}
          </option>
        ))}
      </select>
    </label>
  );
}
