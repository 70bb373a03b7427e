import { rmSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type ClientOptions, createClient } from '../../src/client/open/create-client.js';
import type { ByIdOptions, OptimizationClient, TrailViews } from '../../src/client/port.js';
import { TRUSTED } from '../../src/database/port.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import { aRun, newProject } from '../support/records.js';
import { DOORS, THREADED, type Trail, useTrail } from '../support/trails.js';

type ByIdCall = (client: OptimizationClient & TrailViews, id: string, options: ByIdOptions) => Promise<unknown>;

/** Every function that is given the id of a run. */
const BY_ID: Record<string, ByIdCall> = {
  getOptimizationRun: (client, id, options) => client.getOptimizationRun(id, options),
  updateOptimizationRun: (client, id, options) => client.updateOptimizationRun(id, { notes: 'changed' }, options),
  'updateOptimizationRun with nothing': (client, id, options) => client.updateOptimizationRun(id, {}, options),
  updateRunProgress: (client, id, options) => client.updateRunProgress(id, { iterations: 9 }, options),
  createOptimizationIteration: (client, runId, { projectId, signal }) =>
    client.createOptimizationIteration({ runId, projectId, iteration: 9 }, { signal }),
  updateOptimizationIteration: (client, id, options) => client.updateOptimizationIteration(id, 1, { score: 0.5 }, options),
  'updateOptimizationIteration with a program': (client, id, options) =>
    client.updateOptimizationIteration(id, 1, { program: 'changed' }, options),
  getOptimizationIterations: (client, id, options) => client.getOptimizationIterations(id, options),
  getBestIteration: (client, id, options) => client.getBestIteration(id, options),
  createOptimizationSample: (client, runId, { projectId, signal }) =>
    client.createOptimizationSample({ runId, projectId, iteration: 1, sampleIndex: 9 }, { signal }),
  batchCreateOptimizationSamples: (client, runId, { projectId, signal }) =>
    client.batchCreateOptimizationSamples([{ runId, projectId, iteration: 1, sampleIndex: 10 }], { signal }),
  getOptimizationSamples: (client, id, options) => client.getOptimizationSamples(id, undefined, undefined, options),
  getOptimizationRunSummary: (client, id, options) => client.getOptimizationRunSummary(id, options),
  getOptimizationPrograms: (client, id, options) => client.getOptimizationPrograms(id, options),
  getOptimizationCurves: (client, id, options) => client.getOptimizationCurves([id], options),
  getOptimizationMatrix: (client, id, options) => client.getOptimizationMatrix(id, options),
  assessRun: (client, id, options) => client.assessRun(id, options),
  editImpact: (client, id, options) => client.editImpact(id, options),
  hindsight: (client, id, options) => client.hindsight(id, options),
  receipt: (client, id, options) => client.receipt(id, options),
  race: (client, id, options) => client.race([id], options),
  deleteOptimizationRun: (client, id, options) => client.deleteOptimizationRun(id, options),
};

/** And those that are not. */
const OTHERS: Record<string, ByIdCall> = {
  createOptimizationRun: (client, _, { signal }) => client.createOptimizationRun(aRun('aborted'), { signal }),
  listOptimizationRuns: (client, _, { signal }) => client.listOptimizationRuns({}, { signal }),
  getTopRunsByScore: (client, _, { signal }) => client.getTopRunsByScore('p', 1, { signal }),
  getOptimizationAnalytics: (client, _, { signal }) => client.getOptimizationAnalytics('p', { signal }),
  refreshOptimizationAnalytics: (client, _, { signal }) => client.refreshOptimizationAnalytics({ signal }),
  listProjects: (client, _, { signal }) => client.listProjects({ signal }),
  searchOptimizationTrail: (client, _, { signal }) => client.searchOptimizationTrail('p', 'x', 1, { signal }),
};

/** A run with one row of each kind, under a given id. */
async function runWithRows({ client }: Trail, id: string, projectId = newProject()): Promise<string> {
  await client.createOptimizationRun(aRun(projectId, { id, notes: projectId }));
  await client.createOptimizationIteration({ runId: id, projectId, iteration: 1, program: 'original', score: 1 });
  await client.createOptimizationSample({ runId: id, projectId, iteration: 1, sampleIndex: 0, input: projectId });
  return projectId;
}

/** All that is stored of a run in one project. */
async function stateOf({ sql }: Trail, id: string, projectId: string): Promise<unknown> {
  return sql(
    `select r.*, (select jsonb_agg(i order by iteration) from optimization_iterations as i where i.run_id = r.id and i.project_id = r.project_id) as its_iterations,
       (select jsonb_agg(s order by sample_index) from optimization_samples as s where s.run_id = r.id and s.project_id = r.project_id) as its_samples
     from optimization_runs as r where r.id = $1 and r.project_id = $2`,
    [id, projectId],
  );
}

