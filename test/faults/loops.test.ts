import { rmSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import { INSTALLS, useTrail } from '../support/trails.js';
import { backendLoop, killLoop, networkLoop, orderLoop } from './loops.js';

const NOTHING_LOST = { lost: 0, twice: 0 };

describe('kill -9 of the writing process: what was acknowledged is there, once', () => {
  test('of an embedded database', { timeout: 120_000 }, async () => {
    const directory = freshDirectory();
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const verdict = await killLoop({ directory }, 4);
    expect(verdict).toMatchObject(NOTHING_LOST);
    expect(verdict.acknowledged).toBeGreaterThan(10);
  });

  test('of one with three calls under way on PostgreSQL', { timeout: 120_000 }, async () => {
    const verdict = await killLoop({ databaseUrl: await freshDatabase(18, { migrated: true }) }, 5, 3);
    expect(verdict).toMatchObject(NOTHING_LOST);
    expect(verdict.acknowledged).toBeGreaterThan(10);
  });
});

describe('a connection that breaks: each write is tried again, once is stored, and the report adds up', () => {
  test('because its backend is ended every 50 ms', { timeout: 150_000 }, async () => {
    const verdict = await backendLoop(await freshDatabase(18, { migrated: true }), 2);
    expect(verdict).toMatchObject({ ...NOTHING_LOST, acknowledged: verdict.calls, pending: 0, rejected: 0 });
    expect(verdict.killed).toBeGreaterThan(5);
    expect(verdict.calls).toBeGreaterThan(20);
  });

  test('because the network is away', { timeout: 150_000 }, async () => {
    const verdict = await networkLoop(await freshDatabase(15, { migrated: true }), 2);
    expect(verdict).toMatchObject({ ...NOTHING_LOST, acknowledged: verdict.calls, pending: 0, rejected: 0 });
    expect(verdict.cuts).toBeGreaterThan(20);
  });
});

describe.each(INSTALLS.filter(({ name }) => ['PGlite', 'PostgreSQL 15, ordinary owner'].includes(name)))('on $name', (install) => {
  const trail = useTrail(install);

  test('the same writes in any order, some of them again, end in the same state', async () => {
    expect(await orderLoop(trail.client, 15)).toEqual({ tries: 15, different: [] });
  });
});
