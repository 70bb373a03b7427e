import * as z from 'zod';
import { ProblemSchema } from './problem.js';

/** The outcome of one line of a bulk request. */
export const BulkResultSchema = z.object({
  /** Counted from 1, empty lines too. */
  line: z.number(),
  /** As a request of its own would have been answered. */
  status: z.number(),
  /** The id of the stored row, if it has one. */
  id: z.string().optional(),
  problem: ProblemSchema.optional(),
});
