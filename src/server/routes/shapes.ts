import * as z from 'zod';
import { IdSchema, IterationNumberSchema, NameSchema } from '../../schemas/primitives.js';
import type { AnswerSpec } from '../route.js';

/** Most rows of one page of iterations or samples. */
export const MOST_ROWS = 100_000;
/** Rows of a page of iterations or samples without a limit. */
export const USUAL_ROWS = 1000;

export const NO_QUERY = z.strictObject({});

export const ProjectPath = z.strictObject({ projectId: NameSchema });
export const RunPath = z.strictObject({ runId: IdSchema });
export const IterationPath = RunPath.extend({ number: IterationNumberSchema });

const byId = {
  projectId: NameSchema.optional().describe('The project of the run; needed only if several visible projects hold the same id.'),
};
export const ByIdQuery = z.strictObject(byId);
export const HashesQuery = z.strictObject({
  ...byId,
  hashes: z.boolean().optional().describe('Adds the content hashes.'),
});

/** A cursor of a list by iteration: the number of the last one. */
export const IterationCursorSchema = z
  .string()
  .regex(/^\d{1,10}$/, 'is not a cursor of this list')
  .transform(Number)
  .pipe(IterationNumberSchema)
  .optional()
  .describe('`nextCursor` of the page before.');

export const LimitSchema = z.int().min(1).max(MOST_ROWS);

/** A page of a list, with the cursor of the next one. */
export function listOf(item: z.ZodType) {
  return z.object({ data: z.array(item), hasMore: z.boolean(), nextCursor: z.string().nullable() });
}

/** An example of a whole list. */
export function exampleList(...data: unknown[]) {
  return { data, hasMore: false, nextCursor: null };
}

export const GONE: AnswerSpec = { description: 'It is deleted.' };
