import { once } from 'node:events';
import { createServer as createPlainServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient } from '../../src/client/http/http-client.js';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle, TrailClient } from '../../src/client/port.js';
import { cliHere } from '../cli/process.js';
import { freshDatabase } from '../support/databases.js';
import { type HttpServer, startHttp } from '../support/http.js';
import { ABSENT, aRun, newProject } from '../support/records.js';

describe('before a server', () => {
  let databaseUrl: string;
  let server: HttpServer;
  let over: ClientHandle;
  let direct: ClientHandle;
  let runId: string;
  const projectId = newProject();

  beforeAll(async () => {
    databaseUrl = await freshDatabase(18, { migrated: true });
    server = await startHttp({ databaseUrl, rateLimit: false });
    [over, direct] = [server.client(), createClient({ databaseUrl })];
    runId = (await direct.createOptimizationRun(aRun(projectId, { status: 'completed', finalScore: 1 }))).id;
    await direct.createOptimizationIteration({ runId, iteration: 1, score: 1 });
  });
  afterAll(async () => {
    await direct?.close();
    await server?.close();
  });

  /** Calls that are refused, by the schemas here, by the server, or by the database. */
  const REFUSALS: Record<string, (client: TrailClient) => Promise<unknown>> = {
    'an id that is none': (client) => client.getOptimizationRun('no id'),
    'several values at once': (client) => client.createOptimizationRun({ ...aRun(''), runName: '', scoreMax: Number.NaN } as never),
    'a sample of a batch': (client) =>
      client.batchCreateOptimizationSamples([
        { runId, iteration: 1, sampleIndex: 0 },
        { runId, iteration: 1, sampleIndex: -1 },
      ]),
    'a run that is not there': (client) => client.updateOptimizationRun(ABSENT, { notes: 'x' }),
    'a step of status': (client) => client.updateOptimizationRun(runId, { status: 'running' }),
    'a resume of what is completed': (client) => client.resumeOptimizationRun(runId),
    'a number that is taken': (client) => client.createOptimizationIteration({ runId, iteration: 1, score: 0, id: ABSENT }),
    'an iteration that is not there': (client) => client.updateOptimizationIteration(runId, 9, { score: 1 }),
    'a cursor of another list': (client) => client.listOptimizationRuns({ cursor: 'x' }),
    'a parent that is not there': (client) => client.createOptimizationRun(aRun(projectId, { parentRunId: ABSENT })),
  };

  test.each(Object.entries(REFUSALS))('%s is refused in the same words', async (_, call) => {
    const said = (client: TrailClient) => call(client).then(JSON.stringify, (error: { toJSON(): object }) => error.toJSON());
    const refusal = await said(direct);
    expect(refusal).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    expect(await said(over)).toEqual(refusal);
  });

  test('lists longer than a page come whole, in the order and from the place asked for', async () => {
    const { id } = await direct.createOptimizationRun(aRun(projectId));
    // The iterations come as placeholders, and the samples of the last one fill three pages.
    const samples = Array.from({ length: 2_400 }, (_, sampleIndex) => ({ runId: id, iteration: sampleIndex, sampleIndex: 0 }));
    const more = Array.from({ length: 20 }, (_, sampleIndex) => ({ runId: id, iteration: 2_399, sampleIndex: sampleIndex + 1 }));
    expect(await over.batchCreateOptimizationSamples([...samples, ...more])).toEqual({ stored: 2_420, existing: 0 });
    for (const options of [
      {},
      { limit: 1_500 },
      { orderDirection: 'desc', after: 2_300 },
      { limit: 1_000, after: 5, hashes: true },
    ] as const)
      expect(await over.getOptimizationIterations(id, options)).toEqual(await direct.getOptimizationIterations(id, options));
    for (const [limit, options] of [
      [undefined, {}],
      [2_410, { after: { iteration: 3, sampleIndex: 0 } }],
      [100_000, {}],
    ] as const)
      expect(await over.getOptimizationSamples(id, undefined, limit, options)).toEqual(
        await direct.getOptimizationSamples(id, undefined, limit, options),
      );
  });

  test('a batch over several runs is stored whole or not at all', async () => {
    const other = await direct.createOptimizationRun(aRun(newProject()));
    const place = { iteration: 7, sampleIndex: 0, input: 'x' };
    const batch = [
      { runId, ...place },
      { runId: other.id, ...place },
    ];
    await expect(over.batchCreateOptimizationSamples([...batch, { runId: ABSENT, ...place }])).rejects.toMatchObject({ code: 'not_found' });
    expect(await direct.getOptimizationSamples(runId, 7)).toEqual([]);
    expect(await over.batchCreateOptimizationSamples(batch)).toEqual({ stored: 2, existing: 0 });
    expect(await over.batchCreateOptimizationSamples(batch)).toEqual({ stored: 0, existing: 2 });
    expect(await over.batchCreateOptimizationSamples([])).toEqual({ stored: 0, existing: 0 });
  });

  test('what is large is compressed on its way to another machine', async () => {
    const encodings: unknown[] = [];
    const remote = createHttpClient({
      url: server.url.replace('127.0.0.1', 'optrail.example'),
      fetch: (input, init) => {
        encodings.push(new Headers(init?.headers).get('content-encoding'));
        return fetch(String(input).replace('optrail.example', '127.0.0.1'), init);
      },
    });
    const program = { prompt: 'Grüße 🎯 '.repeat(20_000) };
    await remote.createOptimizationIteration({ runId, iteration: 20, program });
    await remote.createOptimizationIteration({ runId, iteration: 21, program: 'short' });
    expect(encodings).toEqual(['gzip', null]);
    expect(await direct.getOptimizationIterations(runId, { after: 19, limit: 1 })).toMatchObject([{ program }]);
  });

  test('what the server does not take is too large, and nothing of it is stored', async () => {
    const small = await startHttp({ databaseUrl, maxBodyBytes: 50_000 });
    onTestFinished(() => small.close());
    const samples = [0, 1].map((sampleIndex) => ({ runId, iteration: 30, sampleIndex, input: 'x'.repeat(30_000) }));
    await expect(small.client().batchCreateOptimizationSamples(samples)).rejects.toMatchObject({
      code: 'too_large',
      hint: expect.stringContaining('less at once'),
    });
    expect(await direct.getOptimizationSamples(runId, 30)).toEqual([]);
  });

  test('keys that cannot be one, or are none, are said so', async () => {
    for (const apiKey of ['', 'two words', 'line\nend']) expect(() => server.client({ apiKey })).toThrow(/apiKey/);
    const stranger = server.client({ apiKey: `optrail_AbCd1234_${'x'.repeat(43)}` });
    await expect(stranger.listProjects()).rejects.toMatchObject({ code: 'unauthenticated', hint: expect.any(String) });
    const { secret } = await direct.createApiKey(projectId, { name: 'reader', scope: 'read' });
    const reader = createClient({ url: server.url, apiKey: secret });
    expect(await reader.getOptimizationRun(runId)).toEqual(await direct.getOptimizationRun(runId));
    await expect(reader.updateOptimizationRun(runId, { notes: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(reader.as({ sub: 'x' }).listProjects()).rejects.toMatchObject({ code: 'not_configured' });
  });

  test('a client is at one place, and a key goes with a server', async () => {
    for (const options of [
      { url: server.url, databaseUrl },
      { apiKey: 'x' },
      { url: 'ftp://host' },
      { url: server.url, hangAfterMs: 5_000 },
    ])
      await expect(createClient(options).listProjects()).rejects.toMatchObject({ code: 'not_configured' });
  });

  test('the command line reads and writes through it, and says where it cannot', async () => {
    const { secret } = await direct.createApiKey(projectId, { name: 'cli', scope: 'write' });
    const env = { OPTRAIL_API_KEY: secret };
    const list = await cliHere(['runs', 'list', '--db', server.url, '--project', projectId, '--json'], { env });
    expect(JSON.parse(list.stdout).data ?? JSON.parse(list.stdout)).toContainEqual(expect.objectContaining({ id: runId }));
    const byName = await cliHere(['runs', 'show', runId, '--json'], { env: { ...env, OPTRAIL_URL: server.url } });
    expect(JSON.parse(byName.stdout)).toMatchObject({ runId, finalScore: 1 });
    for (const command of ['migrate', 'serve']) {
      const refused = await cliHere([command, '--db', server.url, '--json']);
      expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: 'not_configured', hint: expect.stringContaining('OPTRAIL_URL') } });
    }
  });

  test('a client that is closed waits for what is under way, and takes no more', async () => {
    const client = createClient({ url: server.url });
    const running = client.getOptimizationRun(runId);
    const closing = client.close();
    await expect(client.listProjects()).rejects.toMatchObject({ code: 'closed' });
    await closing;
    expect(await running).toMatchObject({ id: runId });
  });
});

