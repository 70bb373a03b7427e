import { queryOptions } from '@tanstack/react-query';
import { OptimizationSampleSchema } from '../../../src/schemas/sample.js';
import { keys } from './keys.js';
import { getAll, segment } from './request.js';
import type { RunReference } from './runs.js';

export interface SampleFilters {
  changedVs?: number | undefined;
}

/** Samples of one iteration with their examples and hashes, in order. */
export const samplesQuery = ({ runId, projectId }: RunReference, iteration: number, filters: SampleFilters = {}) =>
  queryOptions({
    queryKey: keys.samples(runId, iteration, filters),
    queryFn: ({ signal }) =>
      getAll(`/v1/runs/${segment(runId)}/samples`, OptimizationSampleSchema, {
        query: { projectId, iteration, hashes: true, limit: 1000, ...filters },
        signal,
      }),
  });
