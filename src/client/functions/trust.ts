import * as z from 'zod';
import { IdSchema, IterationNumberSchema, NameSchema } from '../../schemas/primitives.js';
import { type Hindsight, HindsightSchema, type Race, RaceSchema, type Receipt, ReceiptSchema } from '../../schemas/receipt.js';
import {
  GateOptionsSchema,
  type GateResult,
  GateResultSchema,
  type RunAssessment,
  RunAssessmentSchema,
  type RunComparison,
  RunComparisonSchema,
} from '../../schemas/trust.js';
import {
  type Bisection,
  BisectionSchema,
  type BlamedPrompt,
  BlamedPromptSchema,
  type EditImpact,
  EditImpactSchema,
  type RegressionReport,
  RegressionReportSchema,
} from '../../schemas/trust-edits.js';
import { operation } from './operation.js';
import { type ByIdOptions, byId } from './options.js';

/** Most runs of a race. */
const MOST_RACERS = 50;

/** Which programs of two runs are compared: the winner of each unless an iteration is named. */
export interface PairOptions extends ByIdOptions {
  baselineIteration?: number | undefined;
  candidateIteration?: number | undefined;
  /** `test` compares on held-out evaluations; `full` is the default. */
  on?: 'full' | 'test' | undefined;
}

export interface GateRunsOptions extends PairOptions {
  /** Loss that is accepted, in units of the score; 0 by default. */
  margin?: number | undefined;
  /** Gain that "better" must exceed, in units of the score. */
  minDelta?: number | undefined;
  /** Error rate of each one-sided limit, 0 to 0.5; 0.05 by default. */
  alpha?: number | undefined;
  /** Exit code of an undecided gate: 0 for `pass`, 4 for `fail`, the default. */
  undecided?: 'pass' | 'fail' | undefined;
}

export interface IterationOptions extends ByIdOptions {
  /** The winner if it is left out. */
  iteration?: number | undefined;
}

export interface RegressionsOptions extends IterationOptions {
  /** Run of the program that it is held against; its own run if it is left out. */
  against?: string | undefined;
  /** Its iteration: the baseline of the own run, or the winner of another run, if it is left out. */
  againstIteration?: number | undefined;
}

/** Verdicts, by the methods of docs/trust.md. The page, the command line and a receipt give the same words and numbers. */
export interface TrustFunctions {
  /** Says whether the best program of a run is better than its baseline, as far as the examples tell; null if no run is visible. */
  assessRun(runId: string, options?: ByIdOptions): Promise<RunAssessment | null>;
  /** Two programs on the examples that both were scored on. Rejects with `not_found` if one of the runs is not visible. */
  compareRuns(baselineRunId: string, candidateRunId: string, options?: PairOptions): Promise<RunComparison>;
  /** Whether a candidate may pass: its outcome, and the exit code of a CI job. What cannot be compared never passes. */
  gateRuns(baselineRunId: string, candidateRunId: string, options?: GateRunsOptions): Promise<GateResult>;
  /** Each proposal of a run against its parent: fixed, broke, and whether it can be told from nothing. */
  editImpact(runId: string, options?: ByIdOptions): Promise<EditImpact | null>;
  /** The winner's prompt, each piece with the iteration that brought it. Joined, the pieces are the prompt to the letter. */
  blamePrompt(runId: string, options?: IterationOptions): Promise<BlamedPrompt | null>;
  /** Examples that the winner lost and won, by every evaluation of either program in the project, beside the noise of repeats. */
  regressions(runId: string, options?: RegressionsOptions): Promise<RegressionReport | null>;
  /** When each example was won or lost along the winner's lineage. */
  bisectExamples(runId: string, options?: IterationOptions): Promise<Bisection | null>;
  /** When the run could have stopped, and what the rest of it bought. */
  hindsight(runId: string, options?: ByIdOptions): Promise<Hindsight | null>;
  /** Up to 50 runs against each other by calls, cost and time. Rejects with `not_found` if one is not visible. */
  race(runIds: readonly string[], options?: ByIdOptions): Promise<Race>;
  /** Everything that a claim about a run rests on, with hashes. */
  receipt(runId: string, options?: ByIdOptions): Promise<Receipt | null>;
}

const ofRun = { method: 'GET', access: 'viewer', args: { runId: IdSchema }, idempotent: true, result: 'row or 404' } as const;
const { margin, minDelta, alpha, undecided, on } = GateOptionsSchema.shape;
const iteration = IterationNumberSchema.optional();
const pair = { ...byId, baselineIteration: iteration, candidateIteration: iteration, on };
const twoRuns = {
  method: 'GET',
  access: 'caller',
  args: { baselineRunId: IdSchema, candidateRunId: IdSchema },
  named: { baseline: 'baselineRunId', candidate: 'candidateRunId' },
  idempotent: true,
  result: 'row',
} as const;

export const trustOperations = {
  assessRun: operation({ ...ofRun, path: '/v1/runs/:runId/assessment', options: byId, output: RunAssessmentSchema }),
  compareRuns: operation({ ...twoRuns, path: '/v1/compare', options: pair, output: RunComparisonSchema }),
  gateRuns: operation({ ...twoRuns, path: '/v1/gate', options: { ...pair, margin, minDelta, alpha, undecided }, output: GateResultSchema }),
  editImpact: operation({ ...ofRun, path: '/v1/runs/:runId/edits', options: byId, output: EditImpactSchema }),
  blamePrompt: operation({ ...ofRun, path: '/v1/runs/:runId/blame', options: { ...byId, iteration }, output: BlamedPromptSchema }),
  regressions: operation({
    ...ofRun,
    path: '/v1/runs/:runId/regressions',
    options: { ...byId, iteration, against: IdSchema.optional(), againstIteration: iteration },
    output: RegressionReportSchema,
  }),
  bisectExamples: operation({ ...ofRun, path: '/v1/runs/:runId/bisect', options: { ...byId, iteration }, output: BisectionSchema }),
  hindsight: operation({ ...ofRun, path: '/v1/runs/:runId/hindsight', options: byId, output: HindsightSchema }),
  race: operation({
    method: 'GET',
    path: '/v1/race',
    access: 'caller',
    args: {
      runIds: z
        .array(IdSchema)
        .min(1)
        .max(MOST_RACERS, `must be at most ${MOST_RACERS} runs`)
        .readonly()
        .transform((runIds) => [...new Set(runIds)]),
    },
    options: { projectId: NameSchema.optional() },
    named: { runId: 'runIds' },
    idempotent: true,
    result: 'row',
    output: RaceSchema,
  }),
  receipt: operation({ ...ofRun, path: '/v1/runs/:runId/receipt', options: byId, output: ReceiptSchema }),
};
