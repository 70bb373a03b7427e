import type { OptimizationClient, ProjectAdministration } from '../client/port.js';

/** The part of the client that changes nothing. */
export type Reader = Pick<
  OptimizationClient,
  | 'getOptimizationRun'
  | 'listOptimizationRuns'
  | 'getOptimizationIterations'
  | 'getBestIteration'
  | 'getOptimizationSamples'
  | 'getOptimizationRunSummary'
  | 'getTopRunsByScore'
  | 'listProjects'
> &
  Pick<ProjectAdministration, 'getProject' | 'listProjectMembers' | 'listApiKeys'>;

/** A database without a row: what there is to read before the first run. */
export const nothingThere: Reader = {
  listOptimizationRuns: async ({ count } = {}) => ({ data: [], hasMore: false, nextCursor: null, ...(count ? { total: 0 } : {}) }),
  getOptimizationRun: async () => null,
  getOptimizationIterations: async () => [],
  getBestIteration: async () => null,
  getOptimizationSamples: async () => [],
  getOptimizationRunSummary: async () => null,
  getTopRunsByScore: async () => [],
  listProjects: async () => [],
  getProject: async () => null,
  listProjectMembers: async () => [],
  listApiKeys: async () => [],
};
