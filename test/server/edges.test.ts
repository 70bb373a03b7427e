import { gunzipSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Metrics } from '../../src/server/metrics.js';
import type { OpenApiDocument } from '../../src/server/openapi-types.js';
import type { ServerBackend } from '../../src/server/port.js';
import { createServer } from '../../src/server.js';
import { SECRET } from '../support/http.js';
import { newProject } from '../support/records.js';
import { useServer } from './server.js';

describe('at its edges a server', () => {
  const { request } = useServer('embedded');

  test.each(['.', '..'])('refuses the project id %s, which no URL can hold', async (id) => {
    expect((await request('POST', '/v1/projects', { body: { id } })).json).toMatchObject({ status: 422, errors: [{ pointer: '#/id' }] });
    const run = await request('POST', '/v1/runs', { body: { projectId: id, runName: 'a', optimizerType: 'gepa' } });
    expect(run.json).toMatchObject({ status: 422, errors: [{ pointer: '#/projectId' }] });
  });

  test('tells of 431 in the description of every route', async () => {
    const { paths, components } = (await request('GET', '/v1/openapi.json')).json as OpenApiDocument;
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    expect(operations.length).toBeGreaterThan(40);
    for (const { responses } of operations) expect(responses).toHaveProperty('431', { $ref: '#/components/responses/HeadersTooLarge' });
    expect(components.responses).toHaveProperty('HeadersTooLarge');
  });

  test.each([
    ['a picture of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
    ['a frame of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
    ['a script of another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, 403],
    ['a link that was opened', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
    ['its own page', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, 200],
    ['the address bar', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
    ['a program', {}, 200],
  ])('answers %s as it may', async (_, headers, status) => {
    expect((await request('GET', '/v1/runs', { headers })).status).toBe(status);
  });

  test('compresses large answers to other machines that accept it', async () => {
    const projectId = newProject();
    const body = { projectId, runName: 'a', optimizerType: 'gepa', notes: 'é'.repeat(40_000) };
    const { id } = (await request('POST', '/v1/runs', { body })).json;
    const { secret } = (await request('POST', `/v1/projects/${projectId}/keys`, { body: { name: 'k' } })).json;
    const far = { host: 'optrail.example.com', authorization: `Bearer ${secret}` };
    const sizes: Record<string, { encoding: string | null; vary: string | null; bytes: number }> = {};
    for (const accepted of ['gzip', 'br, gzip;q=0.5', 'gzip;q=0', 'identity']) {
      const { headers, text } = await request('GET', `/v1/runs/${id}`, { headers: { ...far, 'accept-encoding': accepted } });
      sizes[accepted] = { encoding: headers.get('content-encoding'), vary: headers.get('vary'), bytes: text.length };
    }
    const compressed = { encoding: 'gzip', vary: 'accept-encoding', bytes: expect.any(Number) };
    expect(sizes).toMatchObject({
      gzip: compressed,
      'br, gzip;q=0.5': compressed,
      'gzip;q=0': { encoding: null },
      identity: { encoding: null },
    });
    expect(sizes.gzip?.bytes).toBeLessThan(4_000);
    expect((await request('GET', `/v1/runs/${id}`, { headers: { 'accept-encoding': 'gzip' } })).headers.get('content-encoding')).toBeNull();
  });
});

test('a compressed answer is the JSON, whole, with its ETag', async () => {
  const server = createServer({ memory: true, auth: { open: true, jwtSecret: SECRET } });
  onTestFinished(() => server.close());
  const call = (path: string, init: RequestInit = {}) => server.fetch(new Request(`http://localhost:4700${path}`, init));
  const projectId = newProject();
  const body = JSON.stringify({ projectId, runName: 'a', optimizerType: 'gepa', notes: '𝄞'.repeat(300_000) });
  const { id } = (await (await call('/v1/runs', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).json()) as {
    id: string;
  };
  const claims = { sub: 'u', optrail_projects: { [projectId]: 'viewer' } };
  const bearer = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET));
  const headers = { host: 'optrail.example.com', authorization: `Bearer ${bearer}`, 'accept-encoding': 'gzip' };
  const response = await call(`/v1/runs/${id}`, { headers });
  const text = gunzipSync(Buffer.from(await response.arrayBuffer())).toString();
  expect(JSON.parse(text)).toMatchObject({ id, notes: '𝄞'.repeat(300_000) });
  const etag = response.headers.get('etag');
  expect(etag).toMatch(/^W\//);
  expect((await call(`/v1/runs/${id}`, { headers: { ...headers, 'if-none-match': etag ?? '' } })).status).toBe(304);
});

test('a database that cannot be reached is told without its host, user and name', async () => {
  const server = createServer({ databaseUrl: 'postgresql://a_user:a_password@127.0.0.1:1/a_name', auth: { open: true } });
  onTestFinished(() => server.close());
  const response = await server.fetch(new Request('http://localhost:4700/v1/runs'));
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({
    status: 503,
    code: 'database_unreachable',
    detail: 'The database does not answer.',
    retryable: true,
  });
  expect(text).not.toMatch(/a_user|a_name|a_password|127\.0\.0\.1|:1\b/);
});

test('tokens without a user do not share a bucket', async () => {
  const server = createServer({ memory: true, auth: { jwtSecret: SECRET }, rateLimit: { perSecond: 0.001, burst: 2 } });
  onTestFinished(() => server.close());
  const token = (jti: string) =>
    new SignJWT({ jti }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(new TextEncoder().encode(SECRET));
  const statusOf = async (bearer: string) => {
    const headers = { authorization: `Bearer ${bearer}` };
    return (await server.fetch(new Request('http://localhost:4700/v1/runs', { headers }))).status;
  };
  const [one, other] = [await token('1'), await token('2')];
  expect([await statusOf(one), await statusOf(one), await statusOf(one)]).toEqual([200, 200, 429]);
  expect(await statusOf(other)).toBe(200);
});

test('the metrics say that a database is down which does not give its figures in time', async () => {
  const metrics = new Metrics({ figures: () => new Promise(() => {}) } as unknown as ServerBackend);
  expect(await metrics.text()).toContain('optrail_database_up 0');
});
