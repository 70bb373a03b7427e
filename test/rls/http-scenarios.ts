/** Everybody who may knock at the server. The project that is asked for is A's; the stranger owns another. */
export const HTTP_CALLERS = ['owner', 'editor', 'viewer', 'adminkey', 'writekey', 'readkey', 'stranger', 'revoked', 'nobody'] as const;
export type HttpCaller = (typeof HTTP_CALLERS)[number];

/** What requests are about: rows of the project that is asked for, made anew for each request that changes them. */
export interface HttpTarget {
  projectId: string;
  runId: string;
  keyId: string;
}

export interface HttpScenario {
  /** As in the route table: `GET /v1/runs/:runId`. */
  route: string;
  /** The status that each caller gets. */
  status: Record<HttpCaller, number>;
}

/**
 * The status of each route for each caller. Owner, editor and viewer come with tokens; the keys are of scope admin, write and read; the
 * stranger comes with an admin key of a project of its own; revoked is an admin key that was. A route without a line fails the test.
 */
const HTTP = `
  method path                                     owner editor viewer adminkey writekey readkey stranger revoked nobody
  GET    /healthz                                 200   200    200    200      200      200     200      200     200
  GET    /readyz                                  200   200    200    200      200      200     200      200     200
  GET    /metrics                                 401   401    401    401      401      401     401      401     401
  GET    /docs                                    200   200    200    200      200      200     200      200     200
  GET    /v1/openapi.json                         200   200    200    200      200      200     200      200     200
  GET    /v1/me                                   200   200    200    200      200      200     200      401     401
  GET    /v1/projects                             200   200    200    200      200      200     200      401     401
  POST   /v1/projects                             403   403    403    403      403      403     403      401     401
  GET    /v1/projects/:projectId                  200   200    200    200      200      200     404      401     401
  PATCH  /v1/projects/:projectId                  200   403    403    200      403      403     404      401     401
  GET    /v1/projects/:projectId/members          200   200    200    200      200      200     200      401     401
  PUT    /v1/projects/:projectId/members/:userId  200   403    403    200      403      403     404      401     401
  DELETE /v1/projects/:projectId/members/:userId  204   403    403    204      403      403     404      401     401
  GET    /v1/projects/:projectId/keys             200   403    403    200      403      403     200      401     401
  POST   /v1/projects/:projectId/keys             201   403    403    201      403      403     404      401     401
  DELETE /v1/projects/:projectId/keys/:keyId      200   403    403    200      403      403     404      401     401
  GET    /v1/projects/:projectId/leaderboard      200   200    200    200      200      200     200      401     401
  GET    /v1/projects/:projectId/analytics        200   200    200    200      200      200     200      401     401
  GET    /v1/projects/:projectId/search           200   200    200    200      200      200     200      401     401
  GET    /v1/projects/:projectId/events           200   200    200    200      200      200     404      401     401
  POST   /v1/analytics/refresh                    403   403    403    403      403      403     403      401     401
  GET    /v1/runs                                 200   200    200    200      200      200     200      401     401
  POST   /v1/runs                                 201   201    403    201      201      403     403      401     401
  GET    /v1/runs/:runId                          200   200    200    200      200      200     404      401     401
  PATCH  /v1/runs/:runId                          200   200    403    200      200      403     404      401     401
  DELETE /v1/runs/:runId                          204   204    403    204      204      403     404      401     401
  POST   /v1/runs/:runId/progress                 200   200    403    200      200      403     404      401     401
  POST   /v1/runs/:runId/resume                   200   200    403    200      200      403     404      401     401
  GET    /v1/runs/:runId/summary                  200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/best                     200   200    200    200      200      200     204      401     401
  GET    /v1/runs/:runId/iterations               200   200    200    200      200      200     200      401     401
  POST   /v1/runs/:runId/iterations               201   201    403    201      201      403     404      401     401
  GET    /v1/runs/:runId/iterations/:number       200   200    200    200      200      200     404      401     401
  PATCH  /v1/runs/:runId/iterations/:number       200   200    403    200      200      403     404      401     401
  GET    /v1/runs/:runId/samples                  200   200    200    200      200      200     200      401     401
  POST   /v1/runs/:runId/samples                  200   200    403    200      200      403     404      401     401
  POST   /v1/samples                              200   200    403    200      200      403     404      401     401
  POST   /v1/runs/:runId/sample                   201   201    403    201      201      403     404      401     401
  POST   /v1/runs/:runId/checkpoints              201   201    403    201      201      403     404      401     401
  GET    /v1/runs/:runId/checkpoints/latest       200   200    200    200      200      200     204      401     401
  GET    /v1/runs/:runId/programs                 200   200    200    200      200      200     200      401     401
  GET    /v1/runs/:runId/matrix                   200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/assessment               200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/edits                    200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/blame                    200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/regressions              200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/bisect                   200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/hindsight                200   200    200    200      200      200     404      401     401
  GET    /v1/runs/:runId/receipt                  200   200    200    200      200      200     404      401     401
  GET    /v1/compare                              200   200    200    200      200      200     404      401     401
  GET    /v1/gate                                 200   200    200    200      200      200     404      401     401
  GET    /v1/race                                 200   200    200    200      200      200     404      401     401
  GET    /v1/curves                               200   200    200    200      200      200     200      401     401
  GET    /v1/runs/:runId/events                   200   200    200    200      200      200     404      401     401
  DELETE /v1/projects/:projectId                  204   403    403    204      403      403     404      401     401
`;

