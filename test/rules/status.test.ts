import { describe, expect, test } from 'vitest';
import type { RunStatus } from '../../src/schemas/index.js';
import { aRun, newProject } from '../support/records.js';
import { ageHeartbeat, INSTALLS, type Trail, useTrail } from '../support/trails.js';

const STATUSES = ['pending', 'running', 'completed', 'failed', 'cancelled', 'stale'] as const;
const ENDED: readonly RunStatus[] = ['completed', 'failed', 'cancelled'];

/** From where to where a run may go; the same status again is no change. */
const STEPS: Record<RunStatus, readonly RunStatus[]> = {
  pending: ['running', 'failed', 'cancelled'],
  running: ['completed', 'failed', 'cancelled', 'stale'],
  completed: [],
  failed: ['running'],
  cancelled: ['running'],
  stale: ['running', 'completed', 'failed', 'cancelled'],
};
const PAIRS = STATUSES.flatMap((before) => STATUSES.map((after) => [before, after] as const));
const RESUMES = ['failed', 'cancelled', 'stale'] as const;

const LONG_AGO = '2001-01-01T00:00:00.000Z';
const FAR_AHEAD = '2101-01-01T00:00:00.000Z';

async function runThatIs({ client }: Trail, status: RunStatus, rest: object = {}): Promise<string> {
  return (await client.createOptimizationRun(aRun(newProject(), { status, ...rest }))).id;
}

/** The two doors to a status: the SDK, and SQL as anybody writes it. */
const DOORS: Record<string, (trail: Trail, id: string, status: RunStatus) => Promise<unknown>> = {
  'the SDK': ({ client }, id, status) => client.updateOptimizationRun(id, { status }),
  SQL: ({ sql }, id, status) => sql('update optimization_runs set status = $2 where id = $1', [id, status]),
};

