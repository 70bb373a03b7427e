import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { createHttpClient } from '../../src/client/http/http-client.js';
import { createClient } from '../../src/client/open/create-client.js';
import { announceServer } from '../../src/processes/server-file.js';
import { freshDirectory } from '../support/databases.js';
import { startHttp } from '../support/http.js';
import { type NodeProcess, runNode } from '../support/node.js';
import { aRun } from '../support/records.js';

/** Runs `optrail serve` on a directory, as somebody types it. */
const SERVE = `
  const [directory] = process.argv.slice(1);
  process.argv = [process.argv[0], 'optrail', 'serve', '--port', '0', '--db', directory];
  await import(dist('cli/main.js'));`;

/** Records a run where nothing is configured, and says what it finds. */
const RECORD = `
  const [project, name] = process.argv.slice(1);
  process.chdir(project);
  const { trackRun, listOptimizationRuns } = await import(dist('index.js'));
  const options = { projectId: 'p', optimizerType: 'custom', runName: name, strict: true };
  await trackRun(options, async (run) => { await run.record({ score: 0.5, samples: [{ input: 'x', score: 0.5 }] }); });
  const { data } = await listOptimizationRuns({ projectId: 'p' });
  console.log('found ' + JSON.stringify(data.map(({ runName }) => runName).sort()));
  process.exit();`;

async function serving(directory: string): Promise<NodeProcess & { url: string }> {
  const server = runNode(SERVE, directory);
  const line = await server.line('http://');
  return { ...server, url: line.trim() };
}

async function end({ child, ended }: NodeProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended;
}

describe('a directory that a server has open', () => {
  let project: string;
  let directory: string;
  let server: Awaited<ReturnType<typeof serving>>;

  beforeAll(async () => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'optrail-project-')));
    writeFileSync(join(project, 'package.json'), '{}');
    directory = join(project, '.optrail');
    cpSync(inject('embedded'), directory, { recursive: true });
    server = await serving(directory);
  });
  afterAll(async () => {
    await end(server, 'SIGKILL');
    rmSync(project, { recursive: true, force: true });
  });

  test('is recorded into by a script without any configuration, and both see the run', async () => {
    const page = createHttpClient({ url: server.url });
    await page.createOptimizationRun(aRun('p', { runName: 'by the page' }));
    const script = runNode(RECORD, project, 'by the script');
    expect(await script.line('found')).toBe('found ["by the page","by the script"]');
    expect((await script.ended).stderr).toBe('');
    const { data } = await page.listOptimizationRuns({ projectId: 'p' });
    expect(data).toMatchObject([
      { runName: 'by the script', status: 'completed', iterations: 1, samplesEvaluated: 1 },
      { runName: 'by the page' },
    ]);
  });

  test('is gone on with when the server ends, in the same client, and nobody is announced any more', async () => {
    const client = createClient({ directory });
    const run = await client.createOptimizationRun(aRun('p', { runName: 'across the end' }));
    await expect(client.as({ sub: 'x' }).listProjects()).rejects.toMatchObject({ code: 'not_configured' });
    expect(existsSync(join(directory, 'server.json'))).toBe(true);
    await end(server, 'SIGTERM');
    expect(existsSync(join(directory, 'server.json'))).toBe(false);
    expect(await client.updateOptimizationRun(run.id, { notes: 'itself' })).toMatchObject({ runName: 'across the end', notes: 'itself' });
    expect(await client.as({ optrail_projects: { p: 'viewer' } }).listProjects()).toMatchObject([{ id: 'p', runs: 3 }]);
    await client.close();
  });

  test('is joined again when another server comes, and free when that one is killed, whatever it left', async () => {
    server = await serving(directory);
    const client = createClient({ directory });
    expect(await client.listOptimizationRuns({ projectId: 'p' })).toMatchObject({ data: { length: 3 } });
    await end(server, 'SIGKILL');
    expect(JSON.parse(readFileSync(join(directory, 'server.json'), 'utf8'))).toMatchObject({ url: server.url });
    expect(await client.listOptimizationRuns({ projectId: 'p' })).toMatchObject({ data: { length: 3 } });
    await client.close();
  });
});

test('a directory that another program has open stays locked, whoever is announced there', async () => {
  const directory = freshDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const owner = createClient({ directory });
  await owner.listProjects();
  const locked = async () => expect(createClient({ directory }).listProjects()).rejects.toMatchObject({ code: 'database_locked' });
  await locked();

  // Somebody else took the port of a server that lives and listens no more.
  const stranger = createServer((_, response) => response.end('{"ok":true,"instance":"another"}')).listen(0, '127.0.0.1');
  const url = await new Promise<string>((resolve) =>
    stranger.once('listening', () => resolve(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}`)),
  );
  const withdraw = announceServer(directory, { url, instance: 'mine' });
  await locked();
  withdraw();
  for (const left of ['', '{"url":', '{"url":"http://127.0.0.1:1","instance":"x"}']) {
    writeFileSync(join(directory, 'server.json'), left);
    await locked();
  }
  stranger.close();
  await owner.close();
});

test('a server that asks for a key is gone through with one, and not without', async () => {
  const directory = freshDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const owner = createClient({ directory });
  await owner.createProject({ id: 'p' });
  const { secret } = await owner.createApiKey('p', { name: 'script' });
  await owner.close();

  const server = await startHttp({ directory, auth: { open: false } });
  onTestFinished(() => server.close());
  await server.client({ apiKey: secret }).listProjects();
  const withdraw = announceServer(directory, { url: server.url, instance: server.instance });
  await expect(createClient({ directory }).listProjects()).rejects.toMatchObject({ code: 'database_locked' });
  vi.stubEnv('OPTRAIL_API_KEY', secret);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await createClient({ directory }).listProjects()).toMatchObject([{ id: 'p' }]);
  withdraw();
});
