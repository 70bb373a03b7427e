import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { StatusBadge } from '../../components/Badge.js';
import { Compact, Cost, Count, Delta, Duration, Score, Time } from '../../components/Figures.js';
import { Icon } from '../../components/Icon.js';
import type { Cell } from '../../export/csv.js';
import { percent } from '../../format/number.js';
import { PINNED } from './filters.js';
import { Sparkline } from './Sparkline.js';
import type { ORDERS } from './search.js';

export interface RunColumn {
  id: string;
  header: string;
  /** Track of the grid: a column's width in pixels, or what it takes of the rest. */
  width: string;
  cell: (run: OptimizationRun) => ReactNode;
  /** As it is exported; columns without it are not. */
  value?: (run: OptimizationRun) => Cell;
  align?: 'right';
  order?: (typeof ORDERS)[number];
  /** Not among those shown at first. */
  extra?: boolean;
}

export function RunName({ run }: { run: OptimizationRun }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      {run.tags.includes(PINNED) && <Icon name="pin" className="size-3.5! text-accent" />}
      <Link
        to="/runs/$runId"
        params={{ runId: run.id }}
        search={{ project: run.projectId }}
        title={run.runName}
        className="plain-text min-w-0 truncate font-medium hover:text-accent hover:underline"
      >
        {run.runName}
      </Link>
      {run.notes && (
        <span title={run.notes.slice(0, 500)} className="text-faint">
          <Icon name="note" className="size-3.5!" />
          <span className="sr-only">has a note</span>
        </span>
      )}
    </span>
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  const shown = tags.filter((tag) => tag !== PINNED);
  return (
    <span className="flex min-w-0 gap-1 overflow-hidden" title={shown.join(', ')}>
      {shown.map((tag) => (
        <span key={tag} className="max-w-28 shrink-0 truncate rounded border border-line px-1 text-muted text-xs">
          {tag}
        </span>
      ))}
    </span>
  );
}

const text = (value: string | null) => (
  <span className="block truncate text-muted" title={value ?? undefined}>
    {value ?? '–'}
  </span>
);

export const RUN_COLUMNS: readonly RunColumn[] = [
  { id: 'name', header: 'Run', width: 'minmax(216px, 2fr)', cell: (run) => <RunName run={run} />, value: (run) => run.runName },
  { id: 'status', header: 'Status', width: '112px', cell: (run) => <StatusBadge status={run.status} />, value: (run) => run.status },
  {
    id: 'best',
    header: 'Best',
    width: '76px',
    align: 'right',
    order: 'best_score',
    cell: (run) => <Score value={run.bestScore} />,
    value: (run) => run.bestScore,
  },
  {
    id: 'improvement',
    header: 'Gain',
    width: '80px',
    align: 'right',
    order: 'improvement',
    cell: (run) => <Delta value={run.improvement} />,
    value: (run) => run.improvement,
  },
  { id: 'curve', header: 'Best so far', width: '108px', cell: (run) => <Sparkline runId={run.id} projectId={run.projectId} /> },
  {
    id: 'iterations',
    header: 'Iterations',
    width: '76px',
    align: 'right',
    cell: (run) => <Count value={run.iterations} />,
    value: (run) => run.iterations,
  },
  {
    id: 'cost',
    header: 'Cost',
    width: '76px',
    align: 'right',
    cell: (run) => <Cost value={run.totalCostUsd} />,
    value: (run) => run.totalCostUsd,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: '80px',
    align: 'right',
    order: 'duration_ms',
    cell: (run) => <Duration value={run.durationMs} />,
    value: (run) => run.durationMs,
  },
  {
    id: 'optimizer',
    header: 'Optimizer',
    width: 'minmax(88px, 0.6fr)',
    cell: (run) => text(run.optimizerType),
    value: (run) => run.optimizerType,
  },
  { id: 'model', header: 'Model', width: 'minmax(124px, 0.9fr)', cell: (run) => text(run.model), value: (run) => run.model },
  { id: 'tags', header: 'Tags', width: 'minmax(84px, 1fr)', cell: (run) => <Tags tags={run.tags} />, value: (run) => run.tags.join(' ') },
  {
    id: 'created',
    header: 'Created',
    width: '112px',
    order: 'created_at',
    cell: (run) => <Time value={run.createdAt} />,
    value: (run) => run.createdAt,
  },
  {
    id: 'metric',
    header: 'Metric',
    width: 'minmax(88px, 0.6fr)',
    extra: true,
    cell: (run) => text(run.metric),
    value: (run) => run.metric,
  },
  {
    id: 'initial',
    header: 'Initial',
    width: '76px',
    align: 'right',
    extra: true,
    cell: (run) => <Score value={run.initialScore} />,
    value: (run) => run.initialScore,
  },
  {
    id: 'final',
    header: 'Final',
    width: '76px',
    align: 'right',
    extra: true,
    order: 'final_score',
    cell: (run) => <Score value={run.finalScore} />,
    value: (run) => run.finalScore,
  },
  {
    id: 'gainPct',
    header: 'Gain %',
    width: '80px',
    align: 'right',
    extra: true,
    cell: (run) => <Delta value={run.improvementPct} text={(value) => percent(value / 100)} />,
    value: (run) => run.improvementPct,
  },
  {
    id: 'samples',
    header: 'Samples',
    width: '84px',
    align: 'right',
    extra: true,
    cell: (run) => <Compact value={run.samplesEvaluated} />,
    value: (run) => run.samplesEvaluated,
  },
  {
    id: 'tokens',
    header: 'Tokens',
    width: '84px',
    align: 'right',
    extra: true,
    cell: (run) => <Compact value={run.totalTokens} />,
    value: (run) => run.totalTokens,
  },
  {
    id: 'latency',
    header: 'Latency',
    width: '84px',
    align: 'right',
    extra: true,
    cell: (run) => <Duration value={run.avgLatencyMs} />,
    value: (run) => run.avgLatencyMs,
  },
  { id: 'notes', header: 'Notes', width: 'minmax(160px, 1fr)', extra: true, cell: (run) => text(run.notes), value: (run) => run.notes },
];

/** The name is always there: it leads to the run. */
export const columnsOf = (chosen: readonly string[] | undefined): readonly RunColumn[] =>
  RUN_COLUMNS.filter(({ id, extra }) => id === 'name' || (chosen === undefined ? !extra : chosen.includes(id)));