describe.each(INSTALLS)('the status on $name', (install) => {
  const trail = useTrail(install);
  const read = async (id: string) => {
    const run = await trail.client.getOptimizationRun(id);
    if (run === null) throw new Error('the run is gone');
    return run;
  };

  test.each(Object.entries(DOORS))('by %s takes the legal steps of all 36, stamps them, and refuses the others', async (_, step) => {
    for (const [before, after] of PAIRS) {
      const id = await runThatIs(trail, before);
      const was = await read(id);
      const attempt = step(trail, id, after);
      const label = `${before} -> ${after}`;
      if (before !== after && !STEPS[before].includes(after)) {
        await expect(attempt, label).rejects.toMatchObject({
          code: 'invalid_status_transition',
          sqlState: 'OT001',
          message: expect.stringContaining(before),
        });
        expect(await read(id), label).toEqual(was);
        continue;
      }
      await attempt;
      const is = await read(id);
      expect(is.status, label).toBe(after);
      expect(is.attempt, label).toBe(before !== after && RESUMES.some((status) => status === before) && after === 'running' ? 2 : 1);
      expect(is.startTime !== null, `${label} has started`).toBe(before === 'running' || after === 'running');
      expect(is.endTime !== null, `${label} has ended`).toBe(ENDED.includes(after));
      if (before === after) expect(is, label).toEqual({ ...was, updatedAt: is.updatedAt });
    }
  });

  test('a new run may have any status, and the stamp that goes with it', async () => {
    for (const status of STATUSES) {
      const run = await read(await runThatIs(trail, status));
      expect(run).toMatchObject({ status, attempt: 1 });
      expect([run.startTime !== null, run.endTime !== null]).toEqual([status === 'running', ENDED.includes(status)]);
    }
  });

  test('times that are given are kept; those that are stamped are the time of the step', async () => {
    const given = { startTime: LONG_AGO, endTime: FAR_AHEAD };
    const { client } = trail;
    expect(await read(await runThatIs(trail, 'completed', given))).toMatchObject(given);
    const id = await runThatIs(trail, 'pending', { startTime: LONG_AGO });
    expect(await client.updateOptimizationRun(id, { status: 'running' })).toMatchObject({ startTime: LONG_AGO });
    expect(await client.updateOptimizationRun(id, { status: 'completed', endTime: FAR_AHEAD })).toMatchObject({ endTime: FAR_AHEAD });
    const stamped = await client.updateOptimizationRun(await runThatIs(trail, 'pending'), { status: 'running' });
    expect(stamped.startTime).toBe(stamped.updatedAt);
    const ended = await client.updateOptimizationRun(stamped.id, { status: 'failed' });
    expect(ended).toMatchObject({ startTime: stamped.startTime, endTime: ended.updatedAt });
  });

  test('a client whose clock is wrong ends before it starts; the duration is 0', async () => {
    const id = await runThatIs(trail, 'completed', { startTime: FAR_AHEAD, endTime: LONG_AGO });
    expect(await read(id)).toMatchObject({ startTime: FAR_AHEAD, endTime: LONG_AGO, durationMs: 0 });
    await trail.client.createOptimizationIteration({ runId: id, iteration: 1, startTime: FAR_AHEAD, endTime: LONG_AGO });
    expect(await trail.client.getOptimizationIterations(id)).toMatchObject([{ durationMs: 0 }]);
  });

  test.each(RESUMES)('a run that was %s resumes: one attempt more, its end taken back, its start kept', async (status) => {
    const { client } = trail;
    const id = await runThatIs(trail, status, { startTime: LONG_AGO, errorMessage: 'boom', errorStack: 'at x' });
    const resumed = await client.updateOptimizationRun(id, { status: 'running' });
    expect(resumed).toMatchObject({ status: 'running', attempt: 2, startTime: LONG_AGO, endTime: null });
    await client.updateOptimizationRun(id, { status: 'failed', errorMessage: 'again' });
    expect(await client.updateOptimizationRun(id, { status: 'running' })).toMatchObject({
      attempt: 3,
      endTime: null,
      errorMessage: null,
      errorStack: null,
    });
  });

  test('a heartbeat is the time of the database, whatever clock the caller has', async () => {
    const { client, sql } = trail;
    const id = await runThatIs(trail, 'running');
    const near = (time: string | null) => expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(60_000);
    for (const time of [LONG_AGO, FAR_AHEAD]) {
      await sql('update optimization_runs set heartbeat_at = $2 where id = $1', [id, time]);
      near((await read(id)).heartbeatAt);
      const [imported] = await sql<{ id: string }>(
        "insert into optimization_runs (project_id, run_name, optimizer_type, status, heartbeat_at) values ('clocks', 'x', 'gepa', 'running', $1) returning id",
        [time],
      );
      near((await read(imported?.id ?? '')).heartbeatAt);
    }
    expect(await client.updateRunProgress(id, {})).toMatchObject({ status: 'running', attempt: 1 });
  });

  test('a running run whose heart stopped 45 s ago reads as stale everywhere, and one that never beat does not', async () => {
    const { client, sql } = trail;
    const projectId = newProject();
    const { id } = await client.createOptimizationRun(aRun(projectId, { status: 'running' }));
    await client.createOptimizationRun(aRun(projectId, { status: 'running' }));
    await client.updateRunProgress(id, {});
    const stale = async () => (await client.listOptimizationRuns({ projectId, status: 'stale' })).data.map((run) => run.id);
    await ageHeartbeat(trail, id, 40);
    expect([(await read(id)).status, await stale()]).toEqual(['running', []]);
    await ageHeartbeat(trail, id, 50);
    expect([(await read(id)).status, await stale()]).toEqual(['stale', [id]]);
    expect(await sql('select status from optimization_runs where id = $1', [id])).toEqual([{ status: 'running' }]);
    const later = await client.updateOptimizationRun(id, { notes: 'no sign of life' });
    expect(later).toMatchObject({ status: 'stale', attempt: 1 });
  });

  test.each(['written down', 'read from its silence'])('a stale run, %s, comes back by a heartbeat as the same attempt', async (how) => {
    const id = await staleRun(trail, how);
    expect(await trail.client.updateRunProgress(id, { iterations: 1 })).toMatchObject({ status: 'running', attempt: 1, iterations: 1 });
  });

  test.each(['written down', 'read from its silence'])(
    'a stale run, %s, comes back by an explicit status as another attempt',
    async (how) => {
      const id = await staleRun(trail, how);
      const resumed = await trail.client.updateOptimizationRun(id, { status: 'running' });
      expect(resumed).toMatchObject({ status: 'running', attempt: 2 });
      expect(await trail.client.updateOptimizationRun(id, { status: 'running' })).toMatchObject({ attempt: 2 });
      expect(await trail.client.updateOptimizationRun(id, { status: 'completed' })).toMatchObject({ status: 'completed' });
    },
  );

  test.each(['written down', 'read from its silence'])(
    'a stale run, %s, does not come back by late rows or by what is said of it',
    async (how) => {
      const { client } = trail;
      const id = await staleRun(trail, how);
      await client.createOptimizationIteration({ runId: id, iteration: 1, score: 0.5 });
      await client.createOptimizationSample({ runId: id, iteration: 1, sampleIndex: 0 });
      await client.updateOptimizationRun(id, { tags: ['late'], notes: 'late', metadata: { late: true }, iterations: 7 });
      expect(await read(id)).toMatchObject({
        status: 'stale',
        attempt: 1,
        bestScore: 0.5,
        samplesEvaluated: 1,
        iterations: 7,
        tags: ['late'],
      });
    },
  );

  test.each(ENDED)('of a %s run rows that arrive late are stored and tags edited; its status does not move', async (status) => {
    const { client } = trail;
    const id = await runThatIs(trail, status);
    const before = await read(id);
    await client.createOptimizationIteration({ runId: id, iteration: 1, score: 0.5, isBaseline: true });
    await client.createOptimizationSample({ runId: id, iteration: 1, sampleIndex: 0 });
    await client.updateRunProgress(id, {});
    await client.updateOptimizationRun(id, { tags: ['late'], notes: 'late', metadata: { late: true } });
    expect(await read(id)).toMatchObject({
      status,
      attempt: 1,
      endTime: before.endTime,
      iterations: 1,
      samplesEvaluated: 1,
      bestScore: 0.5,
      tags: ['late'],
    });
  });
});

async function staleRun(trail: Trail, how: string): Promise<string> {
  const id = await runThatIs(trail, 'running');
  await trail.client.updateRunProgress(id, {});
  if (how === 'written down') await trail.client.updateOptimizationRun(id, { status: 'stale' });
  else await ageHeartbeat(trail, id, 60);
  return id;
}
