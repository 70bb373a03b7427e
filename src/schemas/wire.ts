import * as z from 'zod';
import { CreateOptimizationCheckpointSchema } from './checkpoint.js';
import { CreateOptimizationIterationSchema, OptimizationIterationSchema } from './iteration.js';
import { ProjectRoleSchema } from './project.js';
import { OptimizationRunSchema } from './run.js';
import { BatchCreateOptimizationSamplesSchema, CreateOptimizationSampleSchema, MAX_BATCH } from './sample.js';

/** What the wire has and the functions have not: the run of a body is named by the path. */
export const NewIterationSchema = CreateOptimizationIterationSchema.omit({ runId: true });
export const NewSampleSchema = CreateOptimizationSampleSchema.omit({ runId: true });
export const NewSamplesSchema = z.strictObject({ samples: z.array(NewSampleSchema).max(MAX_BATCH) });
/** Of several runs, so that each says of which. */
export const SamplesOfRunsSchema = z.strictObject({ samples: BatchCreateOptimizationSamplesSchema });
export const NewCheckpointSchema = CreateOptimizationCheckpointSchema.omit({ runId: true });
export const MemberRoleSchema = z.strictObject({ role: ProjectRoleSchema });

export const RunWithIterationsSchema = OptimizationRunSchema.extend({
  iterationRows: z.array(OptimizationIterationSchema).optional().describe('Where `include=iterations` asked for them.'),
});

export const MeSchema = z.object({
  kind: z.enum(['local', 'key', 'token']),
  sub: z.string().nullable().describe('The user, where a token names one.'),
  projects: z.record(z.string(), ProjectRoleSchema).nullable().describe('Role by project; null for all of them.'),
  version: z.string().describe('Of Optrail.'),
});

export const ReadinessSchema = z.object({
  ready: z.boolean(),
  problem: z.string().nullable().describe('Why it is not, for people.'),
  database: z.enum(['embedded', 'postgres']).nullable(),
  schemaVersion: z.string().nullable(),
  events: z.enum(['listen', 'poll']).describe('Whether the database tells of news, or is asked each second.'),
});

/** By the names that the document knows them by. */
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
