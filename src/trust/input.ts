import { OptrailError } from '../errors.js';
import { type ParentLists, topologicalOrder } from './lineage.js';

/** Largest resampling that a caller may ask for; 1,000,000 rounds of 1,000 x 100 scores take minutes. */
const MAX_RESAMPLES = 1_000_000;

/** Scores that differ by less than this share of the scale are equal. */
const TIE = 1e-9;

/** Scores up to which four times the rounds are taken, so that limits vary less with the seed. */
const FEW_SCORES = 4_000;

export interface AssessInput {
  /** Scores by program and example; program 0 is the baseline, NaN stands for not scored. All rows have the same length. */
  scores: readonly (readonly number[])[];
  /** Parents of each program, as indexes into `scores`; null if they are unknown. Leave it out for a search without parents. */
  parents?: readonly (number | readonly number[] | null)[] | undefined;
  /** Examples of accepted minibatches that are examples of `scores` too. Above 0 the replay must agree. */
  overlap?: number | undefined;
  /** `maximize` if it is left out. */
  direction?: 'maximize' | 'minimize' | undefined;
  /** Score of a perfect program above 0, or the lowest and the highest score. Points of a sentence are hundredths of it. */
  scale?: number | readonly [number, number] | undefined;
  /** The same seed gives the same verdict. */
  seed: number;
  /** Rounds of the resampling. If it is left out: 10,000, and 40,000 for up to 4,000 scores, for which they cost little. */
  resamples?: number | undefined;
}

export interface CheckedInput {
  scores: readonly (readonly number[])[];
  /** -1 if lower scores are better. */
  sign: 1 | -1;
  parents: ParentLists | null;
  /** Whether a program other than the baseline has an unknown parent. */
  orphans: boolean;
  order: readonly number[];
  overlap: number;
  /** Size of the scale; null if it is open. */
  range: number | null;
  tolerance: number;
  seed: number;
  resamples: number;
}

function refuse(path: string, fact: string, hint: string): never {
  throw new OptrailError('invalid_input', `${path} ${fact}.`, { path, hint });
}

/** Checks what `assess` is given; each fault is told with its path. */
export function checkInput(input: AssessInput): CheckedInput {
  const { scores, direction = 'maximize', overlap = 0, seed } = input;
  checkScores(scores);
  const { resamples = scores.length * (scores[0]?.length ?? 0) <= FEW_SCORES ? 40_000 : 10_000 } = input;
  if (direction !== 'maximize' && direction !== 'minimize') refuse('direction', 'is not a direction', 'Pass "maximize" or "minimize".');
  if (!Number.isInteger(overlap) || overlap < 0) refuse('overlap', 'is not a count', 'Pass a whole number of examples, 0 or more.');
  if (!Number.isFinite(seed)) refuse('seed', 'is not a finite number', 'Pass any whole number, the same for the same verdict.');
  if (!Number.isInteger(resamples) || resamples < 100 || resamples > MAX_RESAMPLES) {
    refuse('resamples', `is not a whole number from 100 to ${MAX_RESAMPLES}`, 'Leave it out for 10,000 or more.');
  }
  const range = checkScale(input.scale, scores);
  const parents = input.parents === undefined ? null : checkParents(input.parents, scores.length);
  const order = parents === null ? [...scores.keys()] : topologicalOrder(parents);
  if (order === null) refuse('parents', 'are cyclic: a program descends from itself', 'Name the programs that each was made from.');
  return {
    scores,
    sign: direction === 'maximize' ? 1 : -1,
    parents,
    orphans: parents?.some((each, at) => at > 0 && each.length === 0) ?? false,
    order,
    overlap,
    range,
    tolerance: TIE * (range ?? spreadOf(scores)),
    seed,
    resamples,
  };
}

function checkScores(scores: unknown): asserts scores is number[][] {
  if (!Array.isArray(scores) || scores.length === 0) {
    refuse('scores', 'has no programs', 'Pass a row of scores for each program, the baseline first.');
  }
  const width: unknown = scores[0]?.length;
  for (const [program, row] of scores.entries()) {
    const path = `scores[${program}]`;
    if (!Array.isArray(row)) refuse(path, 'is not a list of numbers', 'Pass a score for each example, NaN if it was not scored.');
    if (row.length !== width) {
      refuse(path, `has ${row.length} examples, but scores[0] has ${String(width)}`, 'Pass NaN for an example without a score.');
    }
    for (const [example, score] of row.entries()) {
      if (typeof score === 'number' && (Number.isNaN(score) || Number.isFinite(score))) continue;
      refuse(`${path}[${example}]`, 'is not a finite number', 'Pass NaN for an example without a score.');
    }
  }
}

function checkScale(scale: AssessInput['scale'], scores: readonly (readonly number[])[]): number | null {
  if (scale === undefined) return null;
  const [low, high] = typeof scale === 'number' ? [0, scale] : scale;
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high) {
    refuse('scale', 'is not a scale', 'Pass the highest score, above 0, or the lowest and the highest one.');
  }
  const slack = TIE * (high - low);
  for (const [program, row] of scores.entries()) {
    const example = row.findIndex((score) => score < low - slack || score > high + slack);
    if (example < 0) continue;
    refuse(
      'scale',
      `contradicts scores[${program}][${example}], which is ${row[example]}`,
      'Pass a scale that holds every score, or none.',
    );
  }
  return high - low;
}

function checkParents(parents: NonNullable<AssessInput['parents']>, programs: number): ParentLists {
  if (!Array.isArray(parents) || parents.length !== programs) {
    refuse('parents', `does not have ${programs} entries`, 'Pass one entry for each program, null if its parent is unknown.');
  }
  return parents.map((each: number | readonly number[] | null, program: number) => {
    const list = each === null ? [] : typeof each === 'number' ? [each] : [...each];
    for (const parent of list) {
      if (Number.isInteger(parent) && parent >= 0 && parent < programs) continue;
      refuse(`parents[${program}]`, `is ${String(parent)}, which is not a program of scores`, `Pass an index from 0 to ${programs - 1}.`);
    }
    return list;
  });
}

function spreadOf(scores: readonly (readonly number[])[]): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const row of scores) {
    for (const score of row) {
      if (score < low) low = score;
      if (score > high) high = score;
    }
  }
  return high > low ? high - low : 1;
}