/** What stands at a URL that is no Optrail server, or between it and you, and what is made of it. */
const OTHERS: [name: string, answer: (response: ServerResponse) => void, error: object][] = [
  ['a page', (response) => send(response, 200, 'text/html', '<html>'), { code: 'server_error', retryable: false, hint: /Another service/ }],
  ['a page that says no', (response) => send(response, 404, 'text/html', '<html>'), { code: 'server_error', message: /404 and text.html/ }],
  ['JSON of somebody else', (response) => send(response, 404, 'application/json', '{"error":"nope"}'), { code: 'server_error' }],
  ['JSON that is cut off', (response) => send(response, 200, 'application/json', '{"id":'), { code: 'server_error' }],
  [
    'a run without its name',
    (response) => send(response, 200, 'application/json', '{"id":"x"}'),
    { code: 'server_error', path: 'projectId' },
  ],
  [
    'a redirect',
    (response) => response.writeHead(302, { location: 'https://login.example' }).end(),
    { code: 'server_error', message: /login.example/ },
  ],
  ['a gateway', (response) => send(response, 502, 'text/html', '<html>'), { code: 'server_unreachable', retryable: true }],
  [
    'a proxy with a limit on requests',
    (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
    { code: 'rate_limited', retryable: true, hint: /7 s/ },
  ],
  ['a proxy with a limit on bodies', (response) => send(response, 413, 'text/html', ''), { code: 'too_large' }],
  ['a connection that is cut', (response) => response.destroy(), { code: 'server_unreachable', retryable: true }],
  [
    'a server that stops',
    (response) => send(response, 503, 'application/problem+json', '{"code":"closed","detail":"The client was closed.","retryable":false}'),
    { code: 'server_unreachable', retryable: true },
  ],
  [
    'a route that is not known there',
    (response) => send(response, 404, 'application/problem+json', '{"code":"not_found","detail":"There is nothing.","retryable":false}'),
    { code: 'not_found' },
  ],
];

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}

