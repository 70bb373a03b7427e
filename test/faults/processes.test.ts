import { rmSync } from 'node:fs';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import type { RunStatus } from '../../src/schemas/index.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import { type NodeProcess, runNode } from '../support/node.js';
import { aRun, newProject } from '../support/records.js';
import { ageHeartbeat, INSTALLS, type Trail, trailAt, useTrail } from '../support/trails.js';

/** A process that records a run, and ends it when it is told to. */
const RECORDER = `
  const { createClient } = await import(dist('client/open/create-client.js'));
  const { createTrackRun } = await import(dist('recorder/track-run.js'));
  const client = createClient({ databaseUrl: process.argv[1] });
  const { trackRun } = createTrackRun(async () => client);
  await trackRun({ projectId: 'p', optimizerType: 'custom', client }, async (run) => {
    await run.record({ score: 0.5 });
    await run.flush();
    console.log('run ' + run.id);
    const working = setInterval(() => {}, 1000);
    await new Promise((resolve) => process.once('SIGUSR2', resolve));
    clearInterval(working);
    await run.record({ score: 1 });
  });
  await client.close();
  console.log('ended');`;

describe('a process that records', () => {
  async function recording(): Promise<{ trail: Trail; recorder: NodeProcess; runId: string }> {
    const url = await freshDatabase(18, { migrated: true });
    const trail = trailAt(url);
    const recorder = runNode(RECORDER, url);
    onTestFinished(async () => {
      recorder.child.kill('SIGKILL');
      await recorder.ended;
      await trail.close();
    });
    const runId = (await recorder.line('run ')).slice(4);
    await vi.waitUntil(async () => (await trail.client.getOptimizationRun(runId))?.heartbeatAt !== null, { timeout: 20_000 });
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ status: 'running', iterations: 1 });
    return { trail, recorder, runId };
  }

  test('and dies leaves a run that is stale 45 s later, and not failed', async () => {
    const { trail, recorder, runId } = await recording();
    recorder.child.kill('SIGKILL');
    await recorder.ended;
    await ageHeartbeat(trail, runId, 44);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ status: 'running' });
    await ageHeartbeat(trail, runId, 46);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ status: 'stale', endTime: null, bestScore: 0.5, attempt: 1 });
  });

  test('and hangs leaves a stale run too, which comes back when the process does', async () => {
    const { trail, recorder, runId } = await recording();
    recorder.child.kill('SIGSTOP');
    await ageHeartbeat(trail, runId, 46);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ status: 'stale' });
    recorder.child.kill('SIGCONT');
    recorder.child.kill('SIGUSR2');
    await recorder.line('ended');
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ status: 'completed', finalScore: 1, iterations: 2, attempt: 1 });
  });
});

test('of two processes on one embedded directory the second is refused with the pid of the first, which goes on', async () => {
  const directory = freshDirectory();
  const client = createClient({ directory });
  onTestFinished(async () => {
    await client.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const { id } = await client.createOptimizationRun(aRun('p'));
  const second = runNode(
    `const { createClient } = await import(dist('client/open/create-client.js'));
     const client = createClient({ directory: process.argv[1] });
     await client.listProjects().catch((error) => console.log('refused ' + JSON.stringify(error)));`,
    directory,
  );
  expect(JSON.parse((await second.line('refused ')).slice(8))).toMatchObject({
    code: 'database_locked',
    message: expect.stringContaining(`process ${process.pid}`),
    hint: expect.stringContaining('OPTRAIL_DATABASE_URL'),
  });
  expect(await client.updateOptimizationRun(id, { notes: 'still mine' })).toMatchObject({ notes: 'still mine' });
});

const DAY = 86_400_000;
afterEach(() => {
  vi.useRealTimers();
});

const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled', 'stale'] as const;
const STEPS: Record<RunStatus, readonly RunStatus[]> = {
  pending: ['running', 'failed', 'cancelled'],
  running: ['completed', 'failed', 'cancelled', 'stale'],
  stale: ['running', 'completed', 'failed', 'cancelled'],
  failed: ['running'],
  cancelled: ['running'],
  completed: [],
};

describe.each(INSTALLS.filter(({ name }) => ['PGlite', 'PostgreSQL 18, ordinary owner'].includes(name)))('on $name', (install) => {
  const trail = useTrail(install);

  test("a client's clock that is off by a day changes neither order nor staleness", async () => {
    const { client } = trail;
    const projectId = newProject();
    const now = Date.now();
    const made: string[] = [];
    for (const clock of [now, now + DAY, now - DAY, now]) {
      // The database has its own clock: PGlite's is in another thread.
      vi.useFakeTimers({ toFake: ['Date'], now: clock });
      const { id } = await client.createOptimizationRun(aRun(projectId, { status: 'running' }));
      await client.updateRunProgress(id, { iterations: 1 });
      made.unshift(id);
    }
    vi.useRealTimers();
    const { data } = await client.listOptimizationRuns({ projectId });
    expect(data.map(({ id }) => id)).toEqual(made);
    for (const { status, heartbeatAt, createdAt } of data) {
      expect(status).toBe('running');
      for (const time of [heartbeatAt, createdAt]) expect(Math.abs(Date.parse(time ?? '') - now)).toBeLessThan(60_000);
    }
  });

  test('each of the 36 steps from status to status is taken, or refused with one code and without effect', async () => {
    const { client } = trail;
    for (const before of STATUSES) {
      for (const after of STATUSES) {
        const { id } = await client.createOptimizationRun(aRun('steps', { status: before }));
        const taken = client.updateOptimizationRun(id, { status: after }).then(
          ({ status }) => status,
          ({ code }) => code,
        );
        const isLegal = before === after || STEPS[before].includes(after);
        expect(await taken, `${before} -> ${after}`).toBe(isLegal ? after : 'invalid_status_transition');
        expect(await client.getOptimizationRun(id)).toMatchObject({ status: isLegal ? after : before });
      }
    }
  });
});
