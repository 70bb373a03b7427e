import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import canonicalizeModule from 'canonicalize';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { freshDatabase } from '../support/databases.js';
import { type HttpServer, SECRET, startHttp } from '../support/http.js';
import { ABSENT, aRun } from '../support/records.js';
import { type Trail, trailAt } from '../support/trails.js';
import { ENTRIES, type Entry, NOT_OVER_HTTP } from './entries.js';
import { HTTP_ROWS, type HttpTarget } from './http-list.js';
import { ROWS } from './list.js';
import type { Target } from './senders.js';
import { COUNTS, makeTarget } from './target.js';
import { type Received, type Sent, send, sendBytes } from './wire.js';

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;
const MEBIBYTE = 1024 * 1024;
const OUTSIDE = 'what lies outside of the page';

/** What has a test of its own below. */
const BELOW: readonly Entry[] = [
  "another tenant's id",
  'a gzip bomb',
  'a 200 MB body',
  'duplicate keys',
  'a byte order mark',
  'a huge header',
  'a slow body',
];
/** What is taken and must come back, through the client over HTTP: the rows of the SDK. A query of half a megabyte is none that HTTP has. */
const KEPT = ROWS.filter((row) => 'back' in row && !BELOW.includes(row.entry) && !row.sent.startsWith('70,000'));

test('every entry of the list is sent over HTTP, but what has no form in it', () => {
  const sent = new Set([...[...HTTP_ROWS, ...KEPT].map(({ entry }) => entry), ...BELOW]);
  expect([...sent, ...NOT_OVER_HTTP].sort()).toEqual([...ENTRIES].sort());
});

