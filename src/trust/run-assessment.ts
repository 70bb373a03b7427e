import type { RecordedExample, RecordedIteration } from '../schemas/recorded-run.js';
import type { Candidate, HeldOut, RunAssessment } from '../schemas/trust.js';
import { assessInDetail, type DetailedAssessment, TRUST_METHOD } from './assess.js';
import { exampleKey } from './comparison.js';
import { heldOutOf } from './held-out.js';
import { seedOf } from './random.js';
import { baselineOf, type RunProgramRecord, type RunReader } from './record.js';
import { unitRow, unitsOf } from './units.js';

/** Optimizers that do not climb from their best: without recorded parents their candidates count as independent. */
const INDEPENDENT = new Set(['miprov2', 'random', 'grid', 'bootstrap_fewshot', 'bootstrap_random_search', 'knn_fewshot']);

/** Facts of the whole project that a verdict needs. */
export interface ProjectFacts {
  /** Programs of the project that were ever scored on this run's held-out examples. */
  wear: number;
}

export interface AssessedRun {
  assessment: RunAssessment;
  winner: RunProgramRecord | null;
  baseline: RunProgramRecord | null;
}

/** The verdict of a run. Every door gives this one answer. */
export function assessRecorded(reader: RunReader, facts: ProjectFacts): AssessedRun {
  const baseline = baselineOf(reader);
  if (baseline === null) return { assessment: unassessed(reader), winner: null, baseline: null };
  const ordered = [baseline, ...reader.programs.filter(({ index }) => index !== baseline.index)];
  const overlap = overlapOf(reader);
  const detail = assessInDetail(
    {
      scores: matrixOf(reader, ordered),
      parents: parentsOf(reader, ordered, overlap),
      overlap,
      direction: reader.run.direction,
      ...(reader.scale.limits === null ? {} : { scale: reader.scale.limits }),
      seed: seedOf(reader.run.runId),
    },
    {
      nameOf: (programs) =>
        namesOf(
          reader,
          programs.map((at) => ordered[at] as RunProgramRecord),
        ),
      eligible: eligible(reader, ordered),
    },
  );
  const winner = detail.winner === 0 ? null : (ordered[detail.winner] as RunProgramRecord);
  const heldOut = winner === null ? null : heldOutOf(reader, baseline, winner, facts.wear, detail.difference);
  return { assessment: answerOf(reader, ordered, detail, overlap, heldOut), winner, baseline };
}

/** Scores by program and unit. A program without a complete evaluation keeps its row, since it counts as a proposal. */
function matrixOf(reader: RunReader, ordered: readonly RunProgramRecord[]): number[][] {
  const scores = ordered.map((program) => reader.scores(reader.evaluations(program, ['full'])));
  const found = [...new Set(scores.flatMap((each) => [...each.keys()]))].sort((left, right) => left - right);
  const units = unitsOf(found, reader.clusterOf);
  return scores.map((each) => unitRow(each, units));
}

function parentsOf(reader: RunReader, ordered: readonly RunProgramRecord[], overlap: number): (readonly number[] | null)[] | undefined {
  const places = new Map(ordered.map(({ index }, place) => [index, place]));
  const known = ordered.some(({ parents }) => parents.length > 0);
  if (!known && overlap === 0 && INDEPENDENT.has(reader.run.optimizerType)) return undefined;
  return ordered.map(({ parents }) => (parents.length === 0 ? null : parents.map((parent) => places.get(parent) ?? 0)));
}

/** Programs that may win: rejected ones may not, and a declared one leaves no choice. */
function eligible(reader: RunReader, ordered: readonly RunProgramRecord[]): boolean[] {
  const declared = reader.run.declaredBest === null ? null : reader.programOf(reader.run.declaredBest);
  return ordered.map((program) => {
    if (declared !== null) return program.index === declared.index;
    return reader.evaluations(program, ['full']).some(({ decision }) => decision !== 'rejected');
  });
}

/** Examples of minibatches that were not rejected, and that full evaluations use too. */
function overlapOf(reader: RunReader): number {
  const [seen, judged] = [new Set<string>(), new Set<string>()];
  const take = (into: Set<string>, { iteration }: RecordedIteration) =>
    reader.eachScore(iteration, (at) => into.add(exampleKey(reader.run.examples[at] as RecordedExample, reader.run.runId, at)));
  for (const each of reader.run.iterations) {
    if (each.evalKind === 'minibatch' && each.decision !== 'rejected') take(seen, each);
    if (each.evalKind === 'full') take(judged, each);
  }
  return [...seen].filter((key) => judged.has(key)).length;
}

function namesOf(reader: RunReader, programs: readonly RunProgramRecord[]): string {
  const numbers = programs.map((program) => reader.candidate(program).iteration).sort((left, right) => left - right);
  return `Iterations ${numbers.join(' and ')}`;
}

function answerOf(
  reader: RunReader,
  ordered: readonly RunProgramRecord[],
  detail: DetailedAssessment,
  overlap: number,
  heldOut: HeldOut | null,
): RunAssessment {
  const named = (at: number): Candidate => reader.candidate(ordered[at] as RunProgramRecord);
  const decides = heldOut !== null && heldOut.refused === null && heldOut.word !== 'too few';
  return {
    ...identityOf(reader),
    word: decides ? heldOut.word : detail.word,
    sentence: sentenceOf(detail, heldOut, decides),
    difference: detail.difference,
    interval: detail.interval,
    n: detail.n,
    better: detail.better,
    worse: detail.worse,
    needed: detail.needed,
    k: detail.k,
    expected: detail.expected,
    chase: detail.chase,
    guarded: detail.guarded,
    replayP: detail.replayP,
    baseline: named(0),
    winner: detail.winner === 0 ? null : named(detail.winner),
    level: detail.level.map(({ program }) => named(program)),
    partial: detail.partial.map(named),
    leftOut: detail.leftOut,
    overlap,
    heldOut,
    seed: detail.seed,
    resamples: detail.resamples,
  };
}

const WORDS: Record<HeldOut['word'], string> = {
  real: 'Real',
  likely: 'Likely',
  'not distinguishable': 'Not distinguishable from the baseline',
  worse: 'Worse',
  'too few': 'Too few',
};

function sentenceOf(detail: DetailedAssessment, heldOut: HeldOut | null, decides: boolean): string {
  if (heldOut === null) return detail.sentence;
  if (!decides)
    return `${detail.sentence} ${heldOut.word === 'too few' && heldOut.refused === null ? `Held out: ${heldOut.sentence}` : heldOut.sentence}`;
  return `${WORDS[heldOut.word]}: ${heldOut.sentence} By the examples it was chosen on: ${detail.sentence}`;
}

function identityOf({ run }: RunReader) {
  return {
    runId: run.runId,
    projectId: run.projectId,
    metric: run.metric,
    direction: run.direction,
    scoreMax: run.scoreMax,
    evalSetHash: run.evalSetHash,
    method: TRUST_METHOD,
  };
}

function unassessed(reader: RunReader): RunAssessment {
  return {
    ...identityOf(reader),
    word: 'too few',
    sentence: 'Too few: no complete evaluation was recorded.',
    difference: null,
    interval: null,
    n: 0,
    better: 0,
    worse: 0,
    needed: null,
    k: 0,
    expected: null,
    chase: null,
    guarded: false,
    replayP: null,
    baseline: null,
    winner: null,
    level: [],
    partial: [],
    leftOut: 0,
    overlap: 0,
    heldOut: null,
    seed: seedOf(reader.run.runId),
    resamples: 0,
  };
}
