import * as z from 'zod';
import { IterationDecisionSchema } from './iteration.js';
import { IntervalSchema, TrustWordSchema } from './trust.js';

/** What the examples of one evaluation say about an edit. */
export const EditEvidenceSchema = z.object({
  n: z.number(),
  fixed: z.number(),
  broke: z.number(),
  difference: z.number().nullable(),
  interval: IntervalSchema.nullable(),
  /** Two-sided p-value of this edit alone. */
  p: z.number().nullable(),
  /** The same after Holm's correction over the run's edits. */
  adjustedP: z.number().nullable(),
  word: TrustWordSchema,
});
export type EditEvidence = z.infer<typeof EditEvidenceSchema>;

/** One proposal against its parent. */
export const EditSchema = z.object({
  iteration: z.number(),
  /** The first parent; null if it is unknown. */
  parent: z.number().nullable(),
  parents: z.array(z.number()),
  decision: IterationDecisionSchema.nullable(),
  reason: z.string().nullable(),
  /** The edit in one line: the first line of text that it added. */
  gist: z.string().nullable(),
  full: EditEvidenceSchema.nullable(),
  minibatch: EditEvidenceSchema.nullable(),
});
export type Edit = z.infer<typeof EditSchema>;

export const EditImpactSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  edits: z.array(EditSchema),
  accepted: z.number(),
  /** Accepted edits that cannot be told from nothing. */
  indistinct: z.number(),
  sentence: z.string(),
});
export type EditImpact = z.infer<typeof EditImpactSchema>;

/** A piece of the prompt, and the iteration that brought it. Joined, the spans of a part are its text to the letter. */
export const BlameSpanSchema = z.object({
  text: z.string(),
  iteration: z.number(),
});
export type BlameSpan = z.infer<typeof BlameSpanSchema>;

/** An iteration that brought text of the prompt, and the worth of its whole edit. */
export const BlameSourceSchema = z.object({
  iteration: z.number(),
  /** Lines of the prompt with text of this edit; they share its worth. */
  lines: z.number(),
  /** Characters of the prompt with this origin. */
  characters: z.number(),
  evidence: EditEvidenceSchema.nullable(),
  /** Such as "together with 11 other lines of iteration 13". */
  note: z.string(),
});
export type BlameSource = z.infer<typeof BlameSourceSchema>;

export const BlamedPromptSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  iteration: z.number(),
  programHash: z.string().nullable(),
  /** Ancestors of the winner and the winner itself, the oldest first. */
  lineage: z.array(z.number()),
  parts: z.array(z.object({ name: z.string().nullable(), text: z.string(), spans: z.array(BlameSpanSchema) })),
  sources: z.array(BlameSourceSchema),
});
export type BlamedPrompt = z.infer<typeof BlamedPromptSchema>;

export const RegressionKindSchema = z.enum(['broke', 'fixed', 'flaky', 'broke once', 'fixed once']);

const TallySchema = z.object({ evaluations: z.number(), right: z.number(), mean: z.number() });

export const RegressionSchema = z.object({
  exampleHash: z.string().nullable(),
  exampleId: z.string().nullable(),
  kind: RegressionKindSchema,
  baseline: TallySchema,
  candidate: TallySchema,
  /** One-sided Fisher test; null if one side was evaluated once. */
  p: z.number().nullable(),
});
export type Regression = z.infer<typeof RegressionSchema>;

export const RegressionReportSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  baseline: z.object({ runId: z.string(), iteration: z.number(), programHash: z.string().nullable() }),
  candidate: z.object({ runId: z.string(), iteration: z.number(), programHash: z.string().nullable() }),
  /** Shared examples. */
  n: z.number(),
  broke: z.number(),
  fixed: z.number(),
  flaky: z.number(),
  brokeOnce: z.number(),
  fixedOnce: z.number(),
  /** Share of pairs of repeats that differ, 0 to 1; null if no program met an example twice. */
  noise: z.number().nullable(),
  /** Examples expected to break by that noise alone. */
  expectedFromNoise: z.number().nullable(),
  sentence: z.string(),
  examples: z.array(RegressionSchema),
});
export type RegressionReport = z.infer<typeof RegressionReportSchema>;

export const HistoryKindSchema = z.enum(['always right', 'solved', 'lost', 'flickers', 'never solved', 'not scored']);

/** One example along the lineage of the winner. */
export const ExampleHistorySchema = z.object({
  exampleHash: z.string().nullable(),
  exampleId: z.string().nullable(),
  /** One character an iteration of the lineage: 1 right, 0 wrong, - not scored. */
  trail: z.string(),
  kind: HistoryKindSchema,
  /** The iteration it flipped at, if it flipped once. */
  flippedAt: z.number().nullable(),
  /** Such as "flipped at 13" or "never solved by any candidate". */
  note: z.string(),
});
export type ExampleHistory = z.infer<typeof ExampleHistorySchema>;

export const BisectionSchema = z.object({
  runId: z.string(),
  projectId: z.string(),
  lineage: z.array(z.number()),
  examples: z.array(ExampleHistorySchema),
  counts: z.record(HistoryKindSchema, z.number()),
  sentence: z.string(),
});
export type Bisection = z.infer<typeof BisectionSchema>;
