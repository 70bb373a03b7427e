import { describe, expect, test } from 'vitest';
import { ERROR_CODES, OptrailError } from '../../src/errors.js';
import { createApp } from '../../src/server/app.js';
import { problemOf } from '../../src/server/http/problem.js';
import type { ServerBackend } from '../../src/server/port.js';
import { createServer } from '../../src/server.js';
import { newProject } from '../support/records.js';
import { answered, type LogLine, useServer } from './server.js';

describe('what goes out', () => {
  const { request, log } = useServer('embedded');

  test('an answer that is known already is not sent again', async () => {
    const { headers, text } = await request('GET', '/v1/projects');
    const tag = headers.get('etag') as string;
    expect(tag).toMatch(/^W\/"[\w-]+"$/);
    for (const known of [tag, `"x", ${tag}`, tag.slice(2), '*']) {
      const again = await request('GET', '/v1/projects', { headers: { 'if-none-match': known } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
    }
    await request('POST', '/v1/projects', { body: { id: newProject() } });
    const changed = await request('GET', '/v1/projects', { headers: { 'if-none-match': tag } });
    expect(changed.status).toBe(200);
    expect(changed.text).not.toBe(text);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  test('HEAD answers as GET does, without the body', async () => {
    const [get, head] = [await request('GET', '/v1/projects'), await request('HEAD', '/v1/projects')];
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', get.headers.get('etag')]);
  });

  test('another method is refused with those that there are, another path with where to look', async () => {
    const wrong = await request('PUT', '/v1/runs');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
    expect(wrong.json).toMatchObject({ code: 'invalid_input', title: 'Method not allowed' });
    expect((await request('GET', '/v1/rnus')).json).toMatchObject({
      status: 404,
      code: 'not_found',
      hint: expect.stringContaining('/docs'),
    });
    expect((await request('GET', '/v1/../../etc/passwd')).status).toBe(404);
  });

  test.each(['/v1/projects', '/v1/nothing', '/healthz', '/docs'])(
    '%s carries the headers that keep browsers out of trouble',
    async (path) => {
      const { headers } = await request('GET', path, { headers: { 'x-request-id': 'from-me.1' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).toContain("base-uri 'none'");
      expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
      expect(headers.get('x-request-id')).toBe('from-me.1');
      const other = await request('GET', path, { headers: { 'x-request-id': 'with space' } });
      expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('the log says what was asked of whom and how it went, and nothing of what was said', async () => {
    const id = newProject();
    await request('POST', '/v1/projects', { body: { id } });
    const secret = (await request('POST', `/v1/projects/${id}/keys`, { body: { name: 'k' } })).json.secret as string;
    const headers = { authorization: `Bearer ${secret}`, 'x-request-id': 'one' };
    const body = { projectId: id, runName: 'the secret sauce', optimizerType: 'gepa', notes: 'a prompt' };
    await request('POST', '/v1/runs?projectId=hidden', { body, headers });
    const run = await request('POST', '/v1/runs', { body, headers });
    await request('GET', `/v1/runs/${run.json.id}`, { headers });
    const lines = log.filter(({ requestId }) => requestId === 'one');
    expect(lines).toEqual([
      expect.objectContaining({ method: 'POST', route: '/v1/runs', status: 422, caller: 'key', keyId: expect.any(String) }),
      expect.objectContaining({ method: 'POST', route: '/v1/runs', status: 201, ms: expect.any(Number) }),
      expect.objectContaining({ method: 'GET', route: '/v1/runs/:runId', status: 200, caller: 'key' }),
    ]);
    for (const hidden of [secret, 'sauce', 'a prompt', 'hidden', run.json.id]) expect(JSON.stringify(lines)).not.toContain(hidden);
  });

  test('a call that takes too long is given up with 408', async () => {
    const { id } = (await request('POST', '/v1/runs', { body: { projectId: newProject(), runName: 'a', optimizerType: 'gepa' } })).json;
    let signal: AbortSignal | undefined;
    const app = appOver(
      {
        getOptimizationRun: (_: string, options: { signal: AbortSignal }) => {
          signal = options.signal;
          return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal?.reason)));
        },
      },
      { timeoutMs: 50 },
    );
    const late = await answered(await app.fetch(new Request(`http://localhost/v1/runs/${id}`)));
    expect(late.json).toMatchObject({ status: 408, code: 'aborted', retryable: true });

    const gone = new AbortController();
    const answering = app.fetch(new Request(`http://localhost/v1/runs/${id}`, { signal: gone.signal }));
    gone.abort();
    await answering;
    expect(signal?.aborted).toBe(true);
  });

  test('what went wrong inside is told to the log and to nobody else', async () => {
    const lines: LogLine[] = [];
    const write = (fields: object) => void lines.push(fields as LogLine);
    const logger = { info: write, warn: write, error: write };
    const failures = [
      new TypeError('of the inside'),
      new OptrailError('database_error', 'ERROR: of the inside', { sqlState: 'XX000', cause: new Error('a prompt') }),
      'of the inside',
    ];
    for (const failure of failures) {
      const app = appOver({ listProjects: () => Promise.reject(failure) }, { logger });
      const { status, text, json } = await answered(await app.fetch(new Request('http://localhost/v1/projects')));
      expect(status).toBe(500);
      expect(text).not.toContain('inside');
      expect(['server_error', 'database_error']).toContain(json.code);
    }
    expect(lines[0]).toMatchObject({ status: 500, error: { name: 'TypeError', message: 'of the inside', stack: expect.any(Array) } });
    expect(lines[1]).toMatchObject({ error: { code: 'database_error', sqlState: 'XX000' } });
    expect(JSON.stringify(lines[1])).not.toMatch(/inside|prompt/);
  });

  test.each([
    ['database_busy', 503, '1'],
    ['disk_full', 507, null],
    ['ambiguous_id', 409, null],
    ['constraint_violation', 422, null],
    ['invalid_status_transition', 409, null],
  ] as const)('%s is %i, in its own words', async (code, status, after) => {
    const error = new OptrailError(code, 'so it is', { hint: 'do that', constraint: 'c', sqlState: '23514', retryable: status === 503 });
    const app = appOver({ listProjects: () => Promise.reject(error) });
    const { json, headers } = await answered(await app.fetch(new Request('http://localhost/v1/projects')));
    const told = { detail: 'so it is', hint: 'do that', constraint: 'c', sqlState: '23514', type: `/docs#error-${code}` };
    expect(json).toMatchObject({ status, code, retryable: status === 503, ...told });
    expect(headers.get('retry-after')).toBe(after);
  });

  test.each(['database_unreachable', 'database_locked', 'engine_failed'] as const)('%s is 503, and its words stay inside', async (code) => {
    const error = new OptrailError(code, 'postgresql://host/name', { hint: 'look at host', retryable: true });
    const app = appOver({ listProjects: () => Promise.reject(error) });
    const { json, text } = await answered(await app.fetch(new Request('http://localhost/v1/projects')));
    expect(json).toMatchObject({ status: 503, code, retryable: true, detail: ERROR_CODES[code] });
    expect(text).not.toContain('host');
  });

  test('pointers lead to odd names too', () => {
    const error = new OptrailError('invalid_input', 'x', { issues: [{ path: 'samples[3].metadata.a/b~c %\ud800', message: 'is odd' }] });
    expect(problemOf(error).errors).toEqual([{ pointer: '#/samples/3/metadata/a~1b~0c%20%25%EF%BF%BD', detail: 'is odd' }]);
  });

  test('a server without its database says so', async () => {
    const server = createServer({ databaseUrl: 'postgresql://nobody@127.0.0.1:1/none', auth: { open: true } });
    try {
      const ready = await answered(await server.fetch(new Request('http://localhost/readyz')));
      expect(ready.status).toBe(503);
      expect(ready.json).toMatchObject({ ready: false, problem: 'The database does not answer.', database: null });
      expect((await server.fetch(new Request('http://localhost/healthz'))).status).toBe(200);
      const metrics = await answered(await server.fetch(new Request('http://localhost/metrics')));
      expect(metrics.text).toMatch(/^optrail_database_up 0$/m);
      const runs = await answered(await server.fetch(new Request('http://localhost/v1/runs')));
      expect(runs.json).toMatchObject({ status: 503, code: 'database_unreachable', retryable: true });
    } finally {
      await server.close();
    }
  });

  test('mounted below a path, every address it gives is below it too', async () => {
    const server = createServer({ memory: true, auth: { open: true }, basePath: '/api/optrail' });
    try {
      const ask = async (path: string) => answered(await server.fetch(new Request(`http://localhost${path}`)));
      expect((await ask('/v1/openapi.json')).status).toBe(404);
      expect((await ask('/api/optrail/v1/openapi.json')).json.servers).toEqual([{ url: '/api/optrail' }]);
      expect((await ask('/api/optrail/v1/nothing')).json).toMatchObject({ type: '/api/optrail/docs#error-not_found' });
      expect((await ask('/api/optrail/docs')).text).toContain('href="/api/optrail/v1/openapi.json"');
    } finally {
      await server.close();
    }
  });
});

/** The app over functions that behave as they are told: what a database does only when it is in trouble. */
function appOver(client: object, options: object = {}) {
  const backend = { events: { poke() {} } } as unknown as ServerBackend;
  return createApp({
    backend,
    instance: 'of a test',
    recheck: async () => {},
    requireAuth: async (context, next) => {
      context.set('caller', { kind: 'local' });
      context.set('client', client as never);
      await next();
    },
    requireScraper: (_, next) => next(),
    ...options,
  });
}
