import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openBackend } from '../../src/server/backend/database-backend.js';
import { FairShare } from '../../src/server/fair-share.js';
import { aRun, newProject } from '../support/records.js';
import { ask, serving } from './access/served.js';

describe('a share', () => {
  const never = new AbortController().signal;

  test('of one caller is bounded, in order, and leaves room for others', async () => {
    const share = new FairShare({ total: 3, each: 2, waiting: 10 });
    const started: string[] = [];
    const ends: (() => void)[] = [];
    const start = (name: string) =>
      share.run(name, never, () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    const running = ['a', 'a', 'a', 'b', 'b'].map(start);
    await vi.waitUntil(() => started.length === 3);
    expect(started).toEqual(['a', 'a', 'b']);
    ends[0]?.();
    await vi.waitUntil(() => started.length === 4);
    expect(started).toEqual(['a', 'a', 'b', 'a']);
    while (started.length < 5) {
      for (const end of ends) end();
      await new Promise(setImmediate);
    }
    for (const end of ends) end();
    await Promise.all(running);
  });

  test('is given back if the work fails, and not waited for by a call that was cancelled', async () => {
    const share = new FairShare({ total: 1, each: 1, waiting: 1 });
    await expect(share.run('a', never, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    const release = await share.take('a', 1, never);
    const cancel = new AbortController();
    const waiting = share.take('a', 1, cancel.signal);
    await expect(share.take('a', 1, never)).rejects.toMatchObject({ code: 'rate_limited', retryable: true });
    cancel.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    release();
    release();
    const next = await share.take('a', 5, never);
    await expect(share.take('b', 1, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
    next();
  });
});

describe('a hostile tenant', () => {
  const served = serving();
  let holder: pg.Client;
  beforeAll(async () => {
    holder = new pg.Client({ connectionString: served.trail.url });
    await holder.connect();
  });
  afterAll(() => holder?.end());

  test('whose calls wait for a lock does not keep others from the database', async () => {
    const { client } = served.trail;
    const [hostile, other] = [newProject(), newProject()];
    const { id } = await client.createOptimizationRun(aRun(hostile));
    const { id: othersId } = await client.createOptimizationRun(aRun(other));
    const { secret } = await client.createApiKey(hostile, { name: 'hostile' });
    const { secret: another } = await client.createApiKey(hostile, { name: 'hostile too' });
    const { secret: othersSecret } = await client.createApiKey(other, { name: 'other' });
    const server = served.server({ timeoutMs: 5_000 });
    await holder.query('begin');
    await holder.query('select from optimization_runs where id = $1 for update', [id]);
    const patches = Array.from({ length: 20 }, (_, index) =>
      ask(server, `/v1/runs/${id}`, { method: 'PATCH', bearer: index % 2 ? secret : another, body: { notes: `${index}` } }),
    );
    await vi.waitUntil(async () => {
      const [row] = await served.trail.sql(
        "select count(*) as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
      );
      return Number(row?.n) === 4;
    }, 10_000);
    for (let call = 0; call < 10; call += 1) {
      expect((await ask(server, `/v1/runs/${othersId}`, { bearer: othersSecret })).status).toBe(200);
    }
    const statuses = new Set((await Promise.all(patches)).map(({ status }) => status));
    await holder.query('rollback');
    expect([...statuses]).toEqual([408]);
  });

  test('that holds the lock of the refresh makes maintenance run once at a time', async () => {
    const backend = openBackend({ databaseUrl: served.trail.url });
    await backend.open();
    await holder.query('select pg_advisory_lock(4700002)');
    try {
      const runs = [backend.runMaintenance(), backend.runMaintenance(), backend.runMaintenance()];
      const blocked = async () =>
        (await served.trail.sql("select pid from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")).length;
      await vi.waitUntil(async () => (await blocked()) > 0, 10_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await blocked()).toBe(1);
      await holder.query('select pg_advisory_unlock(4700002)');
      await Promise.all(runs);
      await backend.runMaintenance();
    } finally {
      await holder.query('select pg_advisory_unlock_all()');
      await backend.close();
    }
  });
});
