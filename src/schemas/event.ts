import * as z from 'zod';
import { RunStatusSchema } from './run.js';

/** What can happen to a trail that somebody watches. */
export const TrailEventKindSchema = z.enum(['run.changed', 'run.status', 'run.deleted', 'iteration.recorded', 'samples.recorded']);
export type TrailEventKind = z.infer<typeof TrailEventKindSchema>;

/** That something was committed, by its ids alone: what it is now is read with the reader's own rights. */
export const TrailEventSchema = z.object({
  kind: TrailEventKindSchema,
  projectId: z.string(),
  runId: z.string(),
  /** The iterations it happened to, in order; null where they are many or none. */
  iterations: z.array(z.number()).nullable(),
  /** The status that the run was given; of `run.status` alone. */
  status: RunStatusSchema.nullable(),
});
export type TrailEvent = z.infer<typeof TrailEventSchema>;
