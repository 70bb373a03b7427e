import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { migrate } from '../../src/database/migrate.js';
import { openPostgres } from '../../src/database/postgres.js';
import { DatabaseEvents } from '../../src/server/backend/events/feed.js';
import type { EventPage } from '../../src/store/events.js';
import { freshDatabase } from '../support/databases.js';
import { startHttp } from '../support/http.js';
import { type Pooler, type PoolMode, pgbouncerVersion, startPooler } from '../support/pgbouncer.js';
import type { Major } from '../support/postgres.js';
import { aRun, newProject } from '../support/records.js';

const hasPooler = pgbouncerVersion() !== null;

/** A migrated database of the test's own behind a pooler of its own. */
async function pooled(major: Major, mode: PoolMode, poolSize?: number): Promise<{ url: string; pooler: Pooler }> {
  const direct = await freshDatabase(major, { migrated: true });
  const pooler = await startPooler(direct, mode, poolSize);
  return { url: pooler.through(direct), pooler };
}

describe.skipIf(!hasPooler).each([
  [15, 'transaction', 'poll'],
  [18, 'transaction', 'poll'],
  [15, 'session', 'listen'],
  [18, 'session', 'listen'],
] as const)('PostgreSQL %i behind PgBouncer in %s mode', (major, mode, events) => {
  let url: string;
  let pooler: Pooler;
  beforeAll(async () => {
    ({ url, pooler } = await pooled(major, mode));
  });
  afterAll(() => pooler?.stop());

  test('calls of many identities that share few connections see their own rows only', async () => {
    const client = createClient({ databaseUrl: url });
    onTestFinished(() => client.close());
    const projects = Array.from({ length: 12 }, () => newProject());
    for (const projectId of projects) await client.createOptimizationRun(aRun(projectId));
    const members = projects.map((projectId) => client.as({ sub: `member of ${projectId}`, optrail_projects: { [projectId]: 'editor' } }));
    const calls = Array.from({ length: 15 }, () => members.map((member) => member.listOptimizationRuns({}))).flat();
    const pages = await Promise.all(calls);
    expect(pages.map(({ data }) => data.map((run) => run.projectId))).toEqual(
      Array.from({ length: 15 }, () => projects.map((projectId) => [projectId])).flat(),
    );
  });

  test(`the server is ready, and learns of news by ${events}`, async () => {
    const server = await startHttp({ databaseUrl: url, rateLimit: false });
    onTestFinished(() => server.close());
    const readiness = await fetch(`${server.url}/readyz`);
    expect([readiness.status, await readiness.json()]).toEqual([200, expect.objectContaining({ ready: true, events })]);
    const { id } = await server.client().createOptimizationRun(aRun(newProject()));
    expect(await server.client().getOptimizationRun(id)).toMatchObject({ id });
  });

  test('the schema is installed through it', async () => {
    const empty = openPostgres({ url: pooler.through(await freshDatabase(major)) });
    onTestFinished(() => empty.close());
    expect(await migrate(empty)).toMatchObject({ applied: expect.arrayContaining([expect.stringContaining('001')]) });
  });

  test('a follower is told of every commit', async () => {
    const database = openPostgres({ url });
    const client = createClient({ databaseUrl: url });
    const feed = new DatabaseEvents(async () => database);
    onTestFinished(async () => {
      await feed.close();
      await client.close();
      await database.close();
    });
    const told = new Set<string>();
    await feed.follow((page: EventPage) => {
      for (const { event } of page.events) told.add(event.runId);
    });
    const written = await Promise.all(Array.from({ length: 20 }, () => client.createOptimizationRun(aRun(newProject()))));
    await vi.waitUntil(() => written.every(({ id }) => told.has(id)), { timeout: 15_000, interval: 20 });
  });
});

describe.skipIf(!hasPooler)('a pooler in session mode with fewer connections than the process', () => {
  test('is told, with the sizes, and does not hang', async () => {
    const { url, pooler } = await pooled(18, 'session', 2);
    const client = createClient({ databaseUrl: url });
    onTestFinished(async () => {
      await client.close();
      await pooler.stop();
    });
    const projectId = newProject();
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => client.createOptimizationRun(aRun(projectId))));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) {
      expect(error).toMatchObject({
        code: 'database_busy',
        retryable: true,
        message: expect.stringMatching(/accepted but not served within 8 s/),
        hint: expect.stringMatching(/default_pool_size.*up to 10, 4 more to store samples, and 1 to listen/),
      });
    }
    expect(await client.listOptimizationRuns({ projectId })).toMatchObject({ data: { length: 5 - refused.length } });
  });
});
