import type { TrustWord } from '../schemas/trust.js';
import { FEWEST_DIFFERING, FEWEST_EXAMPLES } from './words.js';

/** Size of a difference for a reader: points of a closed scale, plain units otherwise. */
export function signed(value: number, range: number | null): string {
  const shown = range === null ? rounded(value) : String(Math.round((100 * value) / range));
  const text = shown === '-0' ? '0' : shown;
  return value > 0 && text !== '0' ? `+${text}` : text;
}

/** A score with as many digits as a reader uses: two decimals below 10, one below 100. */
function rounded(value: number): string {
  const size = Math.abs(value);
  return String(Number(value.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)));
}

export const points = (value: number, range: number | null) => `${signed(value, range)}${range === null ? '' : ' points'}`;

export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

export interface SentenceFacts {
  word: TrustWord;
  difference: number | null;
  interval: readonly [number, number] | null;
  n: number;
  k: number;
  better: number;
  worse: number;
  binary: boolean;
  needed: number | null;
  expected: number | null;
  range: number | null;
  guarded: boolean;
  /** Whether the interval alone would have carried "real", which the replay refused. */
  refusedByReplay: boolean;
  /** Such as "Iterations 16 and 21", with the examples they differ on; null if the winner stands alone. */
  level: { names: string; differing: number } | null;
}

/** The verdict in words, with its figures. */
export function verdictSentence(facts: SentenceFacts): string {
  const sentences = [head(facts)];
  if (facts.expected !== null && facts.word !== 'too few') sentences.push(`Expect about ${rounded(facts.expected)} on new examples.`);
  if (facts.refusedByReplay)
    sentences.push('The climb is no larger than an optimizer without a better prompt would find on the same examples.');
  const wants = facts.word === 'likely' || facts.word === 'not distinguishable';
  if (wants && facts.needed !== null) sentences.push(`About ${facts.needed} examples would tell.`);
  if (facts.level !== null && facts.word !== 'too few') {
    sentences.push(`${facts.level.names} cannot be told apart (${counted(facts.level.differing, 'example')}).`);
  }
  return sentences.join(' ');
}

const TITLES: Record<Exclude<TrustWord, 'too few'>, string> = {
  real: 'Real',
  likely: 'Likely',
  'not distinguishable': 'Not distinguishable from the baseline',
  worse: 'Worse',
};

function head({ word, difference, interval, n, k, better, worse, binary, range }: SentenceFacts): string {
  if (word === 'too few' || difference === null || interval === null) return tooFew(n, k, better + worse, binary);
  const size = points(difference, range);
  const limits = `95%: ${signed(interval[0], range)} to ${signed(interval[1], range)}`;
  const over =
    word === 'real' || word === 'likely' ? `${size} over the baseline` : word === 'worse' ? `${size} against the baseline` : size;
  return `${TITLES[word]}: ${over} (${limits}), ${k === 1 ? '' : `best of ${k} candidates `}on ${n} examples.`;
}

function tooFew(n: number, k: number, differing: number, binary: boolean): string {
  if (k === 0) return 'Too few: no candidate was scored on the examples of the baseline.';
  if (n === 0) return 'Too few: no example was scored for both.';
  if (n < FEWEST_EXAMPLES) return `Too few: ${counted(n, 'shared example')}; at least ${FEWEST_EXAMPLES} are needed.`;
  if (!binary) return `Too few: ${counted(n, 'shared example')}.`;
  return `Too few: only ${differing} of ${n} examples differ; at least ${FEWEST_DIFFERING} must.`;
}
