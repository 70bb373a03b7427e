import type { OptimizationAnalytics } from '../../../../src/schemas/analytics.js';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { levelOf, scaleOf } from '../../story/scale.js';

/** What runs of one kind came to together. */
export interface Sum {
  name: string;
  runs: number;
  completed: number;
  /** Of those that ended: completed, failed or cancelled. */
  ended: number;
  /** The best run as a share of a perfect score, so that runs of different scales and directions compare; null if none has such a scale. */
  bestShare: number | null;
  /** Mean of the runs' gains, in shares of a perfect score. */
  avgGainShare: number | null;
  costUsd: number;
  tokens: number;
  samples: number;
  avgDurationMs: number | null;
}

interface Weighted {
  total: number;
  weight: number;
}

const add = (mean: Weighted, value: number | null, weight: number) => {
  if (value === null) return;
  mean.total += value * weight;
  mean.weight += weight;
};
const mean = ({ total, weight }: Weighted) => (weight === 0 ? null : total / weight);

interface Shares {
  best: number | null;
  gain: number | null;
}

/** The best score and the mean gain of runs on one scale: the share of a perfect score. */
export function sharesBy(runs: readonly OptimizationRun[], nameOf: (run: OptimizationRun) => string): Map<string, Shares> {
  const groups = Map.groupBy(runs, nameOf);
  return new Map(
    [...groups].map(([name, group]) => {
      const levels = group.flatMap((run) => {
        const scale = scaleOf(run);
        const reached = run.finalScore ?? run.bestScore;
        const level = reached === null ? null : levelOf(scale, reached);
        const before = run.initialScore === null ? null : levelOf(scale, run.initialScore);
        return level === null ? [] : [{ level, gain: before === null ? null : level - before }];
      });
      const gains = levels.flatMap(({ gain }) => gain ?? []);
      const best = levels.length === 0 ? null : levels.reduce((most, { level }) => Math.max(most, level), 0);
      return [name, { best, gain: gains.length === 0 ? null : gains.reduce((sum, gain) => sum + gain, 0) / gains.length }];
    }),
  );
}

const ENDED = new Set(['completed', 'failed', 'cancelled']);

/** Rows of the analytics put together by what `nameOf` tells, the dearest first. */
export function sumBy(
  rows: readonly OptimizationAnalytics[],
  nameOf: (row: OptimizationAnalytics) => string,
  shares: ReadonlyMap<string, Shares> = new Map(),
): Sum[] {
  const groups = Map.groupBy(rows, nameOf);
  return [...groups]
    .map(([name, group]) => {
      const duration = { total: 0, weight: 0 };
      const sum: Sum = {
        name,
        runs: 0,
        completed: 0,
        ended: 0,
        bestShare: shares.get(name)?.best ?? null,
        avgGainShare: shares.get(name)?.gain ?? null,
        costUsd: 0,
        tokens: 0,
        samples: 0,
        avgDurationMs: null,
      };
      for (const row of group) {
        sum.runs += row.totalRuns;
        if (row.status === 'completed') sum.completed += row.totalRuns;
        if (ENDED.has(row.status)) sum.ended += row.totalRuns;
        sum.costUsd += row.totalCostUsd;
        sum.tokens += row.totalTokensUsed;
        sum.samples += row.totalSamplesEvaluated;
        add(duration, row.avgDurationMs, row.totalRuns);
      }
      return { ...sum, avgDurationMs: mean(duration) };
    })
    .sort((a, b) => b.costUsd - a.costUsd || b.runs - a.runs);
}

/** The same of runs themselves, for what the analytics do not hold. */
export function sumRunsBy(runs: readonly OptimizationRun[], nameOf: (run: OptimizationRun) => string): Sum[] {
  const rows = runs.map(
    (run): OptimizationAnalytics => ({
      projectId: run.projectId,
      optimizerType: run.optimizerType,
      metric: run.metric,
      status: run.status,
      totalRuns: 1,
      avgFinalScore: run.finalScore,
      maxFinalScore: run.finalScore,
      avgImprovement: run.improvement,
      avgDurationMs: run.durationMs,
      totalSamplesEvaluated: run.samplesEvaluated,
      totalTokensUsed: run.totalTokens,
      totalCostUsd: run.totalCostUsd,
      firstRunAt: run.createdAt,
      lastRunAt: run.createdAt,
      refreshedAt: run.createdAt,
    }),
  );
  const names = new Map(rows.map((row, index) => [row, nameOf(runs[index] as OptimizationRun)]));
  return sumBy(rows, (row) => names.get(row) ?? '', sharesBy(runs, nameOf));
}

export interface Day {
  /** Like 2026-11-26, of the reader's own time zone. */
  date: string;
  runs: number;
  costUsd: number;
  completed: number;
  ended: number;
}

/** Runs and spend by the day they were created, without gaps. */
export function byDay(runs: readonly OptimizationRun[]): Day[] {
  const days = new Map<string, Day>();
  for (const { createdAt, status, totalCostUsd } of runs) {
    const date = dayOf(new Date(createdAt));
    const day = days.get(date) ?? { date, runs: 0, costUsd: 0, completed: 0, ended: 0 };
    day.runs += 1;
    day.costUsd += totalCostUsd;
    if (status === 'completed') day.completed += 1;
    if (ENDED.has(status)) day.ended += 1;
    days.set(date, day);
  }
  const dates = [...days.keys()].sort();
  const [first] = dates;
  const last = dates.at(-1);
  if (first === undefined || last === undefined) return [];
  const all: Day[] = [];
  for (let at = new Date(`${first}T12:00:00`); dayOf(at) <= last; at.setDate(at.getDate() + 1)) {
    const date = dayOf(at);
    all.push(days.get(date) ?? { date, runs: 0, costUsd: 0, completed: 0, ended: 0 });
  }
  return all;
}

const dayOf = (time: Date): string =>
  `${time.getFullYear()}-${String(time.getMonth() + 1).padStart(2, '0')}-${String(time.getDate()).padStart(2, '0')}`;
