import type { BestSoFar } from '../schemas/best.js';
import type { EvalKind, IterationDecision, IterationStatus, OptimizationIteration } from '../schemas/iteration.js';
import type { JsonValue } from '../schemas/json.js';
import type { EvaluateOptions, Evaluation, Example } from './evaluation.js';

/** One example evaluated within an iteration, as a caller hands it to the recorder. */
export interface SampleRecord {
  /** Position in the iteration, from 0; defaults to the next free one, which in a first list is the place in it. */
  sampleIndex?: number;
  input?: unknown;
  expectedOutput?: unknown;
  predictedOutput?: unknown;
  score?: number | null;
  /** Further objectives by name. */
  scores?: Record<string, number>;
  /** `false` marks the sample as failed; left out, a sample with an error failed. */
  success?: boolean;
  /** Milliseconds, 0 or more. */
  latencyMs?: number;
  promptTokens?: number;
  completionTokens?: number;
  totalTokens?: number;
  costUsd?: number;
  errorMessage?: string;
  /** Text a metric gave beside its number. */
  feedback?: string;
  /** The data set's own id of the example. */
  exampleId?: string;
  split?: string;
  metadata?: Record<string, JsonValue>;
}

/** One evaluation of one candidate, as a caller hands it to the recorder. */
export interface IterationRecord {
  /** Number in the run; defaults to the next free one, from 0. */
  iteration?: number;
  score?: number | null;
  scores?: Record<string, number>;
  params?: Record<string, unknown>;
  /** The candidate itself: prompt text, demos, or the optimizer's own state, as JSON. */
  program?: unknown;
  evalKind?: EvalKind;
  status?: IterationStatus;
  decision?: IterationDecision | null;
  decisionReason?: string;
  /** Numbers of the iterations this candidate came from (a merge has two). */
  parentIterations?: number[];
  isBaseline?: boolean;
  startTime?: Date | string;
  endTime?: Date | string;
  durationMs?: number;
  promptTokens?: number;
  completionTokens?: number;
  totalTokens?: number;
  costUsd?: number;
  errorMessage?: string;
  metadata?: Record<string, JsonValue>;
  samples?: SampleRecord[];
}

/** What may still be said of an iteration after it was recorded. */
export type IterationUpdate = Omit<IterationRecord, 'iteration' | 'samples'>;

/** What became of the writes of a run so far; the three add up to the calls made. */
export interface FlushReport {
  /** Stored in the database. */
  acknowledged: number;
  /** Neither stored nor refused yet. */
  pending: number;
  /** Refused for good, in whole or in part. */
  rejected: number;
  /** How many of the pending ones lie in the journal, and outlive the process; left out where nothing is pending. */
  kept?: number;
}

export interface FlushOptions {
  /** Longest wait in milliseconds; what is not settled then is reported as pending. The run's `flushTimeoutMs` by default. */
  timeoutMs?: number;
}

/** A run as its earlier attempts left it. */
export interface Resumed {
  /** The number of this attempt: 2 where the run goes on for the first time. */
  attempt: number;
  /** All iterations in their order, with their programs. Those of this attempt are numbered from the last one on. */
  iterations: readonly OptimizationIteration[];
  /** The best of them by the database's own rule, from whose program to start; null where there is none. */
  best: OptimizationIteration | null;
  /** The state that was stored last with `run.checkpoint`; null where none was. */
  checkpoint: { readonly state: JsonValue; readonly createdAt: string } | null;
}

/**
 * A run being recorded. Recording never throws unless the run is `strict`.
 *
 * Values are copied when they are recorded. When the promise of a call has resolved, everything it was given may be changed
 * freely; without waiting, that holds for the call's own fields and for the first 2,000 nested values.
 */
export interface TrackedRun {
  readonly id: string;
  readonly projectId: string;
  /**
   * Stores an iteration and its samples; resolves to its number: at once, or in a strict run when it is stored.
   * Where more than 1,000 writes wait and the database keeps up, it waits up to a second for room.
   */
  record(iteration: IterationRecord): Promise<number>;
  /** Changes an iteration recorded before (a decision that came later, say). */
  update(iteration: number, changes: IterationUpdate): Promise<void>;
  /** Adds samples to an iteration recorded before, or still to come. */
  recordSamples(iteration: number, samples: SampleRecord[]): Promise<void>;
  /** Adds to the run what no iteration holds: a final score on a held-out set, notes, metadata, the declared best. */
  annotate(changes: RunAnnotation): Promise<void>;
  /**
   * Stores the optimizer's own state with the run: any JSON of at most 16 MiB, handed back by `resumed.checkpoint` when the run
   * goes on. The newest three are kept.
   */
  checkpoint(state: unknown): Promise<void>;
  /** What was recorded by earlier attempts, where the run goes on; null where it is new. */
  readonly resumed: Resumed | null;
  /** Waits until every write so far is acknowledged or rejected, `timeoutMs` at most. Counts calls, not rows. */
  flush(options?: FlushOptions): Promise<FlushReport>;
}

export interface RunAnnotation {
  initialScore?: number | null;
  finalScore?: number | null;
  /** Number of the iteration the optimizer itself calls the winner. */
  bestIteration?: number | null;
  totalTokens?: number;
  totalCostUsd?: number;
  notes?: string;
  metadata?: Record<string, JsonValue>;
}

/** The run that a callback of `trackRun` is given. */
export interface Run extends TrackedRun {
  /** The best iteration recorded so far by the database's own rule, or null. For live display: nothing is read for it. */
  readonly bestSoFar: BestSoFar | null;
  /**
   * Evaluates a candidate on examples, `concurrency` at a time, and records the iteration with its samples.
   *
   * A sample failed where its `task` or `score` threw, or the score is no finite number. It counts as `errorScore` in the
   * mean. Where all of them failed, so did the iteration, and its score is null. Rejects with the signal's reason where it
   * was aborted (what was evaluated by then is recorded, without a mean) and with `invalid_input` for an empty `data`.
   */
  evaluate<X extends Example, O, P = unknown, G = unknown>(options: EvaluateOptions<X, O, P, G>): Promise<Evaluation<X, O>>;
}

/** A run whose end the caller declares. The first of the three ways to end it counts; each resolves when the end is stored. */
export interface StartedRun extends Run, AsyncDisposable {
  /** Ends the run as completed, which is final. A strict run rejects with `recording_failed` where anything was not stored. */
  complete(changes?: RunAnnotation): Promise<FlushReport>;
  /** Ends the run as failed, or as cancelled where the error is an AbortError or the run's signal was aborted. */
  fail(error: unknown): Promise<FlushReport>;
  cancel(reason?: unknown): Promise<FlushReport>;
  /**
   * `await using` cannot tell a block that returned from one that threw. A run that was not ended before is stored as failed,
   * with a warning: `failed` can be resumed and corrected, `completed` could not be. Call `complete()` last in the block.
   */
  [Symbol.asyncDispose](): Promise<void>;
}
