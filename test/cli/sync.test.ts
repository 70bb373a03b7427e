import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { lineOf } from '../../src/journal/format.js';
import { freshDatabase, freshDirectory, temporaryDirectory } from '../support/databases.js';
import { runNode } from '../support/node.js';
import { startProxy } from '../support/proxy.js';
import { cliHere } from './process.js';

/** Records into a database that is away for it, and says when all of it lies in the journal. */
const RECORD = `
  const { createClient, trackRun } = await import(dist('index.js'));
  const [kind, place, directory, end] = process.argv.slice(1);
  const client = createClient(kind === 'url' ? { databaseUrl: place } : { directory: place });
  await trackRun(
    { projectId: 'p', optimizerType: 'custom', runName: 'kept', client, flushTimeoutMs: 300, onWarning: () => {}, ...(directory ? { journal: directory } : {}) },
    async (run) => {
      for (let number = 0; number < 20; number += 1) {
        await run.record({ score: number / 20, program: { text: 'p' + number }, samples: [{ input: 'i', score: 1 }, { score: 0 }] });
      }
      let report;
      do report = await run.flush({ timeoutMs: 100 }); while (report.kept !== 20);
      if (end === 'hang') { console.log('kept ' + run.id); await new Promise((resolve) => setTimeout(resolve, 60000)); }
    },
  );
  console.log('ended');`;

const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await cliHere([...args, '--json']);
  return { code, stderr, data: stdout === '' ? null : JSON.parse(stdout) };
};

function files(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory).filter((name) => name !== '.gitignore') : [];
}

async function stored(options: { databaseUrl: string } | { directory: string }) {
  const client = createClient(options);
  const { data } = await client.listOptimizationRuns({ projectId: 'p' });
  const [run] = data;
  const samples = run === undefined ? [] : await client.getOptimizationSamples(run.id);
  await client.close();
  return { runs: data.length, status: run?.status, iterations: run?.iterations, samples: samples.length, finalScore: run?.finalScore };
}

async function proxied() {
  const databaseUrl = await freshDatabase(18, { migrated: true });
  const proxy = await startProxy(databaseUrl);
  onTestFinished(() => proxy.close());
  return { databaseUrl, proxy };
}