async function standIn(answer: (response: ServerResponse) => void): Promise<{ server: Server; url: string }> {
  const server = createPlainServer((_, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('before something else', () => {
  test.each(OTHERS)('%s', async (_, answer, expected) => {
    const { url } = await standIn(answer);
    const error = await createHttpClient({ url })
      .getOptimizationRun(ABSENT)
      .catch((thrown: unknown) => thrown);
    const matching = Object.entries(expected).map(([key, value]) => [key, value instanceof RegExp ? expect.stringMatching(value) : value]);
    expect(error).toMatchObject(Object.fromEntries(matching));
  });

  test('nobody at all', async () => {
    const { server, url } = await standIn(() => {});
    server.close();
    await expect(createHttpClient({ url }).listProjects()).rejects.toMatchObject({
      code: 'server_unreachable',
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
      hint: expect.stringContaining(`\`optrail serve\` runs at ${url}`),
    });
  });

  test('somebody who never answers, until the signal fires', async () => {
    const { url } = await standIn(() => {});
    const abort = new AbortController();
    setTimeout(() => abort.abort('enough'), 50);
    const call = createHttpClient({ url }).listProjects({ signal: abort.signal });
    await expect(call).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
  });

  test('somebody who says that a list goes on, and gives nothing', async () => {
    const { url } = await standIn((response) => send(response, 200, 'application/json', '{"data":[],"hasMore":true,"nextCursor":"again"}'));
    await expect(createHttpClient({ url }).getOptimizationIterations(ABSENT)).rejects.toMatchObject({ code: 'server_error' });
  });
});
