import * as z from 'zod';
import { JsonValueSchema } from './json.js';
import { IdSchema, NameSchema } from './primitives.js';

/** Most bytes of a checkpoint's state as JSON text. The database checks the same. */
export const MAX_CHECKPOINT_BYTES = 16 * 1024 * 1024;

/** An optimizer's own state, to go on from later: any JSON value, stored as it is and never interpreted. */
export const CreateOptimizationCheckpointSchema = z.strictObject({
  id: IdSchema.optional(),
  runId: IdSchema,
  projectId: NameSchema.optional(),
  state: JsonValueSchema.refine((state) => new TextEncoder().encode(JSON.stringify(state)).length <= MAX_CHECKPOINT_BYTES, {
    message: 'must take at most 16 MiB as JSON',
  }),
});

export type CreateOptimizationCheckpointInput = z.input<typeof CreateOptimizationCheckpointSchema>;
export type CreateOptimizationCheckpoint = z.output<typeof CreateOptimizationCheckpointSchema>;

/** A checkpoint as it is stored. */
export const OptimizationCheckpointSchema = z.object({
  id: z.string(),
  runId: z.string(),
  projectId: z.string(),
  state: z.json(),
  /** SHA-256 of the state's JSON text, in hexadecimal. */
  stateHash: z.string(),
  /** Bytes of the state's JSON text. */
  stateBytes: z.number(),
  createdAt: z.string(),
});
export type OptimizationCheckpoint = z.infer<typeof OptimizationCheckpointSchema>;
