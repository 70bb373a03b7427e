import { NewCheckpointSchema } from '../../schemas/wire.js';
import { aCheckpoint, newCheckpoint } from '../openapi/examples.js';
import { functionRoute } from './function-route.js';
import { ByIdQuery } from './shapes.js';

const CHECKPOINT = { description: 'The checkpoint.', example: aCheckpoint };

export const checkpointRoutes = [
  functionRoute('createOptimizationCheckpoint', {
    tag: 'Checkpoints',
    summary: 'Keep an optimizer’s own state, to go on from later',
    description: 'At most 16 MiB as JSON; the newest three of a run are kept.',
    query: ByIdQuery,
    body: { schema: NewCheckpointSchema, example: newCheckpoint },
    answer: CHECKPOINT,
    status: 201,
    refusals: ['not_found', 'ambiguous_id', 'invalid_input', 'constraint_violation'],
  }),
  functionRoute('getOptimizationCheckpoint', {
    tag: 'Checkpoints',
    summary: 'Read the newest checkpoint of a run',
    answer: CHECKPOINT,
    others: { 204: { description: 'There is no checkpoint, or you may not see the run.' } },
    refusals: ['ambiguous_id'],
  }),
];
