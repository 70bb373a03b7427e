import type { TopRun } from '../../schemas/analytics.js';
import type { Column } from '../format/columns.js';
import { age, gain, money, score } from '../format/figures.js';
import { digitsOf, shortIds } from '../short-ids.js';

export type RankedRun = TopRun & { rank: number | null };

export interface Ranking {
  readonly rows: readonly RankedRun[];
  /** What the runs were measured by, in a sentence. */
  readonly basis: string;
  /** Whether they were measured differently, so that their scores say nothing about each other. */
  readonly mixed: boolean;
}

/** Ranked where all runs were measured alike; otherwise no rank is claimed. */
export function ranked(runs: readonly TopRun[]): Ranking {
  const metrics = [...new Set(runs.map(({ metric }) => metric))];
  const sets = [...new Set(runs.map(({ evalSetHash }) => evalSetHash))];
  const mixed = metrics.length > 1 || sets.length > 1;
  return {
    rows: runs.map((run, index) => ({ ...run, rank: mixed ? null : index + 1 })),
    basis: basisOf(metrics, sets.map(shortHashes(runs))),
    mixed,
  };
}

function basisOf(metrics: readonly (string | null)[], sets: readonly (string | null)[]): string {
  if (metrics.length > 1 || sets.length > 1) {
    const parts = [several(metrics, 'metrics'), several(sets, 'evaluation sets')].filter((part) => part !== '');
    return `no ranking: these runs were measured by ${parts.join(' and ')}, and their scores cannot be compared.`;
  }
  return `measured by ${metrics[0] ?? 'a metric that was not named'}, over ${sets[0] == null ? 'an evaluation set that was not named' : `evaluation set ${sets[0]}`}`;
}

function several(values: readonly (string | null)[], what: string): string {
  return values.length < 2 ? '' : `${values.length} ${what} (${values.map((value) => value ?? 'one not named').join(', ')})`;
}

function shortHashes(runs: readonly TopRun[]): (hash: string | null) => string | null {
  const short = shortIds(runs.flatMap(({ evalSetHash }) => (evalSetHash === null ? [] : digitsOf(evalSetHash))));
  return (hash) => (hash === null ? null : short(digitsOf(hash)));
}

/** Metric and evaluation set stand in the table only where they differ. */
export function topRunColumns({ rows, mixed }: Ranking): Column<RankedRun>[] {
  const short = shortIds(rows.map(({ runId }) => runId));
  const shortSet = shortHashes(rows);
  const whereMixed = (title: string) => (mixed ? { title } : {});
  return [
    { key: 'rank', title: '#', align: 'right', value: ({ rank }) => rank },
    {
      key: 'runId',
      title: 'RUN',
      value: ({ runId }) => runId,
      show: ({ runId }) => short(runId),
      paint: (text, _, { colors }) => colors.cyan(text),
    },
    { key: 'runName', title: 'NAME', value: ({ runName }) => runName, least: 20 },
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
    { key: 'metric', ...whereMixed('METRIC'), value: ({ metric }) => metric, least: 8 },
    {
      key: 'evalSetHash',
      ...whereMixed('EVAL SET'),
      value: ({ evalSetHash }) => evalSetHash,
      show: ({ evalSetHash }) => shortSet(evalSetHash) ?? '-',
      least: 8,
    },
    { key: 'iterations', title: 'ITERS', align: 'right', value: ({ iterations }) => iterations, spare: 5 },
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
