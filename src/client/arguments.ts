import { z } from 'zod';
import { CountSchema, IdSchema, IterationNumberSchema, NameSchema } from '../schemas/primitives.js';
import { validated } from '../schemas/validate.js';
import { MAX_CURVES } from '../schemas/views.js';
import type { ByIdOptions, SampleReadOptions } from './port.js';

/** Samples of one list where the caller does not say how many. */
const DEFAULT_SAMPLES = 1000;
/** Found of each kind where the caller does not say how many. */
const DEFAULT_FOUND = 20;

const SampleLimitSchema = z.int().min(1).max(100_000);
const SearchLimitSchema = z.int().min(1).max(100);
const CurveIdsSchema = z.array(IdSchema).max(MAX_CURVES, `must be at most ${MAX_CURVES} runs`).readonly();
const SampleKeySchema = z.strictObject({ iteration: IterationNumberSchema, sampleIndex: CountSchema });
const SamplePageSchema = z
  .object({ iteration: IterationNumberSchema, changedVs: IterationNumberSchema, after: SampleKeySchema })
  .partial()
  .refine(({ changedVs, iteration }) => changedVs === undefined || iteration !== undefined, {
    path: ['changedVs'],
    message: 'compares one iteration with another; name the iteration too',
  });

/** Which page of a run's iterations. */
export const IterationPageSchema = z.object({
  limit: z.int().min(1).max(100_000).optional(),
  orderDirection: z.enum(['asc', 'desc']).optional(),
  after: IterationNumberSchema.optional(),
});

export function runIdOf(runId: unknown): string {
  return validated(IdSchema, runId, ['runId']);
}

export function projectIdOf({ projectId }: ByIdOptions): string | undefined {
  return projectId === undefined ? undefined : validated(NameSchema, projectId, ['projectId']);
}

/** Which samples of a run. */
export interface SampleQuery {
  projectId: string | undefined;
  iteration?: number | undefined;
  failed?: boolean | undefined;
  changedVs?: number | undefined;
  after?: { iteration: number; sampleIndex: number } | undefined;
  hashes?: boolean | undefined;
  limit: number;
}

export function sampleQueryOf(iteration: unknown, limit: unknown, options: SampleReadOptions): SampleQuery {
  const { changedVs, after, failed, hashes } = options;
  return {
    projectId: projectIdOf(options),
    ...validated(SamplePageSchema, { iteration, changedVs, after }),
    failed,
    hashes,
    limit: limit === undefined ? DEFAULT_SAMPLES : validated(SampleLimitSchema, limit, ['limit']),
  };
}

/** Each run once, in the order asked for. */
export function curveIdsOf(runIds: unknown): string[] {
  return [...new Set(validated(CurveIdsSchema, runIds, ['runIds']))];
}

/** What is searched for, and where. */
export interface TrailSearch {
  projectId: string;
  text: string;
  limit: number;
}

export function trailSearchOf(projectId: unknown, text: unknown, limit: unknown): TrailSearch {
  return {
    projectId: validated(NameSchema, projectId, ['projectId']),
    text: validated(NameSchema, text, ['text']),
    limit: limit === undefined ? DEFAULT_FOUND : validated(SearchLimitSchema, limit, ['limit']),
  };
}