describe('sync', () => {
  test('says so where the directory that is named is not there', async () => {
    const { code, stderr } = await cliHere(['sync', '--dir', join(temporaryDirectory(), 'jurnal')]);
    expect(code).toBe(1);
    expect(stderr).toContain('There is no directory');
    expect(stderr).toContain('Leave --dir out');
  });

  test('sends what a process that was killed left, once, and says what it did', async () => {
    const { databaseUrl, proxy } = await proxied();
    proxy.blackhole = true;
    const directory = temporaryDirectory();
    const recording = runNode(RECORD, 'url', proxy.url, directory, 'hang');
    await recording.line('kept');

    const busy = await json('sync', '--dir', directory, '--db', proxy.url);
    expect(busy).toMatchObject({ code: 0, data: [{ sent: 0, note: 'in use by a process that runs' }] });
    recording.child.kill('SIGKILL');
    await recording.ended;
    proxy.blackhole = false;
    proxy.cut();

    const elsewhere = await json('sync', '--dir', directory, '--db', databaseUrl);
    expect(elsewhere).toMatchObject({ code: 1, data: [{ sent: 0, note: expect.stringContaining('--all sends it here') }] });
    const { code, data } = await json('sync', '--dir', directory, '--db', proxy.url);
    expect({ code, data }).toMatchObject({ code: 0, data: [{ sent: 41, pending: 0, rejected: 0, damaged: 0, note: null }] });
    // Killed before its end: the run runs on, until it counts as stale.
    expect(await stored({ databaseUrl })).toEqual({ runs: 1, status: 'running', iterations: 20, samples: 40, finalScore: null });
    expect(files(directory)).toEqual([]);
    expect(await json('sync', '--dir', directory, '--db', proxy.url)).toMatchObject({ code: 0, data: [] });
  }, 60_000);

  test('the end of a run is kept too, and a damaged line costs itself alone', async () => {
    const { databaseUrl, proxy } = await proxied();
    proxy.blackhole = true;
    const directory = temporaryDirectory();
    const recording = runNode(RECORD, 'url', proxy.url, directory, 'end');
    await recording.line('ended');
    recording.child.kill('SIGKILL');
    await recording.ended;
    proxy.blackhole = false;
    proxy.cut();
    const [name = ''] = files(directory).filter((each) => each.endsWith('.jsonl'));
    appendFileSync(join(directory, name), 'not a record\n{"kind":"requ');

    const { code, data, stderr } = await json('sync', '--dir', directory, '--db', proxy.url);
    expect({ code, data }).toMatchObject({ code: 1, data: [{ sent: 42, pending: 0, damaged: 1 }] });
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ error: { code: 'recording_failed' } });
    expect(await stored({ databaseUrl })).toEqual({ runs: 1, status: 'completed', iterations: 20, samples: 40, finalScore: 0.95 });
  }, 60_000);

  test('what a process had in memory when it exited is kept as well', async () => {
    const { databaseUrl, proxy } = await proxied();
    proxy.blackhole = true;
    const directory = temporaryDirectory();
    const recording = runNode(
      `const { createClient, trackRun } = await import(dist('index.js'));
       const [databaseUrl, journal] = process.argv.slice(1);
       const client = createClient({ databaseUrl });
       await trackRun({ projectId: 'p', optimizerType: 'custom', client, journal, flushTimeoutMs: 100, onWarning: () => {} }, async (run) => {
         for (let number = 0; number < 3; number += 1) await run.record({ score: number, samples: [{ score: 1 }] });
         process.exit(7);
       });`,
      proxy.url,
      directory,
    );
    expect((await recording.ended).code).toBe(7);
    proxy.blackhole = false;
    proxy.cut();
    expect(await json('sync', '--dir', directory, '--db', proxy.url)).toMatchObject({ code: 0, data: [{ sent: 7, pending: 0 }] });
    expect(await stored({ databaseUrl })).toMatchObject({ runs: 1, status: 'running', iterations: 3, samples: 3 });
  }, 60_000);

  test('an embedded database keeps its journals beside itself', async () => {
    const directory = freshDirectory();
    const holder = createClient({ directory });
    await holder.listProjects();
    const { ended } = runNode(RECORD, 'directory', directory, '', 'end');
    expect((await ended).stderr).toBe('');
    expect((await json('sync', '--db', directory)).code).toBe(1);
    await holder.close();
    expect(await json('sync', '--db', directory)).toMatchObject({ code: 0, data: [{ sent: 42, note: null }] });
    expect(await stored({ directory })).toMatchObject({ runs: 1, status: 'completed', iterations: 20, samples: 40 });
    expect(files(join(directory, 'journal'))).toEqual([]);
  }, 60_000);

  test('what the database refuses stays with its reason, is listed, and is sent again when told', async () => {
    const databaseUrl = await freshDatabase(18);
    const directory = temporaryDirectory();
    const recording = runNode(
      `const { createClient, trackRun } = await import(dist('index.js'));
       const [databaseUrl, journal] = process.argv.slice(1);
       const client = createClient({ databaseUrl });
       await trackRun({ projectId: 'p', optimizerType: 'custom', client, journal, onWarning: () => {} }, (run) => run.record({ score: 1, samples: [{ score: 1 }] }));
       await client.close();`,
      databaseUrl,
      directory,
    );
    expect(await recording.ended).toMatchObject({ code: 0, stderr: '' });
    const refused = await json('sync', '--dir', directory, '--db', databaseUrl);
    expect(refused).toMatchObject({ code: 1, data: [{ sent: 0, pending: 0, rejected: 4 }] });
    const { data } = await json('sync', '--dir', directory, '--rejected', '--db', databaseUrl);
    expect(data).toHaveLength(4);
    expect(data[0]).toMatchObject({ method: 'POST', path: '/v1/runs', reason: { code: 'schema_missing' } });
    expect((await cliHere(['sync', '--dir', directory, '--rejected', '--db', databaseUrl])).stdout).toContain('schema_missing');

    expect((await cliHere(['migrate', '--db', databaseUrl])).code).toBe(0);
    const again = await json('sync', '--dir', directory, '--retry', '--db', databaseUrl);
    expect(again).toMatchObject({ code: 0, data: [{ sent: 4, rejected: 0 }] });
    expect(await stored({ databaseUrl })).toMatchObject({ runs: 1, status: 'completed', iterations: 1, samples: 1 });
  }, 60_000);

  test('a request that is none is rejected, and the others are sent', async () => {
    const databaseUrl = await freshDatabase(18, { migrated: true });
    const directory = temporaryDirectory();
    const id = '0190a3b5-0000-7000-8000-000000000000';
    const file = join(directory, 'from-python.jsonl');
    const requests = [
      { method: 'DELETE', path: '/v1/runs', body: null },
      { method: 'POST', path: '/v1/runs', body: { id, projectId: 'p', runName: 'r', optimizerType: 'custom', status: 'running' } },
      { method: 'POST', path: `/v1/runs/${id}/iterations`, body: { iteration: 0, score: 0.5 } },
      { method: 'POST', path: `/v1/runs/${id}/samples`, body: { samples: [{ iteration: 0, sampleIndex: 0, score: 1 }] } },
      { method: 'PATCH', path: `/v1/runs/${id}`, body: { status: 'completed' } },
    ] as { method: 'POST'; path: string; body: unknown }[];
    appendFileSync(file, lineOf({ kind: 'journal', version: 1 }));
    for (const [index, request] of requests.entries()) {
      appendFileSync(file, lineOf({ kind: 'request', sequence: index + 1, ...request }));
    }
    const { data } = await json('sync', '--dir', directory, '--db', databaseUrl);
    expect(data).toMatchObject([{ sent: 4, rejected: 1, runId: null }]);
    expect(await stored({ databaseUrl })).toEqual({ runs: 1, status: 'completed', iterations: 1, samples: 1, finalScore: 0.5 });
    expect(readFileSync(file, 'utf8')).toContain('unknown journal request: DELETE /v1/runs');
  });
});
