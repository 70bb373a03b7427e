import type { AxCompileOptions, ScoreVector } from './surface.js';

/** Turns the scores of several objectives into the one number that Ax ranks by. */
export type Scalarize = (scores: ScoreVector) => number;

/** What Ax makes of a metric's answer: a number is the objective `score`, and what is not finite does not exist. */
export function readScores(answer: unknown): ScoreVector {
  if (typeof answer === 'number') return Number.isFinite(answer) ? { score: answer } : {};
  if (typeof answer !== 'object' || answer === null) return {};
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => typeof value === 'number' && Number.isFinite(value)));
}

/** Ax's rule for the one number: the caller's function, else the caller's objective, else the mean of all. */
export function scalarizer(options: AxCompileOptions | undefined): Scalarize {
  const { paretoScalarize, paretoMetricKey } = options ?? {};
  if (typeof paretoScalarize === 'function') return paretoScalarize;
  if (paretoMetricKey) return (scores) => scores[paretoMetricKey] ?? 0;
  return (scores) => mean(Object.values(scores));
}

/** The mean of each objective over the examples that have it, as Ax averages a candidate. */
export function meanVector(vectors: readonly ScoreVector[]): ScoreVector {
  const objectives = new Set(vectors.flatMap((vector) => Object.keys(vector)));
  return Object.fromEntries([...objectives].map((name) => [name, mean(vectors.flatMap((vector) => vector[name] ?? []))]));
}

/** The objectives worth storing beside the score: none where the score is the only one. */
export function objectives(vector: ScoreVector): { scores?: ScoreVector } {
  const names = Object.keys(vector);
  return names.length === 0 || (names.length === 1 && names[0] === 'score') ? {} : { scores: vector };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The mean, 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}