describe('hostile input over HTTP', () => {
  let trail: Trail;
  let server: HttpServer;
  let own: Target;
  let target: HttpTarget;
  let files: string;

  beforeAll(async () => {
    const databaseUrl = await freshDatabase(18, { migrated: true });
    trail = trailAt(databaseUrl);
    files = mkdtempSync(join(tmpdir(), 'optrail-hostile-'));
    mkdirSync(join(files, 'page', 'assets'), { recursive: true });
    writeFileSync(join(files, 'page', 'index.html'), 'the page');
    writeFileSync(join(files, 'secret.txt'), OUTSIDE);
    server = await startHttp({ databaseUrl, dashboard: join(files, 'page'), rateLimit: false });
    const client = server.client();
    own = await makeTarget(client, server.as);
    const { projectId, strangersProject, runId } = own;
    const [key, strangersKey] = await Promise.all([
      client.createApiKey(projectId, { name: 'own', scope: 'write' }),
      client.createApiKey(strangersProject, { name: 'of a stranger', scope: 'write' }),
    ]);
    target = { projectId, strangersProject, runId, key: key.secret, strangersKey: strangersKey.secret };
  });
  afterAll(async () => {
    await server?.close();
    await trail?.close();
    rmSync(files, { recursive: true, force: true });
  });

  const stored = async () => (await trail.sql(COUNTS))[0];
  const ask = (sent: Sent) => send(server.url, { bearer: target.key, ...sent });
  const posted = (body: string | Uint8Array, headers?: Record<string, string>) =>
    ask({ path: '/v1/runs', body, ...(headers === undefined ? {} : { headers }) });
  const isAlive = async () => {
    const { status, json } = await ask({ method: 'GET', path: `/v1/runs/${target.runId}` });
    expect({ status, id: json.id }).toEqual({ status: 200, id: target.runId });
  };
  const aRunOf = (rest: object = {}) => JSON.stringify({ ...aRun(target.projectId), ...rest });

  test.each([...new Set(HTTP_ROWS.map(({ entry }) => entry))])('%s is refused, and nothing of it is stored', async (entry) => {
    const before = await stored();
    for (const row of HTTP_ROWS.filter((each) => each.entry === entry)) {
      const { status, headers, json, text } = await ask(row.request(target));
      const pointers = json?.errors && [...new Set(json.errors.map(({ pointer }: { pointer: string }) => pointer))];
      expect({ status, code: json?.code, pointers }, `${row.sent}: ${text.slice(0, 300)}`).toEqual({
        status: row.status,
        code: row.code,
        pointers: row.pointers ?? (row.status === 415 ? expect.anything() : undefined),
      });
      expect(json.retryable, row.sent).toBe(false);
      expectInert({ headers }, row.sent);
    }
    expect(await stored()).toEqual(before);
    await isAlive();
    expect({}).not.toHaveProperty('polluted');
  });

  test.each([...new Set(KEPT.map(({ entry }) => entry))])('%s comes back as it was given, through the client', async (entry) => {
    for (const row of KEPT) {
      if (row.entry !== entry || !('back' in row)) continue;
      const { wanted, got } = await row.back(own);
      expect(canonicalize(got), row.sent).toBe(canonicalize(wanted));
    }
  });

  test("another tenant's id is answered as one that is absent", async () => {
    const before = await stored();
    const { runId, strangersProject, strangersKey } = target;
    const requests: ((id: string) => Sent)[] = [
      (id) => ({ method: 'GET', path: `/v1/runs/${id}` }),
      (id) => ({ method: 'GET', path: `/v1/runs/${id}?projectId=${target.projectId}` }),
      (id) => ({ method: 'PATCH', path: `/v1/runs/${id}`, body: '{"notes":"mine now"}' }),
      (id) => ({ method: 'DELETE', path: `/v1/runs/${id}` }),
      (id) => ({ path: `/v1/runs/${id}/progress`, body: '{}' }),
      (id) => ({ path: `/v1/runs/${id}/iterations`, body: '{"iteration":1}' }),
      (id) => ({ path: `/v1/runs/${id}/iterations`, body: `{"iteration":1,"projectId":"${strangersProject}"}` }),
      (id) => ({ path: `/v1/runs/${id}/samples`, body: '{"samples":[{"iteration":1,"sampleIndex":0}]}' }),
      (id) => ({ path: '/v1/samples', body: `{"samples":[{"runId":"${id}","iteration":1,"sampleIndex":0}]}` }),
      (id) => ({ path: '/v1/runs', body: JSON.stringify(aRun(strangersProject, { parentRunId: id })) }),
      (id) => ({ method: 'GET', path: `/v1/runs?parentRunId=${id}&count=true` }),
      (id) => ({ method: 'GET', path: `/v1/curves?runId=${id}` }),
      (id) => ({ method: 'GET', path: `/v1/runs/${id}/best` }),
    ];
    for (const request of requests) {
      const told = async (id: string) => {
        const { status, text } = await ask({ bearer: strangersKey, ...request(id) });
        return { status, text: text.replaceAll(id, 'ID') };
      };
      expect(await told(runId)).toEqual(await told(ABSENT));
    }
    expect(await stored()).toEqual(before);
  });

  test('a gzip bomb is refused before it has gone off', async () => {
    // A gigabyte of spaces: members of a gzip may follow each other.
    const bomb = Buffer.concat(Array(1024).fill(gzipSync(Buffer.alloc(MEBIBYTE, 32))));
    const before = await stored();
    for (const path of ['/v1/runs', `/v1/runs/${target.runId}/samples`]) {
      const { answer, grown } = await watched(() => ask({ path, body: bomb, headers: { 'content-encoding': 'gzip' } }));
      expect(answer.json).toMatchObject({ status: 413, code: 'too_large', retryable: false });
      expect(grown).toBeLessThan(200 * MEBIBYTE);
    }
    const twice = await posted(gzipSync(bomb), { 'content-encoding': 'gzip, gzip' });
    expect(twice.json).toMatchObject({ status: 415, code: 'invalid_input' });
    expect(await stored()).toEqual(before);
    await isAlive();
  });

  test('a 200 MB body is refused: unread where it says how long it is, and else as soon as it is too long', async () => {
    const piece = Buffer.alloc(MEBIBYTE, 32);
    const pieces = () => Array<Buffer>(200).fill(piece);
    const before = await stored();
    const declared = await ask({ path: '/v1/runs', headers: { 'content-length': String(200 * MEBIBYTE) }, body: pieces() });
    expect(declared.json).toMatchObject({ status: 413, code: 'too_large' });
    expect(declared.taken).toBeLessThan(16 * MEBIBYTE);
    const { answer, grown } = await watched(() => ask({ path: '/v1/runs', body: pieces() }));
    expect(answer.json).toMatchObject({ status: 413, code: 'too_large', hint: expect.stringContaining('x-ndjson') });
    expect(answer.taken).toBeLessThan(48 * MEBIBYTE);
    expect(grown).toBeLessThan(150 * MEBIBYTE);
    // Who sends all of it before reading anything gets the answer too, and no broken connection.
    const whole = await posted(Buffer.alloc(40 * MEBIBYTE, 32));
    expect(whole.json).toMatchObject({ status: 413, code: 'too_large' });
    expect(await stored()).toEqual(before);
    await isAlive();
  });

  test('of a million lines no more are read than a request may have', async () => {
    const { text } = await posted('\n'.repeat(1_000_000), { 'content-type': 'application/x-ndjson' });
    expect(JSON.parse(text)).toMatchObject({ line: 100_001, status: 413, problem: { code: 'too_large' } });
  });

  test('a line that is hostile stops no other', async () => {
    const lines = [aRunOf(), '{"__proto__":1}', '[[[', '{"finalScore":1e400}', '\ud800', brokenUtf8(), aRunOf({ runName: '\r\n' })];
    const raw = Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')])));
    const { text } = await posted(raw, { 'content-type': 'application/x-ndjson' });
    const statuses = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).status);
    expect(statuses).toEqual([201, 422, 400, 422, 400, 400, 201]);
  });

  test('of duplicate keys the last one counts, for what is checked and for what is stored', async () => {
    const before = await stored();
    const foreign = `{"projectId":"${target.projectId}","projectId":"${target.strangersProject}","runName":"a","optimizerType":"gepa"}`;
    expect((await posted(foreign)).json).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await posted(aRunOf().replace('{', '{"runName":1,').replace(/}$/, ',"runName":2}'))).status).toBe(422);
    expect(await stored()).toEqual(before);
    const taken = await posted(aRunOf().replace(/}$/, ',"runName":"second","metadata":{"a":1,"a":2}}'));
    expect(taken.json).toMatchObject({ runName: 'second', metadata: { a: 2 } });
    const twice = await ask({ method: 'GET', path: `/v1/runs?projectId=${target.projectId}&projectId=${target.strangersProject}` });
    expect(twice.json).toMatchObject({ status: 422, errors: [{ pointer: '#/projectId' }] });
  });

  test('a byte order mark is no part of the JSON, once', async () => {
    expect((await posted(`\ufeff${aRunOf()}`)).status).toBe(201);
    expect((await posted(`\ufeff\ufeff${aRunOf()}`)).json).toMatchObject({ status: 400, detail: expect.stringContaining('at character') });
    expect((await posted(aRunOf({ runName: '\ufeffinside' }))).json.runName).toBe('\ufeffinside');
  });

  test('numbers and keys that JavaScript reads its own way are stored as it reads them', async () => {
    const body = aRunOf().replace(/}$/, ',"metadata":{"__proto__":{"polluted":1},"constructor":{"prototype":1},"n":9007199254740993}}');
    const { text } = await posted(body);
    expect(text).toContain('"__proto__":{"polluted":1}');
    expect(JSON.parse(text).metadata).toMatchObject({ n: 2 ** 53, constructor: { prototype: 1 } });
    expect({}).not.toHaveProperty('polluted');
  });

  test('markup comes back as data that no browser takes for a page', async () => {
    const markup = '<script>alert(1)</script><img src=x onerror=alert(1)>';
    const { json } = await posted(aRunOf({ runName: markup, notes: markup }));
    const accept = 'text/html,application/xhtml+xml,*/*;q=0.8';
    const paths = [`/v1/runs/${json.id}`, `/v1/runs?search=${encodeURIComponent(markup)}`, `/v1/${markup}`, `/v1/runs/${markup}`];
    for (const path of paths) expectInert(await ask({ method: 'GET', path: encodeURI(path), headers: { accept } }), path);
    const page = await ask({ method: 'GET', path: `/${encodeURIComponent(markup)}`, headers: { accept } });
    expect([page.text, page.headers['content-security-policy']]).toEqual(['the page', expect.stringContaining("script-src 'self';")]);
  });

  test('CR LF is no end of a header, neither of what comes in nor of what goes out', async () => {
    const evil = 'a\r\nSet-Cookie: evil=1';
    await Promise.all([1, 2].map((each) => posted(aRunOf({ runName: evil, id: `${ABSENT.slice(0, -1)}${each}` }))));
    const search = encodeURIComponent(evil);
    const page = await ask({ method: 'GET', path: `/v1/runs?limit=1&search=${search}`, headers: { 'x-request-id': 'a%0d%0aEvil:1' } });
    expect(page.json.data).toMatchObject([{ runName: evil }]);
    expect(page.headers).not.toHaveProperty('set-cookie');
    expect(page.headers.link).toContain('%0D%0A');
    expect(page.headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
    const heads = [
      'X-Request-Id: a\rEvil: 1',
      'X-Request-Id: a\nEvil: 1\0',
      'X-Evil : 1',
      ' folded: 1',
      'Content-Length: 5\r\nTransfer-Encoding: chunked',
      'Content-Length: 5\r\nContent-Length: 6',
      'Content-Length: -1',
      'Transfer-Encoding: chunked, identity',
    ];
    for (const head of heads) {
      const text = await sendBytes(
        server.url,
        `POST /v1/runs HTTP/1.1\r\nHost: localhost\r\n${head}\r\nConnection: close\r\n\r\n0\r\n\r\n`,
      );
      expect(text, head).toMatch(/^HTTP\/1\.1 400 /);
    }
    await isAlive();
  });

  test('a huge header is refused by its size, and what is no HTTP at all too', async () => {
    const sent = (head: string) => sendBytes(server.url, `${head}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    expect(await sent(`GET /v1/me HTTP/1.1\r\nX-Huge: ${'x'.repeat(20_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await sent(`GET /v1/runs?search=${'x'.repeat(20_000)} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await sent(`GET /v1/me HTTP/1.1${'\r\nX-Many: 1'.repeat(3_000)}`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await sent('\x16\x03\x01\x02\x00\x01\x00')).toMatch(/^HTTP\/1\.1 400 /);
    expect(await sent(`GET /v1/me\0 HTTP/1.1`)).toMatch(/^HTTP\/1\.1 400 /);
    await isAlive();
  });

  test('who calls an open server by a name that is not its own is refused, over a socket too', async () => {
    for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost@evil.example', 'evil.example#localhost'])
      expect(await sendBytes(server.url, `GET /v1/projects HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).toMatch(
        /^HTTP\/1\.1 40[03] /,
      );
    const absolute = `GET http://localhost/v1/projects HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
    expect(await sendBytes(server.url, absolute)).toMatch(/^HTTP\/1\.1 40[03] /);
  });

  test('a body that never ends is given up when the time is over, and nothing of it is stored', async () => {
    const impatient = await startHttp({ databaseUrl: trail.url, auth: { jwtSecret: SECRET }, timeoutMs: 300 });
    onTestFinished(() => impatient.close());
    const before = await stored();
    const begun = (type: string) =>
      `POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${target.key}\r\nContent-Type: ${type}\r\nContent-Length: 9000\r\nConnection: close\r\n\r\n`;
    const answer = await sendBytes(impatient.url, `${begun('application/json')}${aRunOf().slice(0, -1)}`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"aborted"');
    const line = await sendBytes(impatient.url, `${begun('application/x-ndjson')}${aRunOf().slice(0, -1)}`);
    expect(line).toMatch(/^HTTP\/1\.1 408 /);
    expect(await stored()).toEqual(before);
  });

  test('who hangs up in the middle of a body has stored nothing, and is no fault of the server', async () => {
    const log: { status: number; route: string }[] = [];
    const write = (fields: object) => void log.push(fields as never);
    const logger = { info: write, warn: write, error: write };
    const logged = await startHttp({ databaseUrl: trail.url, auth: { jwtSecret: SECRET }, logger });
    onTestFinished(() => logged.close());
    const before = await stored();
    const { hostname, port } = new URL(logged.url);
    const head = `POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${target.key}\r\nContent-Type: application/json\r\n`;
    connect(Number(port), hostname).end(`${head}Content-Length: 9000\r\n\r\n${aRunOf()}`);
    await vi.waitUntil(() => log.length > 0, { interval: 5 });
    expect(log).toEqual([expect.objectContaining({ route: '/v1/runs', status: 408 })]);
    expect(await stored()).toEqual(before);
  });

  test('a live stream ends when its key is revoked meanwhile, and tells nothing of what comes then', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const client = server.client();
    const { id, secret } = await client.createApiKey(target.projectId, { name: 'to be revoked', scope: 'read' });
    const path = `/v1/runs/${target.runId}/events`;
    const following = ask({ method: 'GET', path, bearer: secret });
    // The stream stands when its timers do.
    await vi.waitUntil(() => vi.getTimerCount() >= 2, { interval: 5 });
    await trail.client.revokeApiKey(target.projectId, id);
    await vi.advanceTimersByTimeAsync(60_000);
    const { status, text } = await following;
    expect(status).toBe(200);
    expect(text).toContain('event: hello');
    expect(text).toMatch(/event: goodbye\n.*data: {"reason":"unauthorized"}\n\n$/s);
    expect((await ask({ method: 'GET', path, bearer: secret })).json).toMatchObject({
      status: expect.toSatisfy((each) => [401, 404].includes(each)),
    });
  });
});

/** Neither shown as a page nor guessed to be one, and nothing of it would run. */
function expectInert({ headers }: Pick<Received, 'headers'>, what: string): void {
  expect(headers['content-type'], what).toMatch(/^application\/(problem\+)?json$/);
  expect(headers['x-content-type-options'], what).toBe('nosniff');
  expect(headers['content-security-policy'], what).toMatch(/^default-src 'none';/);
}

function brokenUtf8(): Buffer {
  return Buffer.from([0x22, 0xff, 0x22]);
}

/** What a call gives, and by how many bytes the memory in use grew meanwhile, at most. */
async function watched(call: () => Promise<Received>): Promise<{ answer: Received; grown: number }> {
  const used = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const before = used();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, used());
  }, 5);
  try {
    const answer = await call();
    return { answer, grown: Math.max(most, used()) - before };
  } finally {
    clearInterval(timer);
  }
}
