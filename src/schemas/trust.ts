import * as z from 'zod';
import { DirectionSchema } from './run.js';

/** Says how far the data supports that one program is better than another. */
export const TrustWordSchema = z.enum(['real', 'likely', 'not distinguishable', 'worse', 'too few']);
export type TrustWord = z.infer<typeof TrustWordSchema>;

/** Lower and upper limit of a difference, in units of the score; positive is better, whatever the direction. */
export const IntervalSchema = z.tuple([z.number(), z.number()]);

/** The verdict of one comparison on shared examples. */
export const TrustVerdictSchema = z.object({
  word: TrustWordSchema,
  /** The verdict for a reader, with its figures. */
  sentence: z.string(),
  /** Mean over the shared examples of the winner minus the baseline; null if they share none. */
  difference: z.number().nullable(),
  /** 95% limits of the difference, widened for the choice among candidates. */
  interval: IntervalSchema.nullable(),
  /** Shared examples (clusters, if the samples name them). */
  n: z.number(),
  /** Examples the winner is better on. */
  better: z.number(),
  /** Examples the winner is worse on. */
  worse: z.number(),
  /** Examples that would tell a difference of this size at 95% and 80% power; null if nothing differs. */
  needed: z.number().nullable(),
});
export type TrustVerdict = z.infer<typeof TrustVerdictSchema>;

/** A program of a run, with the iterations that evaluated it. */
export const CandidateSchema = z.object({
  runId: z.string(),
  /** The iteration that stands for the program: its earliest complete evaluation. */
  iteration: z.number(),
  iterations: z.array(z.number()),
  /** SHA-256 of the program's RFC 8785 text, in hexadecimal; null if the iteration carries no program. */
  programHash: z.string().nullable(),
  /** Mean per example, then over examples, in the run's own scale. */
  score: z.number().nullable(),
  /** Examples it was scored on. */
  examples: z.number(),
});
export type Candidate = z.infer<typeof CandidateSchema>;

/** The winner against the baseline on examples that took no part in the choice. */
export const HeldOutSchema = TrustVerdictSchema.extend({
  /** Why the examples do not count as held out; null if they do. */
  refused: z.string().nullable(),
  validationGain: z.number().nullable(),
  heldOutGain: z.number().nullable(),
  /** Validation gain minus held-out gain. */
  gap: z.number().nullable(),
  /** Programs of the project that were ever scored on these examples. */
  wear: z.number(),
  /** Held-out examples that are validation examples too. */
  overlap: z.number(),
  /** Two-sided p-value, corrected for wear. */
  p: z.number().nullable(),
});
export type HeldOut = z.infer<typeof HeldOutSchema>;

/** The verdict of a run: its best program against its baseline. The page, REST, SDK, command line and receipt give this one answer. */
export const RunAssessmentSchema = TrustVerdictSchema.extend({
  runId: z.string(),
  projectId: z.string(),
  metric: z.string().nullable(),
  direction: DirectionSchema,
  scoreMax: z.number(),
  evalSetHash: z.string().nullable(),
  /** Candidates that were compared with the baseline. */
  k: z.number(),
  /** Score to expect on new examples, corrected for the choice among candidates. */
  expected: z.number().nullable(),
  /** Share of proposals whose parent was the best so far, 0 to 1; null if parents are unknown. */
  chase: z.number().nullable(),
  /** Whether the replay by rank had to agree. */
  guarded: z.boolean(),
  replayP: z.number().nullable(),
  baseline: CandidateSchema.nullable(),
  winner: CandidateSchema.nullable(),
  /** Programs that cannot be told apart from the winner, the best first. */
  level: z.array(CandidateSchema),
  /** Programs scored on some of the run's examples only; they cannot win. */
  partial: z.array(CandidateSchema),
  /** Examples that were left out because one of the compared programs has no score there. */
  leftOut: z.number(),
  /** Examples of accepted minibatches that are validation examples too. */
  overlap: z.number(),
  heldOut: HeldOutSchema.nullable(),
  /** Seed of the resampling; the same for every caller. */
  seed: z.number(),
  resamples: z.number(),
  /** Version of the methods; a receipt names it. */
  method: z.string(),
});
export type RunAssessment = z.infer<typeof RunAssessmentSchema>;

export const ExampleChangeSchema = z.enum(['fixed', 'broke', 'same']);

/** One shared example of a comparison. */
export const ExamplePairSchema = z.object({
  exampleHash: z.string().nullable(),
  exampleId: z.string().nullable(),
  baseline: z.number(),
  candidate: z.number(),
  /** Candidate minus baseline; positive is better, whatever the direction. */
  difference: z.number(),
  change: ExampleChangeSchema,
});
export type ExamplePair = z.infer<typeof ExamplePairSchema>;

/** Two programs, of one run or of two, on the examples that both were scored on. */
export const RunComparisonSchema = TrustVerdictSchema.extend({
  projectId: z.string(),
  metric: z.string().nullable(),
  direction: DirectionSchema,
  scoreMax: z.number(),
  baseline: CandidateSchema,
  candidate: CandidateSchema,
  /** Exact sign test for 0/1 scores, Student's t otherwise; two-sided. */
  p: z.number().nullable(),
  same: z.number(),
  /** Examples that only one of the two was scored on. */
  leftOut: z.number(),
  /** SHA-256 over the sorted hashes of the shared examples, in hexadecimal. */
  exampleSetHash: z.string().nullable(),
  /** Shared examples: the worst change first. */
  examples: z.array(ExamplePairSchema),
});
export type RunComparison = z.infer<typeof RunComparisonSchema>;

export const GateOutcomeSchema = z.enum(['better', 'not worse', 'regression', 'undecided', 'not comparable']);
export type GateOutcome = z.infer<typeof GateOutcomeSchema>;

/** Whether a candidate may pass: the answer that a CI job acts on. */
export const GateResultSchema = RunComparisonSchema.omit({ examples: true, projectId: true, interval: true }).extend({
  outcome: GateOutcomeSchema,
  /** 0 pass, 1 not comparable, 3 regression, 4 undecided. */
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(4)]),
  /** Two one-sided limits of the difference at `alpha`. */
  interval: IntervalSchema.nullable(),
  margin: z.number(),
  minDelta: z.number().nullable(),
  alpha: z.number(),
  on: z.enum(['full', 'test']),
  /** Why the two cannot be compared; null if they can. */
  reason: z.string().nullable(),
  /** The five shared examples that lost most. */
  worst: z.array(ExamplePairSchema),
  baseline: CandidateSchema.nullable(),
  candidate: CandidateSchema.nullable(),
});
export type GateResult = z.infer<typeof GateResultSchema>;

export const GateOptionsSchema = z.strictObject({
  /** Loss that is accepted, in units of the score. */
  margin: z.number().min(0).default(0),
  /** Gain that "better" must exceed. */
  minDelta: z.number().min(0).optional(),
  /** Error rate of each one-sided limit. */
  alpha: z.number().gt(0).lt(0.5).default(0.05),
  undecided: z.enum(['pass', 'fail']).default('fail'),
  on: z.enum(['full', 'test']).default('full'),
});
export type GateOptions = z.input<typeof GateOptionsSchema>;
