import type { TrustWord } from '../schemas/trust.js';
import { betterTail, type PairedDifference, pairInterval, worseTail } from './pair.js';

/** Shared examples below which nothing is claimed. */
export const FEWEST_EXAMPLES = 10;
/** Differing examples below which nothing is claimed for 0/1 scores: 5 of 5 have an exact p of 0.03. */
export const FEWEST_DIFFERING = 6;
/** Error rate of a claim, one-sided. */
export const CLAIM_ALPHA = 0.025;
const LIKELY_ALPHA = 0.05;
const REPLAY_REAL = 0.05;
const REPLAY_LIKELY = 0.1;

/** Whether the examples are too few for any word. */
export function isTooFew(pair: PairedDifference): boolean {
  return pair.n < FEWEST_EXAMPLES || (pair.binary && pair.better + pair.worse < FEWEST_DIFFERING);
}

/**
 * Word for one pair that nobody chose by these examples.
 *
 * @param alpha one-sided error rate of "real" and "worse"
 */
export function pairWord(pair: PairedDifference, alpha = CLAIM_ALPHA): TrustWord {
  if (isTooFew(pair)) return 'too few';
  const [low, high] = pairInterval(pair, alpha);
  if (low > 0 && betterTail(pair) <= alpha) return 'real';
  if (high < 0 && worseTail(pair) <= alpha) return 'worse';
  const [likely] = pairInterval(pair, alpha * (LIKELY_ALPHA / CLAIM_ALPHA));
  return likely > 0 ? 'likely' : 'not distinguishable';
}

export interface WinnerFacts {
  pair: PairedDifference;
  /** Candidates that the winner was chosen from. */
  k: number;
  /** 97.5% quantile of the largest t without differences, and the 95% one. */
  c975: number;
  c95: number;
  guarded: boolean;
  replayP: number | null;
}

/** Word for the best of several candidates. */
export function winnerWord({ pair, k, c975, c95, guarded, replayP }: WinnerFacts): TrustWord {
  if (isTooFew(pair)) return 'too few';
  const held = (limit: number) => !guarded || (replayP !== null && replayP <= limit);
  // A single candidate is a plain pair, which the exact test must agree on.
  const exact = k > 1 || !pair.binary || betterTail(pair) <= CLAIM_ALPHA;
  if (pair.centre - c975 * pair.error > 0 && exact && held(REPLAY_REAL)) return 'real';
  if (pair.centre - c95 * pair.error > 0 && held(REPLAY_LIKELY)) return 'likely';
  const [, high] = pairInterval(pair, CLAIM_ALPHA);
  if (high < 0 && (!pair.binary || worseTail(pair) <= CLAIM_ALPHA)) return 'worse';
  return 'not distinguishable';
}
