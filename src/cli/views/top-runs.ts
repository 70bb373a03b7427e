import type { TopRun } from '../../schemas/analytics.js';
import type { Column } from '../format/columns.js';
import { age, gain, money, score } from '../format/figures.js';
import { shortIds } from '../run-ids.js';

export type RankedRun = TopRun & { rank: number | null };

/** Ranked where all runs were measured alike; otherwise no rank is claimed. */
export function ranked(runs: readonly TopRun[]): { rows: RankedRun[]; mix: string | null } {
  const mix = mixOf(runs);
  return { rows: runs.map((run, index) => ({ ...run, rank: mix === null ? index + 1 : null })), mix };
}

export function topRunColumns(runs: readonly TopRun[]): Column<RankedRun>[] {
  const short = shortIds(runs.map(({ runId }) => runId));
  const shortSet = shortIds(runs.flatMap(({ evalSetHash }) => evalSetHash ?? []));
  return [
    { key: 'rank', title: '#', align: 'right', value: ({ rank }) => rank },
    {
      key: 'runId',
      title: 'RUN',
      value: ({ runId }) => runId,
      show: ({ runId }) => short(runId),
      paint: (text, _, { colors }) => colors.cyan(text),
    },
    { key: 'runName', title: 'NAME', value: ({ runName }) => runName, least: 12 },
    { key: 'optimizerType', title: 'OPTIMIZER', value: ({ optimizerType }) => optimizerType, least: 6, spare: 2 },
    {
      key: 'finalScore',
      title: 'SCORE',
      align: 'right',
      value: ({ finalScore }) => finalScore,
      show: ({ finalScore }) => score(finalScore),
    },
    {
      key: 'initialScore',
      title: 'BEFORE',
      align: 'right',
      value: ({ initialScore }) => initialScore,
      show: ({ initialScore }) => score(initialScore),
      spare: 3,
    },
    {
      key: 'improvement',
      title: 'GAIN',
      align: 'right',
      value: ({ improvement }) => improvement,
      show: ({ improvement }) => gain(improvement),
    },
    { key: 'metric', title: 'METRIC', value: ({ metric }) => metric, least: 8 },
    {
      key: 'evalSetHash',
      title: 'EVAL SET',
      value: ({ evalSetHash }) => evalSetHash,
      show: ({ evalSetHash }) => (evalSetHash === null ? '-' : shortSet(evalSetHash)),
      least: 8,
    },
    { key: 'iterations', title: 'ITERATIONS', align: 'right', value: ({ iterations }) => iterations, spare: 5 },
    {
      key: 'totalCostUsd',
      title: 'COST',
      align: 'right',
      value: ({ totalCostUsd }) => totalCostUsd,
      show: ({ totalCostUsd }) => money(totalCostUsd),
      spare: 6,
    },
    {
      key: 'createdAt',
      title: 'AGE',
      align: 'right',
      value: ({ createdAt }) => createdAt,
      show: ({ createdAt }, { now }) => age(createdAt, now),
      spare: 4,
    },
  ];
}

/** In words what the runs do not have in common, so that their scores say nothing about each other; null where all are alike. */
function mixOf(runs: readonly TopRun[]): string | null {
  const short = shortIds(runs.flatMap(({ evalSetHash }) => evalSetHash ?? []));
  const parts = [
    several(
      runs.map(({ metric }) => metric),
      'metrics',
    ),
    several(
      runs.map(({ evalSetHash }) => (evalSetHash === null ? null : short(evalSetHash))),
      'evaluation sets',
    ),
  ].filter((part) => part !== '');
  return parts.length === 0 ? null : parts.join(' and ');
}

function several(values: readonly (string | null)[], what: string): string {
  const distinct = [...new Set(values)];
  return distinct.length < 2 ? '' : `${distinct.length} ${what} (${distinct.map((value) => value ?? 'none named').join(', ')})`;
}
