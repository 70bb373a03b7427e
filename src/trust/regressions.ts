import type { RecordedExample, RecordedRun } from '../schemas/recorded-run.js';
import type { Regression, RegressionReport } from '../schemas/trust-edits.js';
import { exampleKey } from './comparison.js';
import { binomialMass, hypergeometricTail } from './distributions.js';
import type { RunProgramRecord, RunReader } from './record.js';
import { counted } from './sentence.js';

const FISHER_ALPHA = 0.05;

/** How one program fared on one example, over all evaluations. */
interface Tally {
  evaluations: number;
  right: number;
  sum: number;
}

export interface RegressionSide {
  /** Runs whose evaluations of the program count. */
  readers: readonly RunReader[];
  runId: string;
  iteration: number;
  programHash: string | null;
}

/**
 * Examples that one program lost or won against another, by every evaluation of either program hash: minibatches and other
 * runs too. An evaluation is right from the middle of the scale on.
 */
export function regressionsOf(baseline: RegressionSide, candidate: RegressionSide, run: RecordedRun): RegressionReport {
  const examples = new Map<string, RecordedExample>();
  const [before, after] = [tallies(baseline, examples), tallies(candidate, examples)];
  const shared = [...after.keys()].filter((key) => before.has(key));
  const found = shared.flatMap((key) => {
    const [old, now] = [before.get(key) as Tally, after.get(key) as Tally];
    const change = changeOf(old, now);
    const { exampleHash, exampleId } = examples.get(key) as RecordedExample;
    return change === null ? [] : [{ exampleHash, exampleId, ...change, baseline: shownTally(old), candidate: shownTally(now) }];
  });
  const noise = noiseOf([...baseline.readers, ...candidate.readers]);
  const expected = noise === null ? null : expectedLosses(shared, before, after, noise);
  const count = (kind: Regression['kind']) => found.filter((each) => each.kind === kind).length;
  const counts = {
    broke: count('broke'),
    fixed: count('fixed'),
    flaky: count('flaky'),
    brokeOnce: count('broke once'),
    fixedOnce: count('fixed once'),
  };
  return {
    runId: candidate.runId,
    projectId: run.projectId,
    baseline: { runId: baseline.runId, iteration: baseline.iteration, programHash: baseline.programHash },
    candidate: { runId: candidate.runId, iteration: candidate.iteration, programHash: candidate.programHash },
    n: shared.length,
    ...counts,
    noise,
    expectedFromNoise: expected,
    sentence: headline(shared.length, counts, noise, expected),
    examples: found.sort((left, right) => ORDER.indexOf(left.kind) - ORDER.indexOf(right.kind)),
  };
}

const ORDER: readonly Regression['kind'][] = ['broke', 'broke once', 'flaky', 'fixed once', 'fixed'];

const shownTally = ({ evaluations, right, sum }: Tally) => ({ evaluations, right, mean: sum / evaluations });

function changeOf(old: Tally, now: Tally): { kind: Regression['kind']; p: number | null } | null {
  const [was, is] = [old.right / old.evaluations, now.right / now.evaluations];
  const mixed = (share: number) => share > 0 && share < 1;
  if (old.evaluations < 2 || now.evaluations < 2) {
    if (was === is) return null;
    return { kind: is < was ? 'broke once' : 'fixed once', p: null };
  }
  if (was === is) return mixed(was) ? { kind: 'flaky', p: 1 } : null;
  const [worse, better] = is < was ? [now, old] : [old, now];
  const p = hypergeometricTail(worse.right, worse.evaluations, worse.right + better.right, worse.evaluations + better.evaluations);
  if (p > FISHER_ALPHA) return { kind: 'flaky', p };
  return { kind: is < was ? 'broke' : 'fixed', p };
}

function tallies({ readers, programHash, runId, iteration }: RegressionSide, examples: Map<string, RecordedExample>): Map<string, Tally> {
  const found = new Map<string, Tally>();
  for (const reader of readers) {
    for (const program of programsOf(reader, programHash, runId, iteration)) {
      for (const { key, example, score } of everyScore(reader, program)) {
        examples.set(key, example);
        const tally = found.get(key) ?? { evaluations: 0, right: 0, sum: 0 };
        found.set(key, tally);
        tally.evaluations++;
        tally.sum += score;
        if (isRight(reader, score)) tally.right++;
      }
    }
  }
  return found;
}