/** Statements that wait for a lock; the embedded database has one session, in which nothing waits. */
const LOCK_WAITERS = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

let lastId = 0;
function newId(): string {
  lastId += 1;
  return `01900000-0000-7000-8000-${String(lastId).padStart(12, '0')}`;
}

describe.each([...DOORS, ...THREADED.filter(({ kind }) => kind === 'postgres')])('calls on $name', (install) => {
  const trail = useTrail(install);

  test.each(Object.entries(BY_ID))(
    '%s refuses an id of several projects unless the project is named, and then means that one',
    async (_, call) => {
      const { client } = trail;
      const id = newId();
      const [one, other] = [await runWithRows(trail, id), await runWithRows(trail, id)];
      const before = [await stateOf(trail, id, one), await stateOf(trail, id, other)];
      await expect(call(client, id, {})).rejects.toMatchObject({ code: 'ambiguous_id' });
      expect([await stateOf(trail, id, one), await stateOf(trail, id, other)]).toEqual(before);
      await call(client, id, { projectId: one });
      expect(await stateOf(trail, id, other)).toEqual(before[1]);
    },
  );

  test('an id of several projects is one to somebody who sees only one of them', async () => {
    const id = newId();
    const [one] = [await runWithRows(trail, id), await runWithRows(trail, id)];
    const member = trail.client.as({ sub: 'somebody', optrail_projects: { [one]: 'editor' } });
    expect(await member.getOptimizationRun(id)).toMatchObject({ projectId: one });
    for (const call of Object.values(BY_ID)) await call(member, id, {});
    expect(await trail.client.getOptimizationRun(id)).toMatchObject({ projectId: expect.not.stringContaining(one) });
  });

  test.each(Object.entries({ ...BY_ID, ...OTHERS }))('%s under a signal that has fired does nothing', async (_, call) => {
    const id = newId();
    const projectId = await runWithRows(trail, id);
    const before = await stateOf(trail, id, projectId);
    const attempt = call(trail.client, id, { projectId, signal: AbortSignal.abort('enough') });
    await expect(attempt).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    expect(await stateOf(trail, id, projectId)).toEqual(before);
    expect(await trail.sql("select id from optimization_projects where id = 'aborted'")).toEqual([]);
  });

  test.each(Object.entries(BY_ID).filter(([name]) => /update|create|delete/.test(name) && !name.endsWith('nothing')))(
    '%s that waits gives up when its signal fires, and stores nothing',
    async (_, call) => {
      const id = newId();
      const projectId = await runWithRows(trail, id);
      const before = await stateOf(trail, id, projectId);
      const abort = new AbortController();
      await trail.database.transaction(TRUSTED, async (transaction) => {
        await transaction.query({ text: 'select from optimization_runs where id = $1 for update', values: [id] });
        const waiting = call(trail.client, id, { projectId, signal: abort.signal });
        setTimeout(() => abort.abort(), 50);
        await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
        await vi.waitUntil(async () => (await transaction.query({ text: LOCK_WAITERS })).length === 0, { timeout: 10_000 });
      });
      expect(await stateOf(trail, id, projectId)).toEqual(before);
      await call(trail.client, id, { projectId });
    },
  );
});

/** Clients of one's own, in the ways that createClient offers. */
const OPENINGS: Record<string, () => Promise<ClientOptions>> = {
  'in a directory': async () => {
    const directory = freshDirectory();
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    return { directory };
  },
  'on a URL': async () => ({ databaseUrl: await freshDatabase(18, { migrated: true }) }),
  'on a small pool': async () => {
    const pool = new pg.Pool({ connectionString: await freshDatabase(15, { migrated: true }), max: 2 });
    // The pool is not the client's to end: a second end is an error.
    onTestFinished(() => pool.end());
    return { pool };
  },
};

test.each(Object.entries(OPENINGS))(
  'a client %s waits, when it is closed, for the calls under way, and takes no others',
  async (_, open) => {
    const options = await open();
    await createClient(options).close();
    const client = createClient(options);
    const projectId = newProject();
    // The first of them opens the database, and none of them has it yet.
    const underWay = Promise.all(
      Array.from({ length: 30 }, (_, index) => client.createOptimizationRun(aRun(projectId, { runName: `run ${index}` }))),
    );
    const closing = client.close();
    await expect(client.listProjects()).rejects.toMatchObject({ code: 'closed' });
    await closing;
    expect(await underWay).toHaveLength(30);
    await client.close();
    await expect(client.as({ sub: 'x' }).listProjects()).rejects.toMatchObject({ code: 'closed' });

    await using another = createClient(options);
    expect(await another.listOptimizationRuns({ projectId, count: true, limit: 1 })).toMatchObject({ total: 30 });
  },
);

test('a client takes one place to be, not two', async () => {
  const client = createClient({ memory: true, directory: 'x' });
  await expect(client.listProjects()).rejects.toMatchObject({ code: 'not_configured' });
});
