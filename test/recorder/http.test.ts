import { readdirSync } from 'node:fs';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { openJournal, openLeftovers } from '../../src/client/open/journal-location.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { cliHere } from '../cli/process.js';
import { freshDatabase, temporaryDirectory } from '../support/databases.js';
import { startHttp } from '../support/http.js';
import { runNode } from '../support/node.js';
import { freePort } from '../support/postgres.js';
import { newProject } from '../support/records.js';

let databaseUrl: string;
beforeAll(async () => {
  databaseUrl = await freshDatabase(18, { migrated: true });
});

/** A server that can go and come back at its place, and a way to record through it. */
async function comingAndGoing() {
  const port = await freePort();
  const start = () => startHttp({ databaseUrl, port, rateLimit: false });
  let server = await start();
  onTestFinished(() => server.close());
  const { url } = server;
  const journal = temporaryDirectory();
  const client = createClient({ url });
  const warnings: string[] = [];
  const projectId = newProject();
  const options = { client, journal, projectId, optimizerType: 'custom', onWarning: (text: string) => warnings.push(text) };
  return {
    ...createTrackRun(async () => client, openJournal, openLeftovers),
    url,
    journal,
    options,
    warnings,
    leave: () => server.close(),
    comeBack: async () => {
      server = await start();
    },
    stored: async (runId: string) => {
      await using direct = createClient({ databaseUrl });
      const [run, samples] = [await direct.getOptimizationRun(runId), await direct.getOptimizationSamples(runId)];
      return { status: run?.status, iterations: run?.iterations, finalScore: run?.finalScore, samples: samples.length };
    },
  };
}

const evaluation = (score: number) => ({
  score,
  program: `candidate ${score}`,
  samples: [
    { input: 'a', score },
    { input: 'b', score },
  ],
});

test('a server that goes away while a run is recorded, and comes back, has all of it', async () => {
  const { trackRun, options, leave, comeBack, stored, warnings } = await comingAndGoing();
  const id = await trackRun(options, async (run) => {
    for (const score of [1, 2, 3]) await run.record(evaluation(score));
    expect(await run.flush()).toEqual({ acknowledged: 3, pending: 0, rejected: 0 });
    await leave();
    for (const score of [4, 5, 6]) await run.record(evaluation(score));
    // What waits lies in the journal before anybody comes back.
    await expect.poll(() => run.flush({ timeoutMs: 50 })).toEqual({ acknowledged: 3, pending: 3, rejected: 0, kept: 3 });
    await comeBack();
    for (const score of [7, 8]) await run.record(evaluation(score));
    return run.id;
  });
  expect(await stored(id)).toEqual({ status: 'completed', iterations: 8, finalScore: 8, samples: 16 });
  expect(warnings.join('\n')).toContain('does not answer');
});

/** Records a run that fails, at a server that is not there for it, in a process that ends. */
const RECORD = `
  const { createClient, trackRun } = await import(dist('index.js'));
  const [url, journal, projectId] = process.argv.slice(1);
  const options = { client: createClient({ url }), journal, projectId, optimizerType: 'custom', flushTimeoutMs: 200, onWarning: () => {} };
  await trackRun(options, async (run) => {
    console.log('run ' + run.id);
    for (const score of [1, 2]) await run.record({ score, program: 'candidate ' + score, samples: [{ input: 'a', score }, { input: 'b', score }] });
    throw new Error('power cut');
  }).catch(() => {});`;

async function leftBehind() {
  const trail = await comingAndGoing();
  await trail.leave();
  const recording = runNode(RECORD, trail.url, trail.journal, trail.options.projectId);
  const id = (await recording.line('run')).slice(4);
  expect(await recording.ended).toMatchObject({ code: 0, stderr: '' });
  await trail.comeBack();
  expect(await trail.stored(id)).toMatchObject({ iterations: undefined });
  return { ...trail, id };
}

test('what a server was not there for, `optrail sync` sends to it, and to no other', async () => {
  const { id, stored, journal, url } = await leftBehind();
  const elsewhere = await cliHere(['sync', '--dir', journal, '--db', databaseUrl, '--json']);
  expect(JSON.parse(elsewhere.stdout)).toMatchObject([{ sent: 0, note: `meant for ${url}; --all sends it here` }]);
  const sync = await cliHere(['sync', '--dir', journal, '--json'], { env: { OPTRAIL_URL: url } });
  expect(JSON.parse(sync.stdout)).toMatchObject([{ pending: 0, rejected: 0 }]);
  expect(sync.code).toBe(0);
  expect(await stored(id)).toEqual({ status: 'failed', iterations: 2, finalScore: null, samples: 4 });
  expect(readdirSync(journal).filter((name) => name.endsWith('.jsonl'))).toEqual([]);
});

test('a run that failed goes on over HTTP, with what its journal still holds', async () => {
  const { id, trackRun, options, stored } = await leftBehind();
  await trackRun({ ...options, resume: id }, async (run) => {
    expect(run.resumed).toMatchObject({ attempt: 2, iterations: [{ score: 1 }, { score: 2 }], best: { program: 'candidate 2' } });
    await run.record(evaluation(3));
  });
  expect(await stored(id)).toEqual({ status: 'completed', iterations: 3, finalScore: 3, samples: 6 });
});

test('a strict run says when the server is not there', async () => {
  const { trackRun, options, leave } = await comingAndGoing();
  await leave();
  await expect(trackRun({ ...options, journal: false, strict: true, flushTimeoutMs: 200 }, () => {})).rejects.toMatchObject({
    code: 'recording_failed',
    cause: expect.objectContaining({ code: expect.stringMatching(/unreachable/) }),
  });
});
