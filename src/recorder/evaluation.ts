import type { EvalKind, IterationDecision } from '../schemas/iteration.js';
import type { JsonValue } from '../schemas/json.js';

/** One example of a data set. */
export interface Example {
  input: unknown;
  expectedOutput?: unknown;
  /** The data set's own id of the example. */
  exampleId?: string;
  split?: string;
}

/** What the examples expect: `undefined` among it where an example may leave it out. */
export type Expected<X extends Example> = X extends { expectedOutput: infer E }
  ? E
  : X extends { expectedOutput?: infer E }
    ? E | undefined
    : undefined;

/** What a task used; several reports of one task add up. */
export interface Usage {
  promptTokens?: number;
  completionTokens?: number;
  /** Prompt and completion together where it is left out. */
  totalTokens?: number;
  costUsd?: number;
}

export interface TaskContext<X extends Example, P, G> {
  params: P;
  program: G;
  example: X;
  /** Place of the example in `data`. */
  index: number;
  /** Aborted when the evaluation or the run is. */
  signal: AbortSignal;
  /** Reports tokens and cost: `context.usage({ promptTokens: 812, completionTokens: 40 })`. What the task returns is its output and nothing else. */
  usage(report: Usage): void;
}

export interface ScoreArguments<X extends Example, O> {
  input: X['input'];
  output: O;
  expectedOutput: Expected<X>;
  example: X;
}

/** A score: true is 1, false is 0; null says that it does not apply, and leaves the example out of the mean. */
export type Score = number | boolean | null;

export interface ScoreWithDetail {
  score: Score;
  /** Why, in words: what a reflective optimizer learns from. */
  feedback?: string;
  /** Further objectives by name. */
  scores?: Record<string, number>;
}

export interface EvaluateOptions<X extends Example, O, P = unknown, G = unknown> {
  data: readonly X[];
  /** Runs the candidate on one input. Its time is the sample's latency. */
  task: (input: X['input'], context: TaskContext<X, P, G>) => O | Promise<O>;
  score: (sample: ScoreArguments<X, O>) => Score | ScoreWithDetail | Promise<Score | ScoreWithDetail>;
  /** What the optimizer chose for this candidate. */
  params?: P;
  /** The candidate itself: prompt text, demos. */
  program?: G;
  /** Most examples at a time: 8 by default. */
  concurrency?: number;
  /** `full` by default; only a full evaluation can be the best. */
  evalKind?: EvalKind;
  /** Numbers of the iterations this candidate came from. */
  parents?: number[];
  isBaseline?: boolean;
  decision?: IterationDecision;
  decisionReason?: string;
  metadata?: Record<string, JsonValue>;
  /** Number of the iteration; the next free one where it is left out, taken when the evaluation begins. */
  iteration?: number;
  /**
   * What a failed example counts as in the mean, and is stored with; null leaves it out of the mean. 0 by default, as in DSPy.
   * In a run that minimizes, where 0 would reward failure: the worst score of the evaluation, `scoreMax` at least.
   */
  errorScore?: number | null;
  signal?: AbortSignal;
}

export interface EvaluatedSample<X extends Example, O> {
  index: number;
  example: X;
  /** Absent where the task threw. */
  output?: O;
  /** What counted in the mean; null where it did not. */
  score: number | null;
  scores?: Record<string, number>;
  feedback?: string;
  failed: boolean;
  /** What the task or the score threw. */
  error?: unknown;
  /** Milliseconds that the task took. */
  latencyMs: number;
  usage?: Usage;
}

export interface Evaluation<X extends Example, O> {
  /** Number of the iteration it was recorded as. */
  iteration: number;
  /** Mean over the samples, or null where none counted or all failed. */
  score: number | null;
  /** Means of the further objectives, each over the samples that have it. */
  scores?: Record<string, number>;
  /** In the order of `data`. */
  samples: EvaluatedSample<X, O>[];
  /** How many of them failed. */
  failed: number;
  /** Milliseconds from the first task to the last score. */
  durationMs: number;
}
