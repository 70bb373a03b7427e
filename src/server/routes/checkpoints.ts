import { OptimizationCheckpointSchema } from '../../schemas/checkpoint.js';
import { NewCheckpointSchema } from '../../schemas/wire.js';
import { created, ok } from '../http/reply.js';
import { aCheckpoint, newCheckpoint } from '../openapi/examples.js';
import { route } from '../route.js';
import { inRun } from './in-run.js';
import { ByIdQuery, RunPath } from './shapes.js';

const CHECKPOINT = { description: 'The checkpoint.', schema: OptimizationCheckpointSchema, example: aCheckpoint };

export const checkpointRoutes = [
  route({
    method: 'POST',
    path: '/v1/runs/:runId/checkpoints',
    operation: 'createOptimizationCheckpoint',
    tag: 'Checkpoints',
    summary: 'Keep an optimizer’s own state, to go on from later',
    description: 'At most 16 MiB as JSON; the newest three of a run are kept.',
    access: 'editor',
    params: RunPath,
    query: ByIdQuery,
    body: { schema: NewCheckpointSchema, example: newCheckpoint },
    answers: { 201: CHECKPOINT },
    refusals: ['not_found', 'ambiguous_id', 'invalid_input', 'constraint_violation'],
    handle: async ({ client, params, query, signal, body }) =>
      created(await client.createOptimizationCheckpoint(inRun(await body(), params.runId, query.projectId) as never, { signal })),
  }),
  route({
    method: 'GET',
    path: '/v1/runs/:runId/checkpoints/latest',
    operation: 'getOptimizationCheckpoint',
    tag: 'Checkpoints',
    summary: 'Read the newest checkpoint of a run',
    access: 'viewer',
    params: RunPath,
    query: ByIdQuery,
    answers: { 200: CHECKPOINT, 204: { description: 'There is none, or no run that you may see.' } },
    refusals: ['ambiguous_id'],
    async handle({ client, params: { runId }, query: { projectId }, signal }) {
      const checkpoint = await client.getOptimizationCheckpoint(runId, { projectId, signal });
      return checkpoint === null ? { status: 204 } : ok(checkpoint);
    },
  }),
];
