import type { TrustWord } from '../schemas/trust.js';
import { expectedScore } from './expected.js';
import { type AssessInput, type CheckedInput, checkInput } from './input.js';
import { type ComparedScores, comparedScores } from './matrix.js';
import { maxT } from './max-t.js';
import { examplesNeeded } from './needed.js';
import { limitQuantile, type PairedDifference, pairedDifference } from './pair.js';
import { type History, historyOf } from './proposals.js';
import { SeededRandom } from './random.js';
import { replayByRank } from './replay.js';
import { verdictSentence } from './sentence.js';
import { CLAIM_ALPHA, pairWord, winnerWord } from './words.js';

/** Version of the methods: a receipt is recomputed by the version that it names. */
export const TRUST_METHOD = 'optrail-trust/1';
/** Share of proposals from the best so far above which the optimizer counts as a hill climber. */
const CHASE_LIMIT = 0.3;

export interface Assessment {
  word: TrustWord;
  /** Index into `scores` of the best candidate; 0 if there is no candidate. */
  winner: number;
  /** Winner minus baseline, mean over the shared examples; positive is better. Null if they share none. */
  difference: number | null;
  /** 97.5% lower limit by max-t over all candidates (by the replay, if it refuses "real"), and the plain 97.5% upper limit. */
  interval: [number, number] | null;
  /** Score to expect on new examples. */
  expected: number | null;
  /** Share of proposals whose parent was the best so far; null if it is unknown. */
  chase: number | null;
  /** Whether the replay had to agree. */
  guarded: boolean;
  /** Share of replays without a better prompt that climb as far; null without parents to replay. */
  replayP: number | null;
  /** Examples that would tell a difference of this size. */
  needed: number | null;
  better: number;
  worse: number;
  /** Shared examples. */
  n: number;
  /** Candidates that were compared with the baseline. */
  k: number;
  sentence: string;
}

export interface DetailedAssessment extends Assessment {
  /** Programs that cannot be told apart from the winner, the best first, with the examples they differ on. */
  level: { program: number; differing: number }[];
  partial: number[];
  leftOut: number;
  /** Columns of the scores that were compared. */
  examples: number[];
  /** p-value of the largest t. */
  p: number | null;
  seed: number;
  resamples: number;
}

/**
 * Says whether the best of several programs is better than the baseline, as far as the examples tell.
 * A pure function of plain numbers: docs/trust.md tells the methods and how they were tested.
 *
 * @throws OptrailError `invalid_input` with the path of what is wrong
 */
export function assess(input: AssessInput): Assessment {
  const { word, winner, difference, interval, expected, chase, guarded, replayP, needed, better, worse, n, k, sentence } =
    assessInDetail(input);
  return { word, winner, difference, interval, expected, chase, guarded, replayP, needed, better, worse, n, k, sentence };
}

export interface DetailOptions {
  /** Names programs in the sentence; by index if it is left out. */
  nameOf?: ((programs: readonly number[]) => string) | undefined;
  /** Whether each program may win; all may if it is left out. The others still count as candidates. */
  eligible?: readonly boolean[] | undefined;
}

/** The same with what a page shows beside it. */
export function assessInDetail(given: AssessInput, { nameOf = nameByIndex, eligible }: DetailOptions = {}): DetailedAssessment {
  const input = checkInput(given);
  const compared = comparedScores(input);
  const pairs = compared.rows.slice(1).map((row) => pairOf(row, compared, input));
  const n = compared.examples.length;
  const history = historyOf(input.order, input.parents ?? [], meansOf(compared, input), input.tolerance);
  const rest = { n, k: pairs.length, chase: history.chase, partial: compared.partial, leftOut: compared.leftOut };
  const seeds = { seed: input.seed, resamples: input.resamples, examples: compared.examples };
  const winner = bestRow(compared, input, eligible);
  const pair = pairs[winner - 1];
  if (pair === undefined || n === 0) return { ...nothing(rest.k), ...rest, ...seeds, winner: compared.programs[winner] ?? 0 };
  return { ...judged(input, compared, { winner, pair, pairs, history }, nameOf), ...rest, ...seeds };
}

function nothing(k: number): DetailedAssessment {
  const counts = { better: 0, worse: 0, n: 0, k, leftOut: 0, seed: 0, resamples: 0 };
  const facts = { word: 'too few' as const, difference: null, interval: null, expected: null, needed: null };
  const sentence = verdictSentence({ ...facts, ...counts, binary: true, range: null, guarded: false, refusedByReplay: false, level: null });
  const unknown = { chase: null, guarded: false, replayP: null, p: null };
  return { ...facts, ...counts, ...unknown, sentence, winner: 0, level: [], partial: [], examples: [] };
}

interface Chosen {
  winner: number;
  pair: PairedDifference;
  pairs: readonly PairedDifference[];
  history: History;
}

