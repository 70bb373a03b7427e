import { describe, expect, test } from 'vitest';
import { TRUSTED } from '../../src/database/port.js';
import { MOST_EVENTS, readEvents } from '../../src/store/events.js';
import { scopeOf } from '../../src/store/scope.js';
import { aRun, newProject } from '../support/records.js';
import { INSTALLS, useTrail } from '../support/trails.js';
import { othersEnded } from '../support/transactions.js';

/** One of each engine and of each kind of owner. */
const TESTED = INSTALLS.filter(({ name }) => ['PGlite', 'PostgreSQL 15, ordinary owner', 'PostgreSQL 18, superuser'].includes(name));

describe.each(TESTED)('events on $name', (install) => {
  const trail = useTrail(install);
  const read = (topic: { projectId: string } | null, position: string | null) =>
    readEvents(scopeOf(trail.database, TRUSTED), topic, position);

  /** What a piece of work leaves behind, in short. */
  async function eventsOf(projectId: string, work: () => Promise<unknown>): Promise<string[]> {
    const { position } = await read({ projectId }, null);
    await work();
    const { events, incomplete } = await read({ projectId }, position);
    expect(incomplete).toBe(false);
    return events.map(({ event: { kind, iterations, status } }) => [kind, iterations?.join(','), status].filter(Boolean).join(' '));
  }

  test('each change of a run leaves one event for each run and statement', async () => {
    const { client, sql } = trail;
    const projectId = newProject();
    let runId = '';
    const leaves = (work: () => Promise<unknown>) => expect(eventsOf(projectId, work)).resolves;

    await leaves(async () => {
      runId = (await client.createOptimizationRun(aRun(projectId, { status: 'running' }))).id;
    }).toEqual(['run.status running']);
    await leaves(() => client.createOptimizationIteration({ runId, iteration: 0, score: 0.5 })).toEqual(['iteration.recorded 0']);
    await leaves(() => client.updateOptimizationIteration(runId, 0, { score: 0.75 })).toEqual(['iteration.recorded 0']);
    const samples = [2, 1, 1].map((iteration, sampleIndex) => ({ runId, iteration, sampleIndex, score: 1, input: 'x' }));
    await leaves(() => client.batchCreateOptimizationSamples(samples)).toEqual(['iteration.recorded 1,2', 'samples.recorded 1,2']);
    await leaves(() => client.batchCreateOptimizationSamples(samples)).toEqual([]);
    await leaves(() => client.updateOptimizationRun(runId, { notes: 'n', tags: ['t'] })).toEqual(['run.changed']);
    await leaves(() => client.updateRunProgress(runId, { iterations: 7 })).toEqual(['run.changed']);
    await leaves(() => client.updateRunProgress(runId, {})).toEqual([]);
    await leaves(() => client.updateOptimizationRun(runId, { status: 'failed' })).toEqual(['run.status failed']);
    await leaves(() => client.resumeOptimizationRun(runId)).toEqual(['run.status running']);
    await leaves(() => client.refreshOptimizationAnalytics()).toEqual([]);
    await leaves(() => sql("update optimization_samples set feedback = 'f' where run_id = $1 and iteration = 1", [runId])).toEqual([
      'samples.recorded 1',
    ]);
    await leaves(() => sql('delete from optimization_iterations where run_id = $1 and iteration = 2', [runId])).toEqual([
      'run.changed',
      'samples.recorded 2',
    ]);
    await leaves(() => client.deleteOptimizationRun(runId)).toEqual(['run.deleted']);
  });

  test('more than a hundred iterations of one statement are not named', async () => {
    const projectId = newProject();
    const { id: runId } = await trail.client.createOptimizationRun(aRun(projectId, { status: 'running' }));
    const insert = (from: number, to: number) =>
      trail.sql(
        'insert into optimization_iterations (run_id, project_id, iteration) select $1, $2, n from generate_series($3::int, $4) as n',
        [runId, projectId, from, to],
      );
    const numbers = Array.from({ length: 100 }, (_, n) => n).join(',');
    expect(await eventsOf(projectId, () => insert(0, 99))).toEqual([`iteration.recorded ${numbers}`]);
    expect(await eventsOf(projectId, () => insert(100, 200))).toEqual(['iteration.recorded']);
  });

  test('what is an hour old goes with a sweep, and whoever was before it is told so', async () => {
    const { client, sql } = trail;
    const projectId = newProject();
    const { position: before } = await read(null, null);
    await client.createOptimizationRun(aRun(projectId));
    await othersEnded(trail);
    const { position: between } = await read(null, null);
    await sql("update optrail.events set created_at = now() - interval '61 minutes'");
    await client.createOptimizationRun(aRun(projectId));
    await sql('select optrail.sweep_stale_runs()');

    expect(await read({ projectId }, before)).toMatchObject({ incomplete: true });
    expect(await read({ projectId }, between)).toMatchObject({ incomplete: false, events: [{ event: { kind: 'run.status' } }] });
    expect(await sql("select from optrail.events where created_at < now() - interval '1 hour'")).toEqual([]);
  });

  test('a hundred thousand are kept, and ten thousand read at once', async () => {
    const { client, sql } = trail;
    const [projectId, busy] = [newProject(), newProject()];
    await client.createOptimizationRun(aRun(projectId));
    const { position } = await read(null, null);
    const fill = (count: number) =>
      sql("insert into optrail.events (project_id, run_id, kind) select $1, gen_random_uuid(), 'run.changed' from generate_series(1, $2)", [
        busy,
        count,
      ]);
    await fill(MOST_EVENTS);
    expect((await read(null, position)).events).toHaveLength(MOST_EVENTS);
    await fill(1);
    expect(await read(null, position)).toMatchObject({ incomplete: true, events: [] });
    expect(await read({ projectId }, position)).toMatchObject({ incomplete: false, events: [] });

    await fill(100_001 - MOST_EVENTS);
    await othersEnded(trail);
    await sql('select optrail.sweep_stale_runs()');
    expect(await sql('select from optrail.events where project_id = $1', [projectId])).toEqual([]);
    await sql('delete from optrail.events');
  });

  test('what a restore brought from a server that was further on is not told, and goes', async () => {
    const { sql } = trail;
    const projectId = newProject();
    const { position } = await read(null, null);
    await sql("insert into optrail.events (xid, project_id, run_id, kind) values ('900000000000', $1, gen_random_uuid(), 'run.changed')", [
      projectId,
    ]);
    await sql("update optrail.events_pruned set through = '900000000000'");
    expect(await read({ projectId }, position)).toMatchObject({ incomplete: false, events: [] });
    expect(await read({ projectId }, '900000000000:900000000000:')).toMatchObject({ incomplete: true });

    await sql("update optrail.events set created_at = now() - interval '61 minutes' where xid < '900000000000'");
    await trail.client.createOptimizationRun(aRun(projectId));
    await othersEnded(trail);
    await sql('select optrail.sweep_stale_runs()');
    expect(await sql('select from optrail.events where project_id = $1', [projectId])).toHaveLength(1);
  });

  test.skipIf(install.kind === 'embedded')('a transaction that is still open keeps its events, and those of later ones', async () => {
    const projectId = newProject();
    const { position } = await read(null, null);
    await trail.database.transaction(TRUSTED, async (transaction) => {
      await transaction.query({
        text: "insert into optimization_runs (project_id, run_name, optimizer_type) values ($1, 'late', 'gepa')",
        values: [projectId],
      });
      await trail.client.createOptimizationRun(aRun(newProject()));
      await trail.sql("update optrail.events set created_at = now() - interval '61 minutes'");
      await trail.sql('select optrail.sweep_stale_runs()');
      expect(await read({ projectId }, position)).toMatchObject({ incomplete: false, events: [] });
    });
    expect(await read({ projectId }, position)).toMatchObject({ incomplete: false, events: [{ event: { projectId } }] });
  });
});
