import type { OptimizationRun } from '../../../src/schemas/run.js';
import { signed } from '../format/number.js';

/** The measure of a run's scores: every screen that ranks, colours or writes a score goes through it. */
export interface Scale {
  /** The score of a perfect program. */
  readonly max: number;
  /** 1 if a higher score is better, -1 if a lower one is. */
  readonly sign: 1 | -1;
  /** Whether scores are written as a share of `max`, as 72%. */
  readonly isShare: boolean;
  readonly metric: string;
}

type ScaleFacts = Pick<OptimizationRun, 'direction' | 'scoreMax' | 'metric' | 'initialScore' | 'bestScore' | 'finalScore'>;

/** Scores within 0 and `scoreMax` that are better when higher are shares; all others keep their own figures. */
export function scaleOf({ direction, scoreMax, metric, initialScore, bestScore, finalScore }: ScaleFacts): Scale {
  const seen = [initialScore, bestScore, finalScore].filter((score) => score !== null);
  const isWithin = seen.every((score) => score >= 0 && score <= scoreMax * (1 + 1e-9));
  return {
    max: scoreMax,
    sign: direction === 'minimize' ? -1 : 1,
    isShare: direction === 'maximize' && isWithin,
    metric: metric ?? 'the score',
  };
}

/** Differences below this are equal: 1e-9 of the scale. */
export const toleranceOf = ({ max }: Scale): number => Math.abs(max) * 1e-9;

/** A score on 0 to 1, the better the higher; null on an open scale. */
export function levelOf({ max, sign }: Scale, score: number): number | null {
  const share = score / max;
  if (share < -1e-9 || share > 1 + 1e-9) return null;
  return Math.min(1, Math.max(0, sign > 0 ? share : 1 - share));
}

const plain = (value: number): string => {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.0005 || size >= 1e7) return value.toExponential(1);
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: size < 10 ? 2 : size < 1000 ? 1 : 0 }).format(value);
};

/** A score in words: `72%`, or `0.62` on a scale of its own. */
export function scoreWords({ isShare, max }: Scale, score: number | null | undefined): string {
  if (score === null || score === undefined) return '–';
  if (!isShare) return plain(score);
  const percent = (score / max) * 100;
  const digits = percent !== 0 && Math.abs(percent) < 0.5 ? 1 : 0;
  return `${percent.toFixed(digits)}%`;
}

/** A difference as a number with its sign, and without its unit: `+28`, `−0.21`. `digits` is 1 if rounding would print 0. */
export function pointsOf({ isShare, max }: Scale, difference: number, digits = 0): string {
  if (!isShare) return signed(difference, (value) => plain(Math.abs(value)));
  return signed(Number(((difference / max) * 100).toFixed(digits)), (value) => value.toFixed(digits));
}

/** A difference in words: `+28 points`, or `−0.21` on a scale of its own. */
export function gainWords(scale: Scale, difference: number): string {
  if (!scale.isShare) return pointsOf(scale, difference);
  const points = pointsOf(scale, difference);
  return `${points} ${points === '+1' || points === '−1' ? 'point' : 'points'}`;
}

/** An interval in words: `+11 to +42`; one more decimal if rounding would print 0 for a limit that excludes it. */
export function intervalWords(scale: Scale, [low, high]: readonly [number, number]): string {
  const unit = scale.isShare ? scale.max / 100 : 0;
  const isHidden = unit > 0 && [low, high].some((limit) => limit !== 0 && Math.abs(limit) < unit / 2);
  const digits = isHidden && low * high > 0 ? 1 : 0;
  return `${pointsOf(scale, low, digits)} to ${pointsOf(scale, high, digits)}`;
}
