import { describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { ROUTES } from '../../src/server/routes/index.js';
import { ABSENT, newProject } from '../support/records.js';
import { linesIn, useServer } from './server.js';

describe.each(['embedded', 'postgres'] as const)('routes over %s', (engine) => {
  const { request, log } = useServer(engine);

  const aRun = async (fields: object = {}): Promise<{ id: string; projectId: string }> => {
    const body = { projectId: newProject(), runName: 'a', optimizerType: 'gepa', status: 'running', ...fields };
    const { status, json } = await request('POST', '/v1/runs', { body });
    expect(status).toBe(201);
    return json;
  };

  test('a run is created, read with its iterations, listed, changed, resumed and deleted', async () => {
    const { id, projectId } = await aRun({ tags: ['x', 'y'], config: { metric: 'f1', deep: { a: [1] } } });
    const path = `/v1/runs/${id}`;
    expect((await request('POST', `${path}/iterations`, { body: { iteration: 0, score: 0.5, isBaseline: true } })).status).toBe(201);

    const read = await request('GET', `${path}?include=iterations`);
    expect(read.json).toMatchObject({ id, projectId, iterationRows: [{ iteration: 0, score: 0.5 }] });
    expect((await request('GET', path)).json).not.toHaveProperty('iterationRows');

    const query = new URLSearchParams([
      ['projectId', projectId],
      ['tag', 'x'],
      ['tag', 'y'],
      ['status', 'running'],
      ['status', 'failed'],
      ['config', '{"deep":{"a":[1]}}'],
      ['count', 'true'],
    ]);
    expect((await request('GET', `/v1/runs?${query}`)).json).toMatchObject({ data: [{ id }], hasMore: false, nextCursor: null, total: 1 });

    expect((await request('PATCH', path, { body: { status: 'failed', notes: null } })).json).toMatchObject({ status: 'failed' });
    expect((await request('POST', `${path}/resume`)).json).toMatchObject({ status: 'running', attempt: 2 });
    expect((await request('POST', `${path}/progress`, { body: { totalTokens: 7 } })).json).toMatchObject({ totalTokens: 7 });
    expect((await request('POST', `${path}/progress`)).status).toBe(200);
    expect((await request('GET', `${path}/summary`)).json).toMatchObject({ runId: id, fullEvaluations: 1 });

    expect((await request('DELETE', path)).status).toBe(204);
    expect((await request('DELETE', path)).status).toBe(404);
    expect((await request('GET', path)).json).toMatchObject({ status: 404, code: 'not_found', errors: [{ pointer: '#/runId' }] });
  });

  test('iterations are recorded, changed, read one by one and in pages, and the best of them', async () => {
    const { id } = await aRun();
    const path = `/v1/runs/${id}/iterations`;
    expect((await request('GET', `/v1/runs/${id}/best`)).status).toBe(204);
    for (const iteration of [1, 2, 3]) await request('POST', path, { body: { iteration, program: { prompt: `p${iteration}` } } });
    expect((await request('PATCH', `${path}/2`, { body: { score: 0.9 } })).json).toMatchObject({ status: 'completed', score: 0.9 });
    expect((await request('GET', `${path}/2?hashes=true`)).json).toMatchObject({ programHash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await request('GET', `${path}/4`)).json).toMatchObject({ status: 404, errors: [{ pointer: '#/iteration' }] });
    expect((await request('GET', `/v1/runs/${id}/best`)).json).toMatchObject({ iteration: 2 });
    expect((await request('POST', path, { body: { iteration: 2 } })).json).toMatchObject({ status: 409, code: 'conflict' });

    const first = await request('GET', `${path}?limit=2`);
    expect(first.json).toMatchObject({ data: [{ iteration: 1 }, { iteration: 2 }], hasMore: true, nextCursor: '2' });
    const link = /^<(.+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] as string;
    const last = await request('GET', link);
    expect(last.json).toMatchObject({ data: [{ iteration: 3 }], hasMore: false, nextCursor: null });
    expect(last.headers.get('link')).toBeNull();
    expect((await request('GET', `${path}?limit=3`)).json).toMatchObject({ hasMore: false });
    expect((await request('GET', `${path}?orderDirection=desc&after=3`)).json.data).toMatchObject([{ iteration: 2 }, { iteration: 1 }]);
  });

  test('samples are recorded alone, together and of several runs, and listed in pages', async () => {
    const [{ id }, other] = [await aRun(), await aRun()];
    const sample = (sampleIndex: number, more: object = {}) => ({ iteration: 1, sampleIndex, input: `q${sampleIndex}`, ...more });
    expect((await request('POST', `/v1/runs/${id}/sample`, { body: sample(0) })).json).toMatchObject({ runId: id, input: 'q0' });
    const path = `/v1/runs/${id}/samples`;
    const samples = [sample(0), sample(1, { success: false }), sample(2)];
    expect((await request('POST', path, { body: { samples } })).json).toEqual({ stored: 2, existing: 1 });
    const both = [
      { runId: id, ...sample(3) },
      { runId: other.id, ...sample(0) },
    ];
    expect((await request('POST', '/v1/samples', { body: { samples: both } })).json).toEqual({ stored: 2, existing: 0 });

    const first = await request('GET', `${path}?limit=3`);
    expect(first.json).toMatchObject({ hasMore: true, nextCursor: '1.2' });
    expect((await request('GET', `${path}?limit=3&cursor=1.2`)).json).toMatchObject({ data: [{ sampleIndex: 3 }], hasMore: false });
    expect((await request('GET', `${path}?failed=true`)).json.data).toMatchObject([{ sampleIndex: 1 }]);

    const refused = await request('POST', path, { body: { samples: [sample(9), sample(10, { score: 'high' })] } });
    expect(refused.json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ pointer: '#/samples/1/score' }] });
    const elsewhere = await request('POST', path, { body: { samples: [{ ...sample(9), runId: other.id }] } });
    expect(elsewhere.json).toMatchObject({ status: 422, errors: [{ pointer: '#/samples/0/runId' }] });
    expect((await request('GET', path)).json.data).toHaveLength(4);
  });

  test('checkpoints, programs, matrix, curves and search', async () => {
    const { id, projectId } = await aRun({ runName: 'needle in the name' });
    expect((await request('GET', `/v1/runs/${id}/checkpoints/latest`)).status).toBe(204);
    expect((await request('POST', `/v1/runs/${id}/checkpoints`, { body: { state: [1, { a: null }] } })).status).toBe(201);
    expect((await request('GET', `/v1/runs/${id}/checkpoints/latest`)).json).toMatchObject({ state: [1, { a: null }] });
    const program = { instruction: 'a needle in a haystack' };
    await request('POST', `/v1/runs/${id}/iterations`, { body: { iteration: 1, score: 1, program } });
    await request('POST', `/v1/runs/${id}/sample`, { body: { iteration: 1, sampleIndex: 0, input: 'x', score: 1 } });
    expect((await request('GET', `/v1/runs/${id}/programs`)).json.data).toMatchObject([{ program, iterations: [1], bestScore: 1 }]);
    expect((await request('GET', `/v1/runs/${id}/matrix`)).json).toMatchObject({ runId: id, examples: [{ scores: [1] }] });
    expect((await request('GET', `/v1/runs/${ABSENT}/matrix`)).status).toBe(404);
    expect((await request('GET', `/v1/curves?runId=${id}&runId=${ABSENT}`)).json.data).toMatchObject([{ runId: id }]);
    const found = await request('GET', `/v1/projects/${projectId}/search?q=NEEDLE`);
    expect(found.json).toMatchObject({ runs: [{ id }], programs: [{ runId: id }] });
  });

  test('projects, members and keys are administered, and their figures read', async () => {
    const id = newProject();
    const path = `/v1/projects/${id}`;
    expect((await request('POST', '/v1/projects', { body: { id, name: 'one' } })).status).toBe(201);
    expect((await request('PATCH', path, { body: { name: 'two' } })).json).toMatchObject({ id, name: 'two' });
    expect((await request('GET', path)).json).toMatchObject({ name: 'two' });
    expect((await request('GET', '/v1/projects')).json.data).toContainEqual(expect.objectContaining({ id, runs: 0 }));

    expect((await request('PUT', `${path}/members/a%2Fb`, { body: { role: 'owner' } })).json).toMatchObject({
      userId: 'a/b',
      role: 'owner',
    });
    expect((await request('PUT', `${path}/members/c`, { body: { role: 'king' } })).json).toMatchObject({ errors: [{ pointer: '#/role' }] });
    expect((await request('GET', `${path}/members`)).json.data).toMatchObject([{ userId: 'a/b' }]);
    await request('PUT', `${path}/members/c`, { body: { role: 'viewer' } });
    expect((await request('DELETE', `${path}/members/c`)).status).toBe(204);
    expect((await request('DELETE', `${path}/members/c`)).status).toBe(404);

    const key = await request('POST', `${path}/keys`, { body: { name: 'ci', scope: 'read' } });
    expect(key.json).toMatchObject({ secret: expect.stringMatching(/^optrail_/), scope: 'read' });
    const me = await request('GET', '/v1/me', { headers: { authorization: `Bearer ${key.json.secret}` } });
    expect(me.json).toMatchObject({ kind: 'key', sub: null, projects: { [id]: 'viewer' } });
    expect((await request('GET', '/v1/me')).json).toMatchObject({ kind: 'local', projects: null });
    const mayNot = { headers: { authorization: `Bearer ${key.json.secret}` } };
    expect((await request('POST', '/v1/analytics/refresh', mayNot)).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await request('GET', '/metrics', mayNot)).status).toBe(401);
    expect((await request('GET', `${path}/keys`)).json.data).toMatchObject([{ name: 'ci', revokedAt: null }]);
    expect((await request('DELETE', `${path}/keys/${key.json.id}`)).json).toMatchObject({ revokedAt: expect.any(String) });

    const run = await aRun({ projectId: id, finalScore: 0.5 });
    await request('PATCH', `/v1/runs/${run.id}`, { body: { status: 'completed' } });
    expect((await request('POST', '/v1/analytics/refresh')).status).toBe(204);
    expect((await request('GET', `${path}/leaderboard?limit=5`)).json.data).toMatchObject([{ runId: run.id, finalScore: 0.5 }]);
    expect((await request('GET', `${path}/analytics`)).json.data).toMatchObject([{ status: 'completed', totalRuns: 1 }]);
    expect((await request('DELETE', path)).status).toBe(204);
    expect((await request('GET', path)).status).toBe(404);
  });

  test('NDJSON goes in line by line, and comes out', async () => {
    const ndjson = { 'content-type': 'application/x-ndjson' };
    const projectId = newProject();
    const runs = [{ projectId, runName: 'a', optimizerType: 'gepa' }, { runName: 'b' }, { projectId, runName: 'c', optimizerType: 'gepa' }];
    const bulk = await request('POST', '/v1/runs', { raw: runs.map((run) => `${JSON.stringify(run)}\n`).join(''), headers: ndjson });
    const [one, two, three] = linesIn(bulk.text);
    expect([one, two, three]).toMatchObject([
      { line: 1, status: 201 },
      { line: 2, status: 422 },
      { line: 3, status: 201 },
    ]);
    expect(two.problem).toMatchObject({
      code: 'invalid_input',
      errors: expect.arrayContaining([{ pointer: '#/projectId', detail: expect.any(String) }]),
    });

    const iterations = '{"iteration":1}\r\n\r\n{"iteration":1}\n{"iteration":2}\n{"iteration":\n{"iteration":3}';
    const second = await request('POST', `/v1/runs/${one.id}/iterations`, { raw: iterations, headers: ndjson });
    expect(linesIn(second.text).map(({ line, status }) => [line, status])).toEqual([
      [1, 201],
      [3, 409],
      [4, 201],
      [5, 400],
      [6, 201],
    ]);

    const samples = [0, 1, 'x', 3].map((sampleIndex) => JSON.stringify({ iteration: 1, sampleIndex, input: 'é'.repeat(9) })).join('\n');
    const third = await request('POST', `/v1/runs/${one.id}/samples`, { raw: samples, headers: ndjson });
    expect(linesIn(third.text).map(({ line, status }) => [line, status])).toEqual([
      [1, 201],
      [2, 201],
      [3, 422],
      [4, 201],
    ]);

    const out = { headers: { accept: 'application/x-ndjson' } };
    const rows = await request('GET', `/v1/runs/${one.id}/samples`, out);
    expect(rows.headers.get('content-type')).toBe('application/x-ndjson');
    expect(linesIn(rows.text).map(({ sampleIndex }) => sampleIndex)).toEqual([0, 1, 3]);
    expect(linesIn((await request('GET', `/v1/runs/${one.id}/iterations?limit=2`, out)).text)).toMatchObject([
      { iteration: 1 },
      { iteration: 2 },
    ]);
    expect((await request('GET', `/v1/runs/${ABSENT}/samples`, out)).text).toBe('');
  });

  test('the server tells of itself', async () => {
    expect((await request('GET', '/healthz')).json).toMatchObject({ ok: true });
    const ready = { ready: true, problem: null, database: engine, schemaVersion: MIGRATIONS.at(-1)?.name };
    expect((await request('GET', '/readyz')).json).toMatchObject({ ...ready, events: engine === 'embedded' ? 'poll' : 'listen' });
    const metrics = await request('GET', '/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(metrics.text).toMatch(/^optrail_http_requests_total[{]route="\/v1\/runs",method="POST",status="201"[}] \d+$/m);
    expect(metrics.text).toMatch(/^optrail_http_request_duration_seconds_bucket/m);
    expect(metrics.text).toMatch(/^optrail_database_up 1$/m);
    expect(metrics.text).toMatch(/^optrail_analytics_refresh_age_seconds \d/m);
    expect(metrics.text).toMatch(/^optrail_samples_recorded \d/m);
    expect(/^optrail_pool_connections[{]state="idle"[}]/m.test(metrics.text)).toBe(engine === 'postgres');
    expect((await request('GET', '/v1/openapi.json')).json).toMatchObject({ openapi: '3.1.0' });
    expect((await request('GET', '/docs')).headers.get('content-type')).toMatch(/^text\/html/);
  });

  test('live streams are opened for what can be seen', async () => {
    const { id, projectId } = await aRun();
    for (const path of [`/v1/runs/${id}/events`, `/v1/projects/${projectId}/events`]) {
      const { status, headers } = await request('HEAD', path);
      expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    }
    expect((await request('GET', `/v1/runs/${ABSENT}/events`)).status).toBe(404);
  });

  test('verdicts of a run, and of two', async () => {
    const { id } = await aRun();
    const program = (text: string) => ({ instruction: text });
    for (const iteration of [0, 1]) {
      const body = { iteration, score: 0.25 + iteration / 2, isBaseline: iteration === 0, program: program(`text ${iteration}`) };
      await request('POST', `/v1/runs/${id}/iterations`, { body: { ...body, parentIterations: iteration === 0 ? [] : [0] } });
      const samples = [0, 1, 2, 3].map((sampleIndex) => ({
        iteration,
        sampleIndex,
        input: sampleIndex,
        score: Number(sampleIndex < 1 + 2 * iteration),
      }));
      await request('POST', `/v1/runs/${id}/samples`, { body: { samples } });
    }
    await request('PATCH', `/v1/runs/${id}`, { body: { status: 'completed' } });
    for (const view of ['assessment', 'edits', 'blame', 'regressions', 'bisect', 'hindsight', 'receipt']) {
      expect((await request('GET', `/v1/runs/${id}/${view}`)).status, view).toBe(200);
    }
    for (const view of [`compare?baseline=${id}&candidate=${id}`, `gate?baseline=${id}&candidate=${id}`, `race?runId=${id}&runId=${id}`]) {
      expect((await request('GET', `/v1/${view}`)).status, view).toBe(200);
    }
  });

  test('every route of the table was seen to succeed', () => {
    const seen = new Set(log.filter(({ status }) => status < 300).map(({ method, route }) => `${method.replace('HEAD', 'GET')} ${route}`));
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`).filter((route) => !seen.has(route))).toEqual([]);
  });
});