export const HTTP_SCENARIOS: readonly HttpScenario[] = HTTP.trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [method = '', path = '', ...statuses] = line.trim().split(/\s+/);
    if (statuses.length !== HTTP_CALLERS.length) throw new Error(`${method} ${path} has ${statuses.length} statuses`);
    const status = Object.fromEntries(HTTP_CALLERS.map((caller, index) => [caller, Number(statuses[index])])) as HttpScenario['status'];
    return { route: `${method} ${path}`, status };
  });

/** Stands in every row of the project that is asked for, so that an answer to somebody else can be searched for it. */
export const MARK = 'mark-of-a';
const SAMPLE = { iteration: 1, sampleIndex: 9, input: MARK };

/** What a request says beside its path: the query, and a body that the route takes. */
const REST: Record<string, (target: HttpTarget) => { query?: string; body?: unknown }> = {
  'POST /v1/projects': () => ({ body: { id: 'new' } }),
  'PATCH /v1/projects/:projectId': () => ({ body: { name: 'renamed' } }),
  'PUT /v1/projects/:projectId/members/:userId': () => ({ body: { role: 'editor' } }),
  'POST /v1/projects/:projectId/keys': () => ({ body: { name: 'another' } }),
  'GET /v1/projects/:projectId/search': () => ({ query: `?q=${MARK}` }),
  'GET /v1/runs': ({ projectId }) => ({ query: `?projectId=${projectId}` }),
  'POST /v1/runs': ({ projectId }) => ({ body: { projectId, runName: 'another', optimizerType: 'gepa' } }),
  'PATCH /v1/runs/:runId': () => ({ body: { notes: 'changed' } }),
  'POST /v1/runs/:runId/progress': () => ({ body: { iterations: 3 } }),
  'POST /v1/runs/:runId/iterations': () => ({ body: { iteration: 9 } }),
  'PATCH /v1/runs/:runId/iterations/:number': () => ({ body: { score: 0.75 } }),
  'POST /v1/runs/:runId/samples': () => ({ body: { samples: [SAMPLE] } }),
  'POST /v1/samples': ({ runId }) => ({ body: { samples: [{ runId, ...SAMPLE }] } }),
  'POST /v1/runs/:runId/sample': () => ({ body: SAMPLE }),
  'POST /v1/runs/:runId/checkpoints': () => ({ body: { state: { round: 2 } } }),
  'GET /v1/compare': ({ runId }) => ({ query: `?baseline=${runId}&candidate=${runId}` }),
  'GET /v1/gate': ({ runId }) => ({ query: `?baseline=${runId}&candidate=${runId}` }),
  'GET /v1/race': ({ runId }) => ({ query: `?runId=${runId}` }),
  'GET /v1/curves': ({ runId }) => ({ query: `?runId=${runId}` }),
};

/** The request of a route about a target. */
export function requestOf(route: string, target: HttpTarget): { method: string; path: string; body?: unknown } {
  const [method = '', template = ''] = route.split(' ');
  const values: Record<string, string> = { ...target, userId: 'to-be-removed', number: '1' };
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing is known of :${name} in ${route}`);
    return encodeURIComponent(value);
  });
  const { query = '', body } = REST[route]?.(target) ?? {};
  return { method, path: `${path}${query}`, ...(body === undefined ? {} : { body }) };
}
