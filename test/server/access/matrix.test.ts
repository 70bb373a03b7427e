import { SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { ROUTES } from '../../../src/server/routes/index.js';
import type { OptrailServer } from '../../../src/server.js';
import { HTTP_CALLERS, HTTP_SCENARIOS, type HttpCaller, type HttpTarget, MARK, requestOf } from '../../rls/http-scenarios.js';
import { aRun, newProject } from '../../support/records.js';
import { serving } from './served.js';

const SECRET = 'a secret of thirty-two bytes or more';
const served = serving();
let server: OptrailServer;
beforeAll(() => {
  server = served.server({ auth: { jwtSecret: SECRET }, rateLimit: false });
});

const token = (sub: string) =>
  new SignJWT({ sub, role: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET));

/** What a caller shows for a project, or null. */
async function credentials(caller: HttpCaller, projectId: string): Promise<string | null> {
  const { client } = served.trail;
  const key = (scope: 'read' | 'write' | 'admin', id = projectId) => client.createApiKey(id, { name: `${MARK} ${caller}`, scope });
  switch (caller) {
    case 'owner':
    case 'editor':
    case 'viewer':
      await client.setProjectMember(projectId, `${MARK} ${caller}`, caller);
      return token(`${MARK} ${caller}`);
    case 'adminkey':
      return (await key('admin')).secret;
    case 'writekey':
      return (await key('write')).secret;
    case 'readkey':
      return (await key('read')).secret;
    case 'stranger': {
      const { id } = await client.createProject({ id: `${projectId}-of-a-stranger` });
      return (await client.createApiKey(id, { name: 'stranger', scope: 'admin' })).secret;
    }
    case 'revoked': {
      const { id, secret } = await key('admin');
      await client.revokeApiKey(projectId, id);
      return secret;
    }
    case 'nobody':
      return null;
  }
}

/** A run with a row of each kind, and a key and a member to take away; all of them marked. */
async function target(projectId: string): Promise<HttpTarget> {
  const { client } = served.trail;
  const { id: runId } = await client.createOptimizationRun(aRun(projectId, { runName: MARK, status: 'failed' }));
  await client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0, input: MARK });
  await client.createOptimizationIteration({ runId, iteration: 1, score: 0.5, program: { instruction: MARK } });
  await client.createOptimizationCheckpoint({ runId, state: { text: MARK } });
  await client.setProjectMember(projectId, 'to-be-removed', 'viewer');
  const { id: keyId } = await client.createApiKey(projectId, { name: MARK });
  return { projectId, runId, keyId };
}

async function send(route: string, about: HttpTarget, secret: string | null): Promise<{ status: number; text: string }> {
  const { method, path, body } = requestOf(route, about);
  const headers = new Headers({ host: 'localhost' });
  if (secret !== null) headers.set('authorization', `Bearer ${secret}`);
  if (body !== undefined) headers.set('content-type', 'application/json');
  const request = new Request(`http://localhost${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const response = await server.fetch(request);
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel();
    return { status: response.status, text: '' };
  }
  return { status: response.status, text: await response.text() };
}

test('every route of the table has its line, and every line its route', () => {
  expect(HTTP_SCENARIOS.map(({ route }) => route).sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
});

describe('every route, asked', () => {
  test.each(HTTP_CALLERS)('by %s', async (caller) => {
    const projectId = newProject();
    await served.trail.client.createProject({ id: projectId, name: MARK });
    const secret = await credentials(caller, projectId);
    let about = await target(projectId);
    const found: Record<string, number> = {};
    const expected: Record<string, number> = {};
    const told: string[] = [];
    for (const { route, status } of HTTP_SCENARIOS) {
      const { status: got, text } = await send(route, about, secret);
      found[route] = got;
      expected[route] = status[caller];
      if (text.includes(MARK)) told.push(route);
      // What was changed is made anew, so that each route meets the same.
      if (!route.startsWith('GET') && got < 300 && route !== 'DELETE /v1/projects/:projectId') about = await target(projectId);
    }
    expect(found).toEqual(expected);
    if (['stranger', 'revoked', 'nobody'].includes(caller)) expect(told).toEqual([]);
    else expect(told.length).toBeGreaterThan(10);
  });
});

test('lines of a bulk are refused one by one, as the same in single requests are, and all at once if the role of the key is too low', async () => {
  const projectId = newProject();
  await served.trail.client.createProject({ id: projectId });
  const { runId } = await target(projectId);
  const lines: Record<string, unknown[]> = {
    '/v1/runs': [aRun(projectId), aRun('absent')],
    [`/v1/runs/${runId}/iterations`]: [{ iteration: 7 }],
    [`/v1/runs/${runId}/samples`]: [{ iteration: 1, sampleIndex: 7 }],
  };
  const statusesOf = async (caller: HttpCaller) => {
    const secret = await credentials(caller, projectId);
    const headers = { host: 'localhost', authorization: `Bearer ${secret}`, 'content-type': 'application/x-ndjson' };
    const found: number[] = [];
    for (const [path, rows] of Object.entries(lines)) {
      const body = rows.map((row) => JSON.stringify(row)).join('\n');
      const response = await server.fetch(new Request(`http://localhost${path}`, { method: 'POST', headers, body }));
      const results = (await response.text()).trim().split('\n');
      found.push(...results.map((line) => (JSON.parse(line) as { status: number }).status));
    }
    return found;
  };
  expect(await statusesOf('writekey')).toEqual([201, 403, 201, 201]);
  expect(await statusesOf('readkey')).toEqual([403, 403, 403]);
  expect(await statusesOf('stranger')).toEqual([403, 403, 404, 404]);
  expect(await statusesOf('revoked')).toEqual([401, 401, 401]);
});
