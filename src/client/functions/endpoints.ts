import type { Endpoint } from './operation.js';

/** Routes of the REST API that no function of the client stands for. */
export const ENDPOINTS = {
  whoAmI: { method: 'GET', path: '/v1/me', access: 'caller' },
  getOptimizationIteration: { method: 'GET', path: '/v1/runs/:runId/iterations/:number', access: 'viewer' },
  batchCreateOptimizationSamplesOfRuns: { method: 'POST', path: '/v1/samples', access: 'editor' },
  openApi: { method: 'GET', path: '/v1/openapi.json', access: 'anybody' },
  docs: { method: 'GET', path: '/docs', access: 'anybody' },
  health: { method: 'GET', path: '/healthz', access: 'anybody' },
  readiness: { method: 'GET', path: '/readyz', access: 'anybody' },
  metrics: { method: 'GET', path: '/metrics', access: 'scraper' },
  followRun: { method: 'GET', path: '/v1/runs/:runId/events', access: 'viewer' },
  followProject: { method: 'GET', path: '/v1/projects/:projectId/events', access: 'viewer' },
} as const satisfies Record<string, Endpoint>;
