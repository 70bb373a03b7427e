import { MAX_SCORE } from '../../schemas/primitives.js';

/** A value taken as a score: a finite number within ±1e100 (true is 1, false is 0), or null with the reason why it is none. */
export type ReadScore = { score: number; problem: null } | { score: null; problem: string | null };

/** Null and undefined are an absent score, and no problem. `name` says whose score it is. */
export function readScore(value: unknown, name = 'score'): ReadScore {
  if (value === undefined || value === null) return { score: null, problem: null };
  if (typeof value === 'boolean') return { score: Number(value), problem: null };
  if (typeof value !== 'number') return { score: null, problem: `${name} was a ${typeof value}, which is no score` };
  if (!Number.isFinite(value)) return { score: null, problem: `${name} was ${value}, which is no score` };
  if (Math.abs(value) > MAX_SCORE) return { score: null, problem: `${name} was ${value}, beyond ±${MAX_SCORE}` };
  return { score: value, problem: null };
}
