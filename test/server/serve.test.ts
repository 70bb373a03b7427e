import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer as createSocketServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer } from '../../src/server.js';
import { cli } from '../cli/process.js';
import { freshDatabase, freshDirectory, temporaryDirectory } from '../support/databases.js';
import { newProject } from '../support/records.js';
import { answered, linesIn } from './server.js';

interface Served {
  url: string;
  process: ChildProcess;
  stderr(): string;
  /** Sends SIGTERM, and gives the exit code and how long it took. */
  stop(): Promise<{ code: number | null; ms: number }>;
}

/** `optrail serve` in a process of its own, as soon as it says where it is. */
async function serve(args: readonly string[], env: Record<string, string> = {}): Promise<Served> {
  const child = spawn(process.execPath, [resolve('dist/cli/main.js'), 'serve', '--port', '0', ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exit = once(child, 'exit');
  const [first] = (await Promise.race([once(child.stdout, 'data'), exit.then(() => [''])])) as [Buffer | string];
  const url = String(first).trim();
  if (url === '') throw new Error(`optrail serve ended: ${stderr}`);
  return {
    url,
    process: child,
    stderr: () => stderr,
    async stop() {
      const began = performance.now();
      child.kill('SIGTERM');
      const [code] = (await exit) as [number | null];
      return { code, ms: performance.now() - began };
    },
  };
}

describe('optrail serve on an embedded database', () => {
  let directory: string;
  let served: Served;

  beforeAll(async () => {
    directory = freshDirectory();
    served = await serve(['--db', directory]);
  });
  afterAll(() => {
    served.process.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  test('says where it is, and that it is open; logs what is asked', async () => {
    expect(served.url).toMatch(/^http:\/\/127[.]0[.]0[.]1:\d+$/);
    expect(served.stderr()).toContain('without a key');
    expect((await fetch(`${served.url}/v1/me`)).status).toBe(200);
    const line = linesIn(served.stderr().slice(served.stderr().indexOf('{'))).find(({ route }) => route === '/v1/me');
    expect(line).toMatchObject({ method: 'GET', status: 200, caller: 'local', requestId: expect.any(String) });
  });

  test('announces itself to other processes, and to its user alone', () => {
    const file = join(directory, 'server.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ url: served.url, pid: served.process.pid });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is called by its own name alone, and by no page of another', async () => {
    expect((await fetch(`${served.url}/v1/me`, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });

  test('a 200 MB body is refused while it is sent', async () => {
    const chunk = new Uint8Array(1024 * 1024).fill(32);
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 200) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${served.url}/v1/runs`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit).then(
      answered,
      () => null,
    );
    // Whoever is still sending may find the connection closed before it reads the answer.
    if (answer !== null) expect(answer.json).toMatchObject({ status: 413, code: 'too_large' });
    expect(sent).toBeLessThan(200);
    const declared = await fetch(`${served.url}/v1/runs`, { method: 'POST', headers, body: Buffer.alloc(40_000_000, 32) }).then(
      answered,
      () => null,
    );
    if (declared !== null) expect(declared.status).toBe(413);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
  });

  test('a second one on the same directory, or the same port, is refused with what to do', async () => {
    const again = await cli(['serve', '--port', '0', '--db', directory]);
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(new RegExp(`database_locked|process ${served.process.pid}|already`));
    const { port } = new URL(served.url);
    const taken = await cli(['serve', '--port', port, '--db', join(directory, 'other'), '--json']);
    expect(taken.code).toBe(1);
    expect(JSON.parse(taken.stderr)).toMatchObject({
      error: {
        code: 'not_configured',
        path: '--port',
        message: expect.stringContaining('another `optrail serve`'),
        hint: expect.stringContaining('--port'),
      },
    });
  });

  test('SIGTERM with open streams and writes under way: goodbye, what was acknowledged is there, and all within 2 s', async () => {
    const projectId = newProject();
    const headers = { 'content-type': 'application/json' };
    const post = (path: string, body: object) =>
      fetch(`${served.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }).then(answered);
    const run = (await post('/v1/runs', { projectId, runName: 'a', optimizerType: 'gepa' })).json;
    const streams = await Promise.all([1, 2, 3].map(() => fetch(`${served.url}/v1/projects/${projectId}/events`)));
    const endings = streams.map((stream) => stream.text());
    const samples = (iteration: number) => Array.from({ length: 50 }, (_, sampleIndex) => ({ iteration, sampleIndex, score: 1 }));
    const writes = Array.from({ length: 10 }, (_, iteration) =>
      post(`/v1/runs/${run.id}/samples`, { samples: samples(iteration) }).then(
        ({ status }) => (status === 200 ? iteration : null),
        () => null,
      ),
    );
    await Promise.race(writes);
    const { code, ms } = await served.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(2_000);
    for (const text of await Promise.all(endings)) expect(text).toMatch(/event: goodbye\nid: .*\ndata: {"reason":"shutdown"}/);
    expect(existsSync(join(directory, 'server.json'))).toBe(false);

    const acknowledged = (await Promise.all(writes)).filter((iteration) => iteration !== null);
    expect(acknowledged.length).toBeGreaterThan(0);
    const server = createServer({ directory, auth: { open: true } });
    try {
      for (const iteration of acknowledged) {
        const url = `http://localhost/v1/runs/${run.id}/samples?iteration=${iteration}`;
        expect((await answered(await server.fetch(new Request(url)))).json.data).toHaveLength(50);
      }
    } finally {
      await server.close();
    }
  });
});

describe('whom optrail serve lets in', () => {
  test('no address that others reach without keys, and never openly', async () => {
    const directory = freshDirectory();
    try {
      const refused = await cli(['serve', '--host', '0.0.0.0', '--port', '0', '--db', directory]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('keys create');
      expect(refused.stdout).toBe('');
      const open = await cli(['serve', '--host', '0.0.0.0', '--port', '0', '--open', '--db', directory]);
      expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('--open')]);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  test('a database on a server asks for keys on this machine too, unless it is opened', async () => {
    const url = await freshDatabase(18, { migrated: true });
    const [guarded, open] = await Promise.all([serve(['--db', url]), serve(['--db', url, '--open'])]);
    try {
      expect((await fetch(`${guarded.url}/v1/me`)).status).toBe(401);
      expect((await fetch(`${open.url}/v1/me`)).status).toBe(200);
    } finally {
      expect((await guarded.stop()).code).toBe(0);
      expect((await open.stop()).code).toBe(0);
    }
  });

  test('a port that another program has is said to be', async () => {
    const other = createSocketServer((_, response) => void response.end('hello')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await cli(['serve', '--port', String(port), '--db', temporaryDirectory()]);
    other.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining('taken by another program')]);
  });
});

describe('the files of the dashboard', () => {
  test('are served with their own paths, and kept for good where their names say their content', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'assets'));
    writeFileSync(join(directory, 'index.html'), '<!doctype html><title>dashboard</title>');
    writeFileSync(join(directory, 'assets', 'index-DiwrgTda.js'), 'export {};');
    writeFileSync(join(directory, 'secret.txt'), 'inside');
    const server = createServer({ memory: true, auth: { open: true }, dashboard: join(directory) });
    const ask = async (path: string, accept = 'text/html,*/*') =>
      answered(await server.fetch(new Request(`http://localhost${path}`, { headers: { accept } })));
    try {
      for (const path of ['/', '/runs/1?tab=2', '/settings']) {
        const { status, text, headers } = await ask(path);
        expect([status, text]).toEqual([200, '<!doctype html><title>dashboard</title>']);
        expect(headers.get('content-security-policy')).toContain("default-src 'self'; script-src 'self'");
        expect(headers.get('cache-control')).toBe('no-cache');
      }
      const asset = await ask('/assets/index-DiwrgTda.js', '*/*');
      expect([asset.text, asset.headers.get('cache-control')]).toEqual(['export {};', 'public, max-age=31536000, immutable']);
      expect(asset.headers.get('content-type')).toContain('text/javascript');
      expect((await ask('/assets/gone-12345678.js', '*/*')).status).toBe(404);
      expect((await ask('/v1/nothing')).json).toMatchObject({ status: 404, code: 'not_found' });
      expect((await ask('/assets/..%2f..%2fetc%2fpasswd', '*/*')).status).toBe(404);
      expect((await server.fetch(new Request('http://localhost/', { method: 'POST' }))).status).toBe(404);
    } finally {
      await server.close();
    }
  });

  test('where there are none, a page says where the documentation is', async () => {
    const server = createServer({ memory: true, auth: { open: true }, dashboard: '/nowhere' });
    try {
      const { status, text } = await answered(await server.fetch(new Request('http://localhost/')));
      expect([status, text]).toEqual([200, expect.stringContaining('href="/docs"')]);
      expect((await server.fetch(new Request('http://localhost/runs/1'))).status).toBe(404);
    } finally {
      await server.close();
    }
  });
});
