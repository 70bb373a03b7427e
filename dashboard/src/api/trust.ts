import { queryOptions } from '@tanstack/react-query';
import type { OptimizationIteration } from '../../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import type { SampleMatrix } from '../../../src/schemas/views.js';
import { keys } from './keys.js';

/** The findings of a run: its verdict, edits, hindsight and blame. Computed once for the rows that are there. */
export const findingsQuery = (run: OptimizationRun, iterations: readonly OptimizationIteration[], matrix: SampleMatrix | undefined) =>
  queryOptions({
    queryKey: keys.trust(run.id),
    queryFn: async () => {
      if (matrix === undefined) throw new Error('The verdict needs the run’s samples');
      const { findingsOf } = await import('../verdict/compute.js');
      return findingsOf(run, iterations, matrix);
    },
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
