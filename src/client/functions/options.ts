import * as z from 'zod';
import { NameSchema } from '../../schemas/primitives.js';

export interface CallOptions {
  /** Cancels the call; it rejects with `aborted`. A write that was already on its way may still be stored. */
  signal?: AbortSignal | undefined;
}

export interface ByIdOptions extends CallOptions {
  /** The project the id belongs to; needed only if several visible projects hold the same id (`ambiguous_id`). */
  projectId?: string | undefined;
}

export interface ReadOptions extends ByIdOptions {
  /** Adds the content hashes (`programHash`, `exampleHash`) to what is returned. */
  hashes?: boolean | undefined;
}

/** Options of a call that names a run by its id. */
export const byId = {
  projectId: NameSchema.optional().describe('The project of the run; needed only if several visible projects hold the same id.'),
};

/** The same of a call that reads programs or examples. */
export const withHashes = { ...byId, hashes: z.boolean().optional().describe('Adds the content hashes.') };