type Judged = Omit<DetailedAssessment, 'n' | 'k' | 'chase' | 'partial' | 'leftOut' | 'seed' | 'resamples' | 'examples'>;

function judged(input: CheckedInput, compared: ComparedScores, chosen: Chosen, nameOf: NonNullable<DetailOptions['nameOf']>): Judged {
  const { winner, pair, pairs, history } = chosen;
  const { resamples, sign, range } = input;
  const random = new SeededRandom(input.seed);
  const differences = compared.rows.slice(1).map((row) => row.map((score, at) => score - (compared.rows[0]?.[at] ?? 0)));
  const seen = Math.max(...pairs.map(({ centre, error }) => centre / error));
  const { c975, c95, p } = maxT(differences, pairs, seen, resamples, random);
  const expected = expectedScore(compared.rows, resamples, random);
  const guarded = (history.chase ?? 0) > CHASE_LIMIT || input.overlap > 0 || input.orphans;
  const replayed = { proposals: history.proposals, rows: compared.rows, values: compared.values, gain: pair.difference };
  const needsReplay = guarded || input.parents !== null;
  const replay = needsReplay ? replayByRank({ ...replayed, tolerance: input.tolerance }, resamples, random) : null;
  const replayP = replay?.p ?? null;
  const facts = { pair, k: pairs.length, c975, c95, replayP };
  const word = winnerWord({ ...facts, guarded });
  const refusedByReplay = word !== 'real' && winnerWord({ ...facts, guarded: false }) === 'real';
  // A climb that the replay explains is part of what the choice adds: the limit takes it off.
  const lower = pair.centre - c975 * pair.error;
  const low = refusedByReplay ? Math.min(lower, pair.difference - (replay?.usual ?? 0)) : lower;
  const interval: [number, number] = [low, pair.centre + limitQuantile(pair, 1 - CLAIM_ALPHA) * pair.error];
  const level = levelWith(winner, compared, input);
  const common = {
    word,
    difference: pair.difference,
    interval,
    expected: expected === null ? null : sign * expected,
    needed: examplesNeeded(pair),
    better: pair.better,
    worse: pair.worse,
    guarded,
  };
  const sentence = verdictSentence({
    ...common,
    n: pair.n,
    k: pairs.length,
    binary: pair.binary,
    range: range ?? (compared.values === null ? null : compared.values[1] - compared.values[0]),
    refusedByReplay,
    level: sentenceLevel(level, compared.programs[winner] as number, nameOf),
  });
  return { ...common, winner: compared.programs[winner] as number, replayP, p, level, sentence };
}

const nameByIndex = (programs: readonly number[]) => `Programs ${programs.join(' and ')}`;

function sentenceLevel(level: DetailedAssessment['level'], winner: number, nameOf: (programs: readonly number[]) => string) {
  const [next] = level.filter(({ program }) => program !== 0);
  if (next === undefined) return null;
  return { names: nameOf([next.program, winner].sort((left, right) => left - right)), differing: next.differing };
}

function pairOf(row: Float64Array, compared: ComparedScores, input: CheckedInput, against = compared.rows[0] as Float64Array) {
  const step = compared.values === null ? null : compared.values[1] - compared.values[0];
  return pairedDifference(
    row.map((score, at) => score - (against[at] as number)),
    step,
    input.tolerance,
  );
}

/** Mean of each completely scored program, higher is better; null for the others. */
function meansOf(compared: ComparedScores, input: CheckedInput): (number | null)[] {
  const means = input.scores.map((): number | null => null);
  for (const [row, program] of compared.programs.entries()) means[program] = meanOf(compared.rows[row] as Float64Array);
  return means;
}

function meanOf(row: Float64Array): number {
  let sum = 0;
  for (const each of row) sum += each;
  return row.length === 0 ? 0 : sum / row.length;
}

/** Row of the best candidate; of several equal ones the earliest. */
function bestRow({ rows, programs }: ComparedScores, { tolerance }: CheckedInput, eligible?: readonly boolean[]): number {
  let [best, top] = [0, Number.NEGATIVE_INFINITY];
  for (const [row, scores] of rows.entries()) {
    if (row === 0 || eligible?.[programs[row] as number] === false) continue;
    const mean = meanOf(scores);
    if (mean > top + tolerance) [best, top] = [row, mean];
  }
  return best;
}

function levelWith(winner: number, compared: ComparedScores, input: CheckedInput): DetailedAssessment['level'] {
  const top = compared.rows[winner] as Float64Array;
  return compared.rows
    .map((row, at) => ({ at, mean: meanOf(row), pair: pairOf(top, compared, input, row) }))
    .filter(({ at, pair }) => at !== winner && pairWord(pair) !== 'real')
    .sort((left, right) => right.mean - left.mean || left.at - right.at)
    .map(({ at, pair }) => ({ program: compared.programs[at] as number, differing: pair.better + pair.worse }));
}
