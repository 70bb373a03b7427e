import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Database, TRUSTED } from '../../../src/database/port.js';
import { openPostgres, type PoolLike } from '../../../src/database/postgres.js';
import { DatabaseEvents } from '../../../src/server/backend/events/feed.js';
import type { EventPage } from '../../../src/store/events.js';
import { aRun, newProject } from '../../support/records.js';
import { INSTALLS, type Trail } from '../../support/trails.js';

function installed(name: string): Promise<Trail> {
  const install = INSTALLS.find((each) => each.name === name);
  if (install === undefined) throw new Error(`there is no ${name}`);
  return install.open();
}

/** A feed, and the runs that it has told of. */
async function follow(database: Database) {
  const feed = new DatabaseEvents(async () => database);
  onTestFinished(() => feed.close());
  const runs: string[] = [];
  const stop = await feed.follow((page: EventPage) => runs.push(...page.events.map(({ event }) => event.runId)));
  const until = (runId: string, timeout = 8_000) => vi.waitUntil(() => runs.includes(runId), { timeout, interval: 5 });
  return { feed, runs, stop, until };
}

const LISTENERS = "select pid from pg_stat_activity where datname = current_database() and query = 'listen optrail_events'";

describe('a feed on PostgreSQL', () => {
  let trail: Trail;
  beforeAll(async () => {
    trail = await installed('PostgreSQL 18, ordinary owner');
  });
  afterAll(() => trail?.close());
  const newRun = async () => (await trail.client.createOptimizationRun(aRun(newProject(), { status: 'running' }))).id;

  test('hears of a commit, and of one that comes late', async () => {
    const { feed, until, runs } = await follow(trail.database);
    expect(await feed.detect()).toBe('listen');
    const [late, early] = [await newRun(), await newRun()];
    await until(early);
    runs.length = 0;

    await trail.database.transaction(TRUSTED, async (transaction) => {
      await transaction.query({ text: "update optimization_runs set notes = 'late' where id = $1", values: [late] });
      await trail.client.updateOptimizationRun(early, { notes: 'early' });
      await until(early);
      expect(runs).not.toContain(late);
    });
    await until(late);
    expect(runs).toEqual([early, late]);
  });

  test('loses nothing when the backend that listens is killed', async () => {
    const { feed, until } = await follow(trail.database);
    await feed.detect();
    const [listener] = await trail.sql(LISTENERS);
    await trail.database.transaction(TRUSTED, async (transaction) => {
      await transaction.query({ text: 'select pg_terminate_backend($1::int)', values: [Number(listener?.pid)] });
    });
    await until(await newRun());
    await vi.waitUntil(async () => (await trail.sql(LISTENERS)).some(({ pid }) => pid !== listener?.pid), { timeout: 8_000 });
    await vi.waitUntil(() => feed.mode === 'listen', { timeout: 8_000 });
    await until(await newRun());
  });

  test('writers notify only while somebody follows', async () => {
    const heard: string[] = [];
    const listening = await trail.database.listen('optrail_events', (payload) => heard.push(payload));
    await newRun();
    expect(await trail.sql('select from optrail.event_listeners')).toEqual([]);

    const { feed, until } = await follow(trail.database);
    await feed.detect();
    expect(await trail.sql('select from optrail.event_listeners where expires_at > now()')).toHaveLength(1);
    await until(await newRun());
    expect(heard).toContain('');

    await feed.close();
    expect(await trail.sql('select from optrail.event_listeners')).toEqual([]);
    heard.length = 0;
    await newRun();
    // Notifications come in the order of commits: the one that is waited for would be behind it.
    await trail.sql("select pg_notify('optrail_events', 'last')");
    await vi.waitUntil(() => heard.includes('last'));
    expect(heard).toEqual(['last']);
    await listening?.close();
  });

  test('behind a transaction pooler, where LISTEN is taken and nothing heard, it looks each second', async () => {
    const servers = new pg.Pool({ connectionString: trail.url });
    const database = openPostgres({ pool: transactionPooler(servers) });
    onTestFinished(async () => {
      await database.close();
      await servers.end();
    });
    const { feed, until } = await follow(database);
    const [mode] = await Promise.all([feed.detect(), newRun().then((runId) => until(runId, 3_000))]);
    expect(mode).toBe('poll');
    expect(await trail.sql('select from optrail.event_listeners')).toEqual([]);
  });

  test('a pool of one connection has none to spare', async () => {
    const pool = new pg.Pool({ connectionString: trail.url, max: 1 });
    onTestFinished(() => pool.end());
    const { feed, until } = await follow(openPostgres({ pool }));
    expect(await feed.detect()).toBe('poll');
    await until(await newRun(), 3_000);
  });

  test('the mode is found out without a follower, and remembered', async () => {
    const feed = new DatabaseEvents(async () => trail.database);
    expect(feed.mode).toBe('poll');
    expect(await feed.detect()).toBe('listen');
    expect(await feed.detect()).toBe('listen');
    await feed.close();
    expect(await trail.sql('select from optrail.event_listeners')).toEqual([]);
  });

  test('who stops is told nothing more', async () => {
    const [one, other] = [await follow(trail.database), await follow(trail.database)];
    one.stop();
    const runId = await newRun();
    await other.until(runId);
    expect(one.runs).toEqual([]);
  });
});

test('the embedded database is asked each second, and at once after a write of this process', async () => {
  const trail = await installed('PGlite');
  onTestFinished(() => trail.close());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { feed, until } = await follow(trail.database);
  expect(await feed.detect()).toBe('poll');
  const first = await trail.client.createOptimizationRun(aRun('p'));
  vi.advanceTimersByTime(1_000);
  await until(first.id);
  const second = await trail.client.createOptimizationRun(aRun('p'));
  feed.poke();
  vi.advanceTimersByTime(25);
  await until(second.id);
});

/**
 * A pool that does what PgBouncer does in transaction mode, with real servers behind it: a server is had for one transaction, and what it
 * hears between two of them reaches nobody. PgBouncer itself does not come with npm.
 */
function transactionPooler(servers: pg.Pool): PoolLike {
  return {
    async connect() {
      let server: pg.PoolClient | undefined;
      let isOpen = false;
      return {
        async query(query: unknown) {
          const { text, values = [] } = typeof query === 'string' ? { text: query } : (query as { text: string; values?: unknown[] });
          server ??= await servers.connect();
          try {
            return await server.query({ text, values });
          } finally {
            isOpen = text === 'begin' || (isOpen && text !== 'commit' && text !== 'rollback');
            if (!isOpen) {
              server.release();
              server = undefined;
            }
          }
        },
        release: () => server?.release(true),
        on: () => undefined,
        removeListener: () => undefined,
      };
    },
  };
}