function programsOf(reader: RunReader, programHash: string | null, runId: string, iteration: number): RunProgramRecord[] {
  if (programHash !== null) return reader.programs.filter((program) => program.programHash === programHash);
  const program = reader.run.runId === runId ? reader.programOf(iteration) : null;
  return program === null ? [] : [program];
}

function everyScore(reader: RunReader, program: RunProgramRecord) {
  const scores: { key: string; example: RecordedExample; score: number; at: number }[] = [];
  for (const { iteration } of program.iterations) {
    reader.eachScore(iteration, (at, score) => {
      const example = reader.run.examples[at] as RecordedExample;
      scores.push({ key: exampleKey(example, reader.run.runId, at), example, score, at });
    });
  }
  return scores;
}

/** Right from the middle of the scale on; on an open scale from the mean of all scores on. */
export function isRight(reader: RunReader, score: number): boolean {
  const middle = reader.middle;
  return reader.run.direction === 'maximize' ? score >= middle : score <= middle;
}

/** Share of pairs of repeats of one program on one example that differ; null without repeats. */
function noiseOf(readers: readonly RunReader[]): number | null {
  const tallied = new Map<string, Tally>();
  for (const reader of new Set(readers)) {
    for (const program of reader.programs) {
      const name = program.programHash ?? `${reader.run.runId}#${program.index}`;
      for (const { key, score } of everyScore(reader, program)) {
        const tally = tallied.get(`${name} ${key}`) ?? { evaluations: 0, right: 0, sum: 0 };
        tallied.set(`${name} ${key}`, tally);
        tally.evaluations++;
        if (isRight(reader, score)) tally.right++;
      }
    }
  }
  let [pairs, differing] = [0, 0];
  for (const { evaluations, right } of tallied.values()) {
    pairs += (evaluations * (evaluations - 1)) / 2;
    differing += right * (evaluations - right);
  }
  return pairs === 0 ? null : differing / pairs;
}

function expectedLosses(shared: readonly string[], before: Map<string, Tally>, after: Map<string, Tally>, noise: number): number {
  const known = new Map<string, number>();
  return shared.reduce((sum, key) => {
    const [old, now] = [before.get(key) as Tally, after.get(key) as Tally];
    const sizes = `${old.evaluations}/${now.evaluations}`;
    const loss = known.get(sizes) ?? lossByNoise(old, now, noise);
    known.set(sizes, loss);
    return sum + loss;
  }, 0);
}

/** Probability that an example counts as broken although nothing changed, with the noise of the repeats. */
function lossByNoise(old: Tally, now: Tally, noise: number): number {
  const share = (1 - Math.sqrt(Math.max(0, 1 - 2 * noise))) / 2;
  return (lossAt(old.evaluations, now.evaluations, share) + lossAt(old.evaluations, now.evaluations, 1 - share)) / 2;
}

function lossAt(before: number, after: number, share: number): number {
  let sum = 0;
  for (let was = 0; was <= before; was++) {
    for (let is = 0; is <= after; is++) {
      const change = changeOf({ evaluations: before, right: was, sum: 0 }, { evaluations: after, right: is, sum: 0 });
      if (change?.kind !== 'broke' && change?.kind !== 'broke once') continue;
      sum += binomialMass(was, before, share) * binomialMass(is, after, share);
    }
  }
  return sum;
}

interface Counts {
  broke: number;
  fixed: number;
  flaky: number;
  brokeOnce: number;
  fixedOnce: number;
}

function headline(n: number, counts: Counts, noise: number | null, expected: number | null): string {
  if (n === 0) return 'The two share no scored example.';
  const broke = counts.broke + counts.brokeOnce;
  const head = `Broke ${broke} and fixed ${counts.fixed + counts.fixedOnce} of ${counted(n, 'shared example')}${counts.flaky > 0 ? `; ${counts.flaky} flaky` : ''}.`;
  if (noise === null || expected === null) return `${head} No repeats: noise unknown.`;
  return `${head} About ${expected.toFixed(1)} broken are to be expected from noise alone.`;
}
