import * as z from 'zod';
import { CandidateSchema, IntervalSchema, RunAssessmentSchema, TrustWordSchema } from './trust.js';
import { BlamedPromptSchema, EditImpactSchema, RegressionReportSchema } from './trust-edits.js';

const SpendSchema = z.object({
  /** Evaluated samples. */
  calls: z.number(),
  /** Null if no cost was recorded. */
  costUsd: z.number().nullable(),
  timeMs: z.number().nullable(),
});

export const HindsightSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  /** The earliest complete candidate that the winner does not beat; null if every step paid. */
  enough: CandidateSchema.nullable(),
  winner: CandidateSchema.nullable(),
  /** Spent until `enough` was evaluated. */
  until: SpendSchema.nullable(),
  /** Spent by the whole run. */
  total: SpendSchema,
  /** Spent after `enough`. */
  after: SpendSchema.nullable(),
  /** Winner minus `enough`; positive is better. */
  gain: z.number().nullable(),
  sentence: z.string(),
});
export type Hindsight = z.infer<typeof HindsightSchema>;

/** One run of a race: best so far against calls, cost and time. */
export const RaceRunSchema = z.object({
  runId: z.string(),
  runName: z.string(),
  optimizerType: z.string(),
  /** Score of the baseline and of the best, divided by `scoreMax`. */
  baseline: z.number().nullable(),
  best: z.number().nullable(),
  /** Gain over the baseline in units of the scale; positive is better. */
  gain: z.number().nullable(),
  spend: SpendSchema,
  points: z.array(SpendSchema.extend({ iteration: z.number(), best: z.number() })),
});
export type RaceRun = z.infer<typeof RaceRunSchema>;

export const RaceEntrySchema = z.object({
  optimizerType: z.string(),
  runs: z.number(),
  /** Mean gain over its runs. */
  gain: z.number().nullable(),
  interval: IntervalSchema.nullable(),
  /** Whether the gain is above zero beyond the spread of its runs; null with fewer than three runs. */
  pays: z.boolean().nullable(),
  note: z.string(),
});

export const RaceSchema = z.object({
  projectId: z.string(),
  entries: z.array(RaceEntrySchema),
  runs: z.array(RaceRunSchema),
  sentence: z.string(),
});
export type Race = z.infer<typeof RaceSchema>;

/** Everything that a claim about a run rests on, so that another reader can recompute it. */
export const ReceiptSchema = z.object({
  format: z.literal('optrail-receipt'),
  version: z.literal(1),
  method: z.string(),
  run: z.object({
    id: z.string(),
    projectId: z.string(),
    name: z.string(),
    optimizer: z.string(),
    model: z.string().nullable(),
    metric: z.string().nullable(),
    status: z.string(),
    startTime: z.string().nullable(),
    endTime: z.string().nullable(),
  }),
  word: TrustWordSchema,
  sentence: z.string(),
  assessment: RunAssessmentSchema,
  edits: EditImpactSchema,
  blame: BlamedPromptSchema.nullable(),
  /** Winner against baseline, every evaluation counted. */
  changes: RegressionReportSchema.nullable(),
  hindsight: HindsightSchema,
  spend: SpendSchema.extend({ totalTokens: z.number() }),
  /** SHA-256 in hexadecimal. */
  hashes: z.object({
    baseline: z.string().nullable(),
    winner: z.string().nullable(),
    /** Of the winner's prompt as `optrail best` writes it. */
    exported: z.string().nullable(),
    exampleSet: z.string().nullable(),
  }),
});
export type Receipt = z.infer<typeof ReceiptSchema>;

/** Whether a receipt still follows from what is recorded. */
export const ReceiptCheckSchema = z.object({
  holds: z.boolean(),
  /** Where the receipt and the record part first, such as `assessment.word`; null if they agree. */
  path: z.string().nullable(),
  stated: z.json().nullable(),
  recorded: z.json().nullable(),
  sentence: z.string(),
});
export type ReceiptCheck = z.infer<typeof ReceiptCheckSchema>;
