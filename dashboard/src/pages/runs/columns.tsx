import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Compact, Cost, Count, Duration, Time } from '../../components/Figures.js';
import { Icon } from '../../components/Icon.js';
import { StatusDot, StatusWord } from '../../components/StatusDot.js';
import type { Cell } from '../../export/csv.js';
import { optimizerName } from '../../format/names.js';
import { percent, signed } from '../../format/number.js';
import { Characters } from '../../program/Characters.js';
import { scaleOf, scoreWords } from '../../story/scale.js';
import { PINNED } from './filters.js';
import { RunBarCell, RunPoints, RunVerdict } from './RunVerdict.js';
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

export function RunName({ run, depth = 0, steps = 0 }: { run: OptimizationRun; depth?: number; steps?: number }) {
  return (
    <span className={`flex min-w-0 items-center gap-2.5 ${depth > 0 ? 'pl-5' : ''}`}>
      <StatusDot status={run.status} />
      <Link
        to="/runs/$runId"
        params={{ runId: run.id }}
        search={{ project: run.projectId }}
        title={run.runName}
        className={`plain-text min-w-0 truncate hover:underline ${depth > 0 ? '' : 'font-medium'}`}
      >
        <Characters text={run.runName} />
      </Link>
      {run.tags.includes(PINNED) && <Icon name="pin" className="size-3.5! text-muted" />}
      {steps > 0 && <span className="whitespace-nowrap text-faint text-xs">{steps} steps</span>}
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
  { id: 'name', header: 'Run', width: 'minmax(200px, 2.4fr)', cell: (run) => <RunName run={run} />, value: (run) => run.runName },
  {
    id: 'optimizer',
    header: 'Optimizer',
    width: 'minmax(92px, 0.7fr)',
    cell: (run) => text(optimizerName(run.optimizerType)),
    value: (run) => run.optimizerType,
  },
  { id: 'model', header: 'Model', width: 'minmax(96px, 0.8fr)', cell: (run) => text(run.model), value: (run) => run.model },
  { id: 'bar', header: '', width: '184px', cell: (run) => <RunBarCell run={run} /> },
  {
    id: 'best',
    header: 'Best',
    width: '58px',
    align: 'right',
    order: 'best_score',
    cell: (run) => <b>{scoreWords(scaleOf(run), run.bestScore)}</b>,
    value: (run) => run.bestScore,
  },
  {
    id: 'points',
    header: 'Points',
    width: '66px',
    align: 'right',
    order: 'improvement',
    cell: (run) => <RunPoints run={run} />,
    value: (run) => run.improvement,
  },
  { id: 'verdict', header: 'Verdict', width: 'minmax(176px, 1fr)', cell: (run) => <RunVerdict run={run} /> },
  {
    id: 'cost',
    header: 'Cost',
    width: '72px',
    align: 'right',
    cell: (run) => <Cost value={run.totalCostUsd === 0 ? null : run.totalCostUsd} />,
    value: (run) => run.totalCostUsd,
  },
  {
    id: 'created',
    header: 'Started',
    width: '104px',
    align: 'right',
    order: 'created_at',
    cell: (run) => <Time value={run.createdAt} />,
    value: (run) => run.createdAt,
  },
  {
    id: 'status',
    header: 'Status',
    width: '112px',
    extra: true,
    cell: (run) => <StatusWord status={run.status} />,
    value: (run) => run.status,
  },
  {
    id: 'curve',
    header: 'Best so far',
    width: '108px',
    extra: true,
    cell: (run) => <Sparkline runId={run.id} projectId={run.projectId} />,
  },
  {
    id: 'iterations',
    header: 'Iterations',
    width: '84px',
    align: 'right',
    extra: true,
    cell: (run) => <Count value={run.iterations} />,
    value: (run) => run.iterations,
  },
  {
    id: 'duration',
    header: 'Duration',
    width: '88px',
    align: 'right',
    order: 'duration_ms',
    extra: true,
    cell: (run) => <Duration value={run.durationMs} />,
    value: (run) => run.durationMs,
  },
  {
    id: 'tags',
    header: 'Tags',
    width: 'minmax(84px, 1fr)',
    extra: true,
    cell: (run) => <Tags tags={run.tags} />,
    value: (run) => run.tags.join(' '),
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
    id: 'set',
    header: 'Evaluation set',
    width: 'minmax(112px, 0.8fr)',
    extra: true,
    cell: (run) => text(run.evalSetHash),
    value: (run) => run.evalSetHash,
  },
  {
    id: 'initial',
    header: 'Baseline',
    width: '80px',
    align: 'right',
    extra: true,
    cell: (run) => scoreWords(scaleOf(run), run.initialScore),
    value: (run) => run.initialScore,
  },
  {
    id: 'final',
    header: 'Final',
    width: '76px',
    align: 'right',
    extra: true,
    order: 'final_score',
    cell: (run) => scoreWords(scaleOf(run), run.finalScore),
    value: (run) => run.finalScore,
  },
  {
    id: 'gainPct',
    header: 'Gain %',
    width: '80px',
    align: 'right',
    extra: true,
    cell: (run) => (run.improvementPct === null ? '–' : signed(run.improvementPct / 100, percent)),
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
    cell: (run) => <Compact value={run.totalTokens === 0 ? null : run.totalTokens} />,
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
