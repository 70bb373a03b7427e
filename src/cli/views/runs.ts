import type { OptimizationRun, RunStatus } from '../../schemas/run.js';
import type { Column, View } from '../format/columns.js';
import { ABSENT, age, gain, money, score } from '../format/figures.js';
import { shortIds } from '../short-ids.js';

/** Marks a score that the run has not ended with. */
export const SO_FAR = '*';

export function runColumns(runs: readonly OptimizationRun[]): Column<OptimizationRun>[] {
  const short = shortIds(runs.map(({ id }) => id));
  const projects = new Set(runs.map(({ projectId }) => projectId)).size;
  return [
    { key: 'id', title: 'RUN', value: ({ id }) => id, show: ({ id }) => short(id), paint: (text, _, { colors }) => colors.cyan(text) },
    { key: 'runName', title: 'NAME', value: ({ runName }) => runName, least: 20 },
    { key: 'projectId', ...(projects > 1 ? { title: 'PROJECT' } : {}), value: ({ projectId }) => projectId, least: 6, spare: 3 },
    { key: 'status', title: 'STATUS', value: ({ status }) => status, paint: (text, { status }, view) => statusPaint(status, view)(text) },
    { key: 'optimizerType', title: 'OPTIMIZER', value: ({ optimizerType }) => optimizerType, least: 6, spare: 1 },
    { key: 'metric', value: ({ metric }) => metric },
    { key: 'model', value: ({ model }) => model },
    { key: 'direction', value: ({ direction }) => direction },
    { key: 'initialScore', value: ({ initialScore }) => initialScore },
    { key: 'finalScore', title: 'SCORE', align: 'right', value: ({ finalScore }) => finalScore, show: scoreOrBest },
    { key: 'bestScore', value: ({ bestScore }) => bestScore },
    { key: 'bestIteration', value: ({ bestIteration }) => bestIteration },
    {
      key: 'improvement',
      title: 'GAIN',
      align: 'right',
      value: ({ improvement }) => improvement,
      show: ({ improvement }) => gain(improvement),
    },
    { key: 'improvementPct', value: ({ improvementPct }) => improvementPct },
    { key: 'iterations', title: 'ITERS', align: 'right', value: ({ iterations }) => iterations, spare: 2 },
    { key: 'samplesEvaluated', value: ({ samplesEvaluated }) => samplesEvaluated },
    { key: 'failedSamples', value: ({ failedSamples }) => failedSamples },
    { key: 'totalTokens', value: ({ totalTokens }) => totalTokens },
    {
      key: 'totalCostUsd',
      title: 'COST',
      align: 'right',
      value: ({ totalCostUsd }) => totalCostUsd,
      show: ({ totalCostUsd }) => money(totalCostUsd),
      spare: 4,
    },
    { key: 'durationMs', value: ({ durationMs }) => durationMs },
    { key: 'tags', value: ({ tags }) => tags.join(' ') },
    {
      key: 'createdAt',
      title: 'AGE',
      align: 'right',
      value: ({ createdAt }) => createdAt,
      show: ({ createdAt }, { now }) => age(createdAt, now),
    },
  ];
}

/** The final score, else the best so far, marked. */
function scoreOrBest({ finalScore, bestScore }: Pick<OptimizationRun, 'finalScore' | 'bestScore'>): string {
  if (finalScore !== null) return score(finalScore);
  return bestScore === null ? ABSENT : `${score(bestScore)}${SO_FAR}`;
}

export function statusPaint(status: RunStatus, { colors }: View): (text: string) => string {
  const paints: Record<RunStatus, (text: string) => string> = {
    pending: colors.dim,
    running: colors.cyan,
    completed: colors.green,
    failed: colors.red,
    cancelled: colors.dim,
    stale: colors.yellow,
  };
  return paints[status];
}
