import * as z from 'zod';
import { RunStatusSchema } from './run.js';

/** Kinds of events. */
export const TrailEventKindSchema = z.enum(['run.changed', 'run.status', 'run.deleted', 'iteration.recorded', 'samples.recorded']);
export type TrailEventKind = z.infer<typeof TrailEventKindSchema>;

/** A commit, by its ids alone: clients read the current rows with their own rights. */
export const TrailEventSchema = z.object({
  kind: TrailEventKindSchema,
  projectId: z.string(),
  runId: z.string(),
  /** The affected iterations in order; null if they are many or none. */
  iterations: z.array(z.number()).nullable(),
  /** The status that the run was given; of `run.status` alone. */
  status: RunStatusSchema.nullable(),
});
export type TrailEvent = z.infer<typeof TrailEventSchema>;
