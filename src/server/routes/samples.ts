import * as z from 'zod';
import { ENDPOINTS } from '../../client/functions/endpoints.js';
import { OptrailError } from '../../errors.js';
import { IterationNumberSchema } from '../../schemas/primitives.js';
import {
  type CreateOptimizationSampleInput,
  type OptimizationSample,
  OptimizationSampleSchema,
  SampleBatchResultSchema,
} from '../../schemas/sample.js';
import { validated } from '../../schemas/validate.js';
import { NewSampleSchema, NewSamplesSchema, SamplesOfRunsSchema } from '../../schemas/wire.js';
import { mediaTypeOf, NDJSON_TYPE } from '../http/body.js';
import { BulkResultSchema } from '../http/bulk-result.js';
import { rowsAsLines, wantsLines } from '../http/lines.js';
import { ok } from '../http/reply.js';
import { aSample, newSample } from '../openapi/examples.js';
import { route } from '../route.js';
import { bulk } from './bulk.js';
import { functionRoute } from './function-route.js';
import { inRun } from './in-run.js';
import { pageOf } from './paging.js';
import { sampleBatches } from './sample-batches.js';
import { ByIdQuery, exampleList, HashesQuery, LimitSchema, RunPath, USUAL_ROWS } from './shapes.js';

/** A cursor: iteration and index of the last sample. */
const CursorSchema = z
  .string()
  .regex(/^\d{1,10}[.]\d{1,10}$/, 'is not a cursor of this list')
  .transform((text) => {
    const [iteration = 0, sampleIndex = 0] = text.split('.').map(Number);
    return { iteration, sampleIndex };
  })
  .refine(
    (place) => Object.values(place).every((number) => IterationNumberSchema.safeParse(number).success),
    'is not a cursor of this list',
  );

const SamplesQuery = HashesQuery.extend({
  iteration: IterationNumberSchema.optional().describe('Only samples of this iteration.'),
  failed: z.boolean().optional().describe('Only samples that failed.'),
  changedVs: IterationNumberSchema.optional().describe(
    'Only samples whose score or outcome differs from that of the same example in this iteration. Goes with `iteration`.',
  ),
  limit: LimitSchema.optional(),
  cursor: CursorSchema.optional().describe('`nextCursor` of the page before.'),
});

/** The batch alone: the client checks each sample. */
const RawSamplesSchema = z.strictObject({ samples: z.array(z.unknown()) });

export const sampleRoutes = [
  functionRoute('getOptimizationSamples', {
    tag: 'Samples',
    summary: 'List the samples of a run',
    description:
      'By iteration and index, 1,000 a page by default; a page ends after 8 MiB. Ask for `application/x-ndjson` and they stream, a row a line, all of them or `limit`.',
    params: RunPath,
    query: SamplesQuery,
    answer: { description: 'A page of samples.', example: exampleList(aSample), line: OptimizationSampleSchema },
    refusals: ['ambiguous_id', 'not_found'],
    async handle({ client, params: { runId }, query, signal, request }) {
      const { iteration, limit, cursor, ...options } = query;
      const read = (most: number, last?: OptimizationSample) => {
        const after = last === undefined ? cursor : { iteration: last.iteration, sampleIndex: last.sampleIndex };
        return client.getOptimizationSamples(runId, iteration, most, { ...options, after, signal });
      };
      if (wantsLines(request)) return rowsAsLines(request, signal, limit ?? Number.POSITIVE_INFINITY, read);
      return pageOf(limit ?? USUAL_ROWS, read, (last) => `${last.iteration}.${last.sampleIndex}`);
    },
  }),
  functionRoute('batchCreateOptimizationSamples', {
    tag: 'Samples',
    summary: 'Record many samples',
    description:
      'As JSON: all or none, in one transaction. As NDJSON: a sample a line, stored in batches as they come, and a result a line. A sample that exists stays as it is.',
    params: RunPath,
    query: ByIdQuery,
    body: { schema: NewSamplesSchema, example: { samples: [newSample] }, line: NewSampleSchema },
    answer: {
      description: 'How many were new, and how many were there; of an NDJSON body a result a line.',
      example: { stored: 1, existing: 0 },
      line: BulkResultSchema,
    },
    refusals: ['not_found', 'ambiguous_id', 'conflict', 'invalid_input', 'constraint_violation'],
    async handle(call) {
      const { client, signal, params, query } = call;
      const placed = (value: unknown) => inRun(value, params.runId, query.projectId);
      if (mediaTypeOf(call.request) === NDJSON_TYPE) return bulk(call, sampleBatches(client, placed));
      const { samples } = validated(RawSamplesSchema, await call.body());
      const inputs = samples.map((sample, index) => below(`samples[${index}]`, () => placed(sample)));
      return ok(await client.batchCreateOptimizationSamples(inputs as CreateOptimizationSampleInput[], { signal }));
    },
  }),
  route({
    ...ENDPOINTS.batchCreateOptimizationSamplesOfRuns,
    operation: 'batchCreateOptimizationSamplesOfRuns',
    tag: 'Samples',
    summary: 'Record samples of several runs',
    description: 'All or none, in one transaction. A sample that exists stays as it is.',
    body: {
      schema: SamplesOfRunsSchema,
      example: { samples: [{ runId: aSample.runId, ...newSample }] },
    },
    answers: {
      200: {
        description: 'How many were new, and how many were there.',
        schema: SampleBatchResultSchema,
        example: { stored: 1, existing: 0 },
      },
    },
    refusals: ['not_found', 'ambiguous_id', 'conflict', 'invalid_input', 'constraint_violation'],
    async handle({ client, signal, body }) {
      const { samples } = validated(RawSamplesSchema, await body());
      return ok(await client.batchCreateOptimizationSamples(samples as CreateOptimizationSampleInput[], { signal }));
    },
  }),
  functionRoute('createOptimizationSample', {
    tag: 'Samples',
    summary: 'Record a sample',
    description: 'One that exists is returned unchanged.',
    query: ByIdQuery,
    body: { schema: NewSampleSchema, example: newSample },
    answer: { description: 'The sample.', example: aSample },
    status: 201,
    refusals: ['not_found', 'ambiguous_id', 'conflict', 'invalid_input', 'constraint_violation'],
  }),
];

/** Rethrows an item's error with its path in the body. */
function below<T>(root: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof OptrailError)) throw error;
    const issues = error.issues.map(({ path, message }) => ({ path: `${root}.${path}`, message }));
    throw new OptrailError(error.code, `${root}.${error.message}`, { issues, hint: error.hint });
  }
}
