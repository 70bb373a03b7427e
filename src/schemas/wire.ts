import * as z from 'zod';
import { CreateOptimizationCheckpointSchema } from './checkpoint.js';
import { CreateOptimizationIterationSchema, OptimizationIterationSchema } from './iteration.js';
import { ProjectRoleSchema } from './project.js';
import { OptimizationRunSchema } from './run.js';
import { BatchCreateOptimizationSamplesSchema, CreateOptimizationSampleSchema, MAX_BATCH } from './sample.js';

/** Schemas of REST bodies: the path names the run. */
export const NewIterationSchema = CreateOptimizationIterationSchema.omit({ runId: true });
export const NewSampleSchema = CreateOptimizationSampleSchema.omit({ runId: true });
export const NewSamplesSchema = z.strictObject({ samples: z.array(NewSampleSchema).max(MAX_BATCH) });
/** Samples of several runs: each names its run. */
export const SamplesOfRunsSchema = z.strictObject({ samples: BatchCreateOptimizationSamplesSchema });
export const NewCheckpointSchema = CreateOptimizationCheckpointSchema.omit({ runId: true });
export const MemberRoleSchema = z.strictObject({ role: ProjectRoleSchema });

export const RunWithIterationsSchema = OptimizationRunSchema.extend({
  iterationRows: z.array(OptimizationIterationSchema).optional().describe('Only with `include=iterations`.'),
});

export const MeSchema = z.object({
  kind: z.enum(['local', 'key', 'token']),
  sub: z.string().nullable().describe('The user, if a token names one.'),
  projects: z.record(z.string(), ProjectRoleSchema).nullable().describe('Role by project; null for all of them.'),
  version: z.string().describe('Of Optrail.'),
});

export const ReadinessSchema = z.object({
  ready: z.boolean(),
  problem: z.string().nullable().describe('The reason if it is not ready, for people.'),
  database: z.enum(['embedded', 'postgres']).nullable(),
  schemaVersion: z.string().nullable(),
  events: z.enum(['listen', 'poll']).describe('`listen` if the database notifies, `poll` if it is queried each second.'),
});

/** The schemas by their names in the OpenAPI document. */
export const NAMED_HERE = {
  Me: MeSchema,
  MemberRole: MemberRoleSchema,
  NewCheckpoint: NewCheckpointSchema,
  NewIteration: NewIterationSchema,
  NewSample: NewSampleSchema,
  NewSamples: NewSamplesSchema,
  Readiness: ReadinessSchema,
  RunWithIterations: RunWithIterationsSchema,
  SamplesOfRuns: SamplesOfRunsSchema,
};
