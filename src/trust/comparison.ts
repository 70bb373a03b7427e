import type { EvalKind } from '../schemas/iteration.js';
import type { RecordedExample } from '../schemas/recorded-run.js';
import type { ExamplePair, RunComparison } from '../schemas/trust.js';
import { examplesNeeded } from './needed.js';
import { type PairedDifference, pairedDifference, pairInterval, pairProbability } from './pair.js';
import type { RunProgramRecord, RunReader } from './record.js';
import { verdictSentence } from './sentence.js';
import { type ScoresByExample, unitRow, unitsOf } from './units.js';
import { CLAIM_ALPHA, pairWord } from './words.js';

/** A program of a run, by the evaluations that count in a comparison. */
export interface Side {
  reader: RunReader;
  program: RunProgramRecord;
  kinds: readonly EvalKind[];
}

export interface PairedSides {
  pair: PairedDifference;
  examples: ExamplePair[];
  /** Examples that only one side was scored on. */
  leftOut: number;
  same: number;
  /** Differences by unit, positive is better. */
  differences: number[];
}

/** Identity of an example across runs; one without a hash belongs to its own run alone. */
export function exampleKey({ exampleHash }: RecordedExample, runId: string, at: number): string {
  return exampleHash ?? `${runId}#${at}`;
}

/** Two programs on the examples that both were scored on. Nothing is imputed. */
export function pairSides(baseline: Side, candidate: Side): PairedSides {
  const base = keyed(baseline);
  const own = keyed(candidate);
  const sign = baseline.reader.run.direction === 'maximize' ? 1 : -1;
  const tolerance = baseline.reader.tolerance;
  const shared = [...base.keys()].filter((key) => own.has(key));
  const examples = shared.map((key): ExamplePair => {
    const [before, after] = [base.get(key) as Keyed, own.get(key) as Keyed];
    const difference = sign * (after.score - before.score);
    const change = difference > tolerance ? 'fixed' : difference < -tolerance ? 'broke' : 'same';
    return { exampleHash: after.hash, exampleId: after.id, baseline: before.score, candidate: after.score, difference, change };
  });
  const differences = byUnit(shared, base, own, sign);
  const clustered = differences.length !== shared.length;
  const step = clustered ? null : stepOf(examples, tolerance);
  const order = [...examples.keys()].sort((left, right) => (examples[left]?.difference ?? 0) - (examples[right]?.difference ?? 0));
  return {
    pair: pairedDifference(differences, step, tolerance),
    examples: order.map((at) => examples[at] as ExamplePair),
    leftOut: base.size + own.size - 2 * shared.length,
    same: examples.filter(({ change }) => change === 'same').length,
    differences,
  };
}

interface Keyed {
  score: number;
  hash: string | null;
  id: string | null;
  cluster: string | null;
}

function keyed({ reader, program, kinds }: Side): Map<string, Keyed> {
  const scores = reader.scores(reader.evaluations(program, kinds));
  return new Map(
    [...scores].map(([at, { sum, count }]) => {
      const example = reader.run.examples[at] as RecordedExample;
      const entry = { score: sum / count, hash: example.exampleHash, id: example.exampleId, cluster: example.cluster };
      return [exampleKey(example, reader.run.runId, at), entry];
    }),
  );
}

function byUnit(shared: readonly string[], base: ReadonlyMap<string, Keyed>, own: ReadonlyMap<string, Keyed>, sign: number): number[] {
  const units = unitsOf([...shared.keys()], (at) => own.get(shared[at] as string)?.cluster ?? null);
  const differences: ScoresByExample = new Map(
    shared.map((key, at) => [at, { sum: sign * ((own.get(key) as Keyed).score - (base.get(key) as Keyed).score), count: 1 }]),
  );
  return unitRow(differences, units);
}

/** Distance of the two values that occur; null if there are more. */
function stepOf(examples: readonly ExamplePair[], tolerance: number): number | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { baseline, candidate } of examples) {
    low = Math.min(low, baseline, candidate);
    high = Math.max(high, baseline, candidate);
  }
  const between = (score: number) => score - low > tolerance && high - score > tolerance;
  if (examples.some(({ baseline, candidate }) => between(baseline) || between(candidate))) return null;
  return high - low > tolerance ? high - low : 1;
}

/** Two programs as an answer tells them, without the hash of their examples. */
export function compareSides(baseline: Side, candidate: Side): RunComparison {
  const { pair, examples, leftOut, same } = pairSides(baseline, candidate);
  const { reader } = candidate;
  const word = pairWord(pair);
  const interval = pairInterval(pair, CLAIM_ALPHA);
  const known = pair.n > 0 && interval.every(Number.isFinite) ? interval : null;
  const difference = pair.n === 0 ? null : pair.difference;
  const facts = { word, difference, interval: known, n: pair.n, better: pair.better, worse: pair.worse, needed: examplesNeeded(pair) };
  return {
    ...facts,
    sentence: verdictSentence({
      ...facts,
      k: 1,
      binary: pair.binary,
      expected: null,
      range: reader.range,
      guarded: false,
      refusedByReplay: false,
      level: null,
    }),
    projectId: reader.run.projectId,
    metric: reader.run.metric,
    direction: reader.run.direction,
    scoreMax: reader.run.scoreMax,
    baseline: baseline.reader.candidate(baseline.program, baseline.kinds),
    candidate: reader.candidate(candidate.program, candidate.kinds),
    p: pair.n === 0 ? null : pairProbability(pair),
    same,
    leftOut,
    exampleSetHash: null,
    examples,
  };
}
