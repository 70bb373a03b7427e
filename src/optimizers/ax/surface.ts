/**
 * What Optrail relies on of Ax 24, said structurally: Ax's own types are full of `any`, and some of what a recorder has to
 * read (an optimizer's settings, the pair that a merge joined) stands in fields that TypeScript calls private.
 */

/** Scores of one example by objective; a metric that returns a number has the one objective `score`. */
export type ScoreVector = Record<string, number>;

/** A candidate as GEPA holds it: the text of each optimized component by Ax's key, e.g. `root::instruction`. */
export type ComponentMap = Readonly<Record<string, string>>;

export interface TokenUsage {
  promptTokens?: number;
  completionTokens?: number;
  totalTokens?: number;
}

export interface ModelUsage {
  ai: string;
  model: string;
  tokens?: TokenUsage;
}

export interface AxService {
  chat(...args: unknown[]): Promise<unknown>;
  getLastUsedChatModel?(): unknown;
  getEstimatedCost?(usage: ModelUsage): number;
}

export interface AxProgram {
  forward(service: AxService, values: unknown, options?: object): Promise<unknown>;
  getSignature?(): { getInputFields(): readonly { name: string }[] };
  getOptimizableComponents?(): readonly { key: string; current: string; traceId?: string }[];
  applyOptimizedComponents?(components: ComponentMap): void;
  namedPrograms?(): readonly { id: string; signature?: string }[];
  namedProgramInstances?(): readonly { id: string; program: object }[];
}

export type AxMetric = (args: { prediction: unknown; example: unknown }) => unknown;

export type AxFeedback = (args: { prediction: unknown; example: unknown; componentId?: string }) => string | string[] | undefined;

/** What `evaluate` of a GEPA adapter answers; a row without a vector and without a finite score counts as zero. */
export interface GepaBatchResult {
  outputs: unknown[];
  scores: number[];
  scoreVectors?: (ScoreVector | undefined)[];
  trajectories?: unknown[] | null;
}

export interface GepaAdapter {
  evaluate(batch: readonly unknown[], candidate: ComponentMap, captureTraces?: boolean): GepaBatchResult | Promise<GepaBatchResult>;
  make_reflective_dataset(
    candidate: ComponentMap,
    result: Readonly<GepaBatchResult>,
    components: readonly string[],
  ): Record<string, unknown[]>;
  propose_new_texts?(
    candidate: ComponentMap,
    dataset: Readonly<Record<string, unknown[]>>,
    components: readonly string[],
  ): Record<string, string> | Promise<Record<string, string>>;
}

/** The options of `compile` that decide what is evaluated and how it is scored. */
export interface AxCompileOptions {
  readonly [key: string]: unknown;
  readonly auto?: string;
  readonly maxMetricCalls?: number;
  readonly validationExamples?: readonly unknown[];
  readonly feedbackExamples?: readonly unknown[];
  readonly feedbackFn?: AxFeedback;
  readonly gepaAdapter?: GepaAdapter;
  readonly overrideTeacherAI?: AxService;
  readonly paretoMetricKey?: string;
  readonly paretoScalarize?: (scores: ScoreVector) => number;
}

/** The arguments of one `compile(...)`. */
export interface CompileCall {
  readonly program: AxProgram;
  readonly examples: readonly unknown[];
  readonly metric: AxMetric;
  readonly options: AxCompileOptions | undefined;
}

/** An optimizer's own fields, read and never written. */
export interface AxOptimizer {
  readonly [field: string]: unknown;
  readonly studentAI: AxService;
  readonly teacherAI?: AxService;
  compile(...args: unknown[]): Promise<unknown>;
}
