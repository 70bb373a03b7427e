import { describe, expect, test } from 'vitest';
import { aRun, newProject } from '../support/records.js';
import { ageHeartbeat, INSTALLS, useTrail } from '../support/trails.js';

describe.each(INSTALLS)('runs that fell silent on $name', (install) => {
  const trail = useTrail(install);

  async function beating(secondsAgo: number): Promise<string> {
    const { client } = trail;
    const { id } = await client.createOptimizationRun(aRun(newProject(), { status: 'running' }));
    await client.updateRunProgress(id, {});
    await ageHeartbeat(trail, id, secondsAgo);
    return id;
  }
  const stored = async (id: string) => {
    const [run] = await trail.sql<{ status: string; attempt: number; end_time: unknown }>(
      'select status, attempt, end_time from optimization_runs where id = $1',
      [id],
    );
    return run;
  };
  const sweep = () => trail.sql('select optrail.sweep_stale_runs()');

  test('are stored as stale by a sweep, and only they', async () => {
    const { client } = trail;
    const [silent, alive, ended] = [await beating(46), await beating(40), await beating(46)];
    const neverBeat = (await client.createOptimizationRun(aRun(newProject(), { status: 'running' }))).id;
    await client.updateOptimizationRun(ended, { status: 'failed' });
    expect((await stored(silent))?.status).toBe('running');
    await sweep();
    await sweep();
    expect(await stored(silent)).toEqual({ status: 'stale', attempt: 1, end_time: null });
    expect((await stored(alive))?.status).toBe('running');
    expect((await stored(neverBeat))?.status).toBe('running');
    expect((await stored(ended))?.status).toBe('failed');

    // It was not dead after all: a sign of life brings it back, and that is no resume.
    await client.updateRunProgress(silent, {});
    expect(await stored(silent)).toEqual({ status: 'running', attempt: 1, end_time: null });
  });

  test('are counted as stale by the analytics, swept or not', async () => {
    const id = await beating(50);
    const { client } = trail;
    const projectId = (await client.getOptimizationRun(id))?.projectId ?? '';
    await client.refreshOptimizationAnalytics();
    expect(await client.getOptimizationAnalytics(projectId)).toMatchObject([{ status: 'stale', totalRuns: 1 }]);
  });

  test('are stored so by whoever shows a sign of life, wherever they are', async () => {
    const id = await beating(50);
    expect(await trail.client.as({ sub: 'stranger' }).getOptimizationRun(id)).toBeNull();
    await trail.database.query({ kind: 'claims', claims: { sub: 'stranger' } }, { text: 'select optrail.sweep_stale_runs()', values: [] });
    expect((await stored(id))?.status).toBe('stale');
  });

  test.each([['failed'], ['cancelled'], ['stale'], ['silent']])('a run that is %s is resumed', async (status) => {
    const { client } = trail;
    const id = await beating(status === 'silent' ? 50 : 0);
    if (status === 'stale') await ageHeartbeat(trail, id, 50).then(sweep);
    else if (status !== 'silent') await client.updateOptimizationRun(id, { status: status as 'failed', errorMessage: 'once' });
    expect(await client.resumeOptimizationRun(id)).toMatchObject({ status: 'running', attempt: 2, endTime: null, errorMessage: null });
  });

  test('of several that resume a run at once, one does', async () => {
    const id = await beating(50);
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => trail.client.resumeOptimizationRun(id)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as { code: string }] : []));
    expect(refused.map(({ code }) => code)).toEqual(['conflict', 'conflict', 'conflict']);
    expect((await stored(id))?.attempt).toBe(2);
  });

  test('a run that is completed, runs, or is not there, is not resumed, and the error says what to do', async () => {
    const { client } = trail;
    const id = await beating(0);
    await expect(client.resumeOptimizationRun(id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('is still running'),
      hint: expect.stringContaining('45 seconds'),
    });
    await client.updateOptimizationRun(id, { status: 'completed' });
    await expect(client.resumeOptimizationRun(id)).rejects.toMatchObject({
      code: 'invalid_status_transition',
      hint: expect.stringContaining('parentRunId'),
    });
    await expect(client.resumeOptimizationRun('0190a3b5-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe.each(INSTALLS)('checkpoints on $name', (install) => {
  const trail = useTrail(install);
  const newRun = async () => (await trail.client.createOptimizationRun(aRun(newProject(), { status: 'running' }))).id;

  test('come back to the letter, the newest first, with their hash and size', async () => {
    const { client } = trail;
    const runId = await newRun();
    expect(await client.getOptimizationCheckpoint(runId)).toBeNull();
    const state = JSON.parse('{"z":1,"a":[0.1,null,"\\u0000 is no text of PostgreSQL","ä😀"],"__proto__":{"x":1},"n":1e-7}');
    state.a[2] = 'plain';
    const stored = await client.createOptimizationCheckpoint({ runId, state });
    const latest = await client.getOptimizationCheckpoint(runId);
    expect(latest).toEqual(stored);
    expect(JSON.stringify(latest?.state)).toBe(JSON.stringify(state));
    expect(latest).toMatchObject({ runId, stateBytes: new TextEncoder().encode(JSON.stringify(state)).length });
    expect(latest?.stateHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('the same id again changes nothing; the newest three are kept', async () => {
    const { client, sql } = trail;
    const runId = await newRun();
    const first = await client.createOptimizationCheckpoint({ runId, state: 0 });
    expect(await client.createOptimizationCheckpoint({ id: first.id, runId, state: 'other' })).toEqual(first);
    for (let round = 1; round <= 5; round += 1) await client.createOptimizationCheckpoint({ runId, state: round });
    expect((await client.getOptimizationCheckpoint(runId))?.state).toBe(5);
    const rows = await sql<{ state: string }>('select state from optimization_checkpoints where run_id = $1 order by id', [runId]);
    expect(rows.map(({ state }) => state)).toEqual(['3', '4', '5']);
    await client.deleteOptimizationRun(runId);
    expect(await sql('select from optimization_checkpoints where run_id = $1', [runId])).toEqual([]);
  });

  test('are refused where they are too large, or of no run', async () => {
    const { client, sql } = trail;
    const runId = await newRun();
    const long = 'ä'.repeat(9 * 1024 * 1024);
    await expect(client.createOptimizationCheckpoint({ runId, state: long })).rejects.toMatchObject({
      code: 'invalid_input',
      path: 'state',
      message: expect.stringContaining('16 MiB'),
    });
    const bySql = sql(
      "insert into optimization_checkpoints (run_id, project_id, state) select id, project_id, repeat('x', 16777217) from optimization_runs where id = $1",
      [runId],
    );
    await expect(bySql).rejects.toMatchObject({ constraint: 'optimization_checkpoints_state_size' });
    await expect(client.createOptimizationCheckpoint({ runId: '0190a3b5-0000-7000-8000-000000000000', state: {} })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a state that was tampered with is not handed back', async () => {
    const { client, sql } = trail;
    const runId = await newRun();
    await client.createOptimizationCheckpoint({ runId, state: { round: 1 } });
    await sql('update optimization_checkpoints set state = \'{"round":2}\' where run_id = $1', [runId]);
    await expect(client.getOptimizationCheckpoint(runId)).rejects.toMatchObject({ code: 'database_error', hint: expect.any(String) });
  });
});
