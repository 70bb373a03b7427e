import type { RecordedExample } from '../schemas/recorded-run.js';
import type { HeldOut } from '../schemas/trust.js';
import { exampleKey, pairSides } from './comparison.js';
import { examplesNeeded } from './needed.js';
import { pairInterval, pairProbability } from './pair.js';
import type { RunProgramRecord, RunReader } from './record.js';
import { points, signed } from './sentence.js';
import { CLAIM_ALPHA, pairWord } from './words.js';

/** Programs that every held-out comparison needs: the baseline and the winner. */
const PAIR = 2;

/** Sidak's correction: error rate of one look so that all looks together stay at `alpha`. */
const sidak = (alpha: number, looks: number): number => -Math.expm1(Math.log1p(-alpha) / looks);

/**
 * The winner against the baseline on held-out examples; null if neither was evaluated there.
 *
 * @param wear programs of the project that were ever scored on these examples
 * @param validationGain gain on the examples that the winner was chosen by
 */
export function heldOutOf(
  reader: RunReader,
  baseline: RunProgramRecord,
  winner: RunProgramRecord,
  wear: number,
  validationGain: number | null,
): HeldOut | null {
  const kinds = ['test'] as const;
  const sides = pairSides({ reader, program: baseline, kinds }, { reader, program: winner, kinds });
  const { pair } = sides;
  if (pair.n === 0) return null;
  const looks = wear > PAIR ? wear : 1;
  const alpha = sidak(2 * CLAIM_ALPHA, looks) / 2;
  const overlap = overlapOf(reader);
  const refused =
    overlap === 0
      ? null
      : `${overlap} of the held-out examples ${overlap === 1 ? 'is a validation example' : 'are validation examples'} too.`;
  const interval = pairInterval(pair, alpha);
  const p = pairProbability(pair);
  const word = pairWord(pair, alpha);
  const worn = looks > 1 ? `, corrected for ${wear} programs that were scored on them` : '';
  const limits = `95%: ${signed(interval[0], reader.range)} to ${signed(interval[1], reader.range)}`;
  const said = `${points(pair.difference, reader.range)} (${limits}) on ${pair.n} held-out example${pair.n === 1 ? '' : 's'}${worn}.`;
  return {
    word,
    sentence: refused === null ? said : `Not held out: ${refused}`,
    difference: pair.difference,
    interval: interval.every(Number.isFinite) ? interval : null,
    n: pair.n,
    better: pair.better,
    worse: pair.worse,
    needed: examplesNeeded(pair),
    refused,
    validationGain,
    heldOutGain: pair.difference,
    gap: validationGain === null ? null : validationGain - pair.difference,
    wear,
    overlap,
    p: -Math.expm1(looks * Math.log1p(-Math.min(p, 1 - 1e-16))),
  };
}

/** Held-out examples that full evaluations used too. */
function overlapOf(reader: RunReader): number {
  const seen = { test: new Set<string>(), full: new Set<string>() };
  for (const { iteration, evalKind } of reader.run.iterations) {
    if (evalKind !== 'test' && evalKind !== 'full') continue;
    reader.eachScore(iteration, (at) => {
      seen[evalKind].add(exampleKey(reader.run.examples[at] as RecordedExample, reader.run.runId, at));
    });
  }
  return [...seen.test].filter((key) => seen.full.has(key)).length;
}
