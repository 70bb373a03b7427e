import type { TrailClient } from './port.js';

/**
 * Every function of a client, and whether a call that may have been carried out can be made once more and does the same. Without an
 * id of the caller's own a second creation would make another row.
 */
const FUNCTIONS = {
  createOptimizationRun: 'with an id',
  getOptimizationRun: true,
  updateOptimizationRun: true,
  listOptimizationRuns: true,
  resumeOptimizationRun: false,
  deleteOptimizationRun: false,
  createOptimizationIteration: 'with an id',
  updateOptimizationIteration: true,
  getOptimizationIterations: true,
  getBestIteration: true,
  createOptimizationSample: true,
  batchCreateOptimizationSamples: true,
  getOptimizationSamples: true,
  createOptimizationCheckpoint: 'with an id',
  getOptimizationCheckpoint: true,
  getOptimizationRunSummary: true,
  getTopRunsByScore: true,
  getOptimizationAnalytics: true,
  refreshOptimizationAnalytics: true,
  updateRunProgress: true,
  listProjects: true,
  getOptimizationPrograms: true,
  getOptimizationCurves: true,
  getOptimizationMatrix: true,
  searchOptimizationTrail: true,
  getProject: true,
  createProject: true,
  updateProject: true,
  deleteProject: false,
  listProjectMembers: true,
  setProjectMember: true,
  removeProjectMember: false,
  createApiKey: false,
  listApiKeys: true,
  revokeApiKey: true,
} as const satisfies Record<keyof TrailClient, boolean | 'with an id'>;

/** A call of one function, to be made on whichever client. */
export interface DelegatedCall {
  on(client: TrailClient): Promise<unknown>;
  /** Whether it can be made again where nobody knows what became of it. */
  again: boolean;
}

/** A client whose calls are each made by `make`, on the client that it chooses then. */
export function delegating(make: (call: DelegatedCall) => Promise<unknown>): TrailClient {
  const functions = Object.entries(FUNCTIONS).map(([name, again]) => [
    name,
    async (...args: never[]) =>
      make({
        on: (client) => (client[name as keyof TrailClient] as (...args: never[]) => Promise<unknown>)(...args),
        again: again === 'with an id' ? hasId(args[0]) : again,
      }),
  ]);
  return Object.fromEntries(functions) as unknown as TrailClient;
}

function hasId(input: { id?: unknown } | null | undefined): boolean {
  return input?.id !== undefined;
}
