import type { EvalKind } from '../schemas/iteration.js';
import type { RecordedIteration, RecordedRun } from '../schemas/recorded-run.js';
import type { Candidate } from '../schemas/trust.js';
import { addScore, countedScore, meanByExample, type ScoreScale, type ScoresByExample, scaleOf } from './units.js';

/** A distinct program of a run. */
export interface RunProgramRecord {
  /** Index among the run's programs, in the order of their first iterations. */
  index: number;
  programHash: string | null;
  iterations: RecordedIteration[];
  /** Indexes of the programs it was made from; only such that came before it. */
  parents: number[];
  /** Iterations it was made from. */
  parentIterations: readonly number[];
}

/** Reads a record by program and example. */
export class RunReader {
  readonly programs: RunProgramRecord[] = [];
  readonly scale: ScoreScale;
  private readonly byIteration = new Map<number, RunProgramRecord>();
  private knownMiddle: number | null = null;
  private readonly samplesOf = new Map<number, number[]>();

  constructor(readonly run: RecordedRun) {
    const { samples } = run;
    this.scale = scaleOf(run.direction, run.scoreMax, samples.score);
    for (const [at, iteration] of samples.iteration.entries()) {
      const list = this.samplesOf.get(iteration);
      if (list === undefined) this.samplesOf.set(iteration, [at]);
      else list.push(at);
    }
    this.groupPrograms();
  }

  /** Size of the scale for a sentence; null if it is open. */
  get range(): number | null {
    return this.scale.limits === null ? null : this.scale.limits[1] - this.scale.limits[0];
  }

  get tolerance(): number {
    return 1e-9 * (this.range ?? this.run.scoreMax);
  }

  /** Score from which on an evaluation counts as right: the middle of the scale, or the mean of all scores on an open one. */
  get middle(): number {
    this.knownMiddle ??= this.findMiddle();
    return this.knownMiddle;
  }

  private findMiddle(): number {
    if (this.scale.limits !== null) return (this.scale.limits[0] + this.scale.limits[1]) / 2;
    const judged = this.run.samples.score.filter((score) => score !== null);
    return judged.reduce((sum, score) => sum + score, 0) / Math.max(1, judged.length);
  }

  programOf(iteration: number): RunProgramRecord | null {
    return this.byIteration.get(iteration) ?? null;
  }

  /** Completed evaluations of a program of the given kinds. */
  evaluations(program: RunProgramRecord, kinds: readonly EvalKind[]): RecordedIteration[] {
    return program.iterations.filter(({ evalKind, status }) => kinds.includes(evalKind) && status === 'completed');
  }

  /** Every counted score of some iterations by example. */
  scores(iterations: readonly RecordedIteration[]): ScoresByExample {
    const scores: ScoresByExample = new Map();
    for (const { iteration } of iterations) this.eachScore(iteration, (example, score) => addScore(scores, example, score));
    return scores;
  }

  eachScore(iteration: number, visit: (example: number, score: number) => void): void {
    const { example, score, failed } = this.run.samples;
    for (const at of this.samplesOf.get(iteration) ?? []) {
      const counted = countedScore(score[at] ?? null, failed[at] ?? false, this.scale);
      if (counted !== null) visit(example[at] as number, counted);
    }
  }

  /** Evaluated samples of an iteration. */
  calls(iteration: number): number {
    return this.samplesOf.get(iteration)?.length ?? 0;
  }

  clusterOf = (example: number): string | null => this.run.examples[example]?.cluster ?? null;

  /** The program as answers name it. */
  candidate(program: RunProgramRecord, kinds: readonly EvalKind[] = ['full']): Candidate {
    const evaluations = this.evaluations(program, kinds);
    const scores = this.scores(evaluations);
    return {
      runId: this.run.runId,
      iteration: (evaluations[0] ?? program.iterations[0])?.iteration ?? 0,
      iterations: evaluations.map(({ iteration }) => iteration),
      programHash: program.programHash,
      score: meanByExample(scores) ?? evaluations[0]?.score ?? null,
      examples: scores.size,
    };
  }

  private groupPrograms(): void {
    const byHash = new Map<string, RunProgramRecord>();
    for (const iteration of [...this.run.iterations].sort((left, right) => left.iteration - right.iteration)) {
      const key = iteration.programHash ?? `#${iteration.iteration}`;
      let program = byHash.get(key);
      if (program === undefined) {
        const parentIterations = iteration.parentIterations.filter((parent) => this.byIteration.has(parent));
        const parents = [...new Set(parentIterations.map((parent) => (this.byIteration.get(parent) as RunProgramRecord).index))];
        program = { index: this.programs.length, programHash: iteration.programHash, iterations: [], parents, parentIterations };
        byHash.set(key, program);
        this.programs.push(program);
      }
      program.iterations.push(iteration);
      this.byIteration.set(iteration.iteration, program);
    }
  }
}

/** The program that others are measured against: the one marked as the baseline, otherwise the first complete evaluation. */
export function baselineOf(reader: RunReader): RunProgramRecord | null {
  const full = reader.programs.filter((program) => reader.evaluations(program, ['full']).length > 0);
  return full.find(({ iterations }) => iterations.some(({ isBaseline }) => isBaseline)) ?? full[0] ?? null;
}
