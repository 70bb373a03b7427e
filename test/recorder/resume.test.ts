import { describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { freshDatabase, temporaryDirectory } from '../support/databases.js';
import { runNode } from '../support/node.js';
import { newProject } from '../support/records.js';
import { ageHeartbeat, DOORS, useTrail } from '../support/trails.js';

const TESTED = DOORS.filter(({ name }) => !name.includes('15'));

describe.each(TESTED)('resume on $name', (install) => {
  const trail = useTrail(install);
  const tracker = () => createTrackRun(async () => trail.client);

  /** A run that failed after two iterations and a checkpoint. */
  async function failedRun(more: object = {}): Promise<string> {
    let id = '';
    const work = tracker().trackRun(
      {
        projectId: newProject(),
        optimizerType: 'my_search',
        runName: 'climb',
        direction: 'minimize',
        scoreMax: 10,
        metadata: { by: 'hand' },
        strict: true,
        ...more,
      },
      async (run) => {
        id = run.id;
        expect(run.resumed).toBeNull();
        await run.record({ score: 5, isBaseline: true, program: { text: 'original' }, samples: [{ input: 1, score: 5 }] });
        await run.record({ score: 3, program: { text: 'better' } });
        await run.record({ score: 4, program: { text: 'worse' }, evalKind: 'full' });
        await run.checkpoint({ round: 1 });
        await run.checkpoint({ round: 2, seen: ['a'] });
        throw new Error('power cut');
      },
    );
    await expect(work).rejects.toThrow('power cut');
    return id;
  }

  test('a run goes on from what was recorded', async () => {
    const id = await failedRun();
    await tracker().trackRun({ resume: id }, async (run) => {
      expect(run.id).toBe(id);
      expect(run.resumed).toMatchObject({
        attempt: 2,
        best: { iteration: 1, score: 3, program: { text: 'better' } },
        iterations: [{ iteration: 0 }, { iteration: 1 }, { iteration: 2 }],
        checkpoint: { state: { round: 2, seen: ['a'] } },
      });
      expect(run.bestSoFar).toEqual({ iteration: 1, score: 3 });
      expect(await run.record({ score: 2, program: { text: 'best' }, samples: [{ input: 1, score: 2 }] })).toBe(3);
      expect(run.bestSoFar).toEqual({ iteration: 3, score: 2 });
      await run.update(2, { decision: 'rejected' });
      await run.annotate({ metadata: { more: true } });
      expect(await run.flush()).toEqual({ acknowledged: 3, pending: 0, rejected: 0 });
    });
    const stored = await trail.client.getOptimizationRun(id);
    expect(stored).toMatchObject({
      status: 'completed',
      attempt: 2,
      runName: 'climb',
      optimizerType: 'my_search',
      initialScore: 5,
      finalScore: 2,
      bestIteration: 3,
      iterations: 4,
      samplesEvaluated: 2,
      metadata: { by: 'hand', more: true },
      errorMessage: null,
    });
  });

  test('a run whose process died goes on when it is stale, and not before', async () => {
    const id = await failedRun();
    await trail.client.resumeOptimizationRun(id);
    await trail.client.updateRunProgress(id, {});
    let called = false;
    const early = tracker().trackRun({ resume: id }, () => {
      called = true;
    });
    await expect(early).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('still running') });
    expect(called).toBe(false);
    await ageHeartbeat(trail, id, 46);
    await tracker().trackRun({ resume: id, strict: true }, (run) => {
      expect(run.resumed?.attempt).toBe(3);
    });
    expect(await trail.client.getOptimizationRun(id)).toMatchObject({ status: 'completed', attempt: 3 });
  });

  test('is refused where there is nothing to go on from, with what to do', async () => {
    const id = await failedRun();
    const never = () => {
      throw new Error('called');
    };
    await tracker().trackRun({ resume: id }, () => undefined);
    await expect(tracker().trackRun({ resume: id }, never)).rejects.toMatchObject({ code: 'invalid_status_transition' });
    await expect(tracker().trackRun({ resume: '0190a3b5-0000-7000-8000-000000000000' }, never)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(tracker().trackRun({ resume: 'latest' }, never)).rejects.toMatchObject({ code: 'invalid_input' });
    await expect(tracker().trackRun({ resume: id, projectId: 'another' }, never)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('an attempt that fails again can be resumed again', async () => {
    const id = await failedRun();
    const again = tracker().trackRun({ resume: id }, async (run) => {
      await run.record({ score: 1 });
      throw new Error('once more');
    });
    await expect(again).rejects.toThrow('once more');
    expect(await trail.client.getOptimizationRun(id)).toMatchObject({ status: 'failed', attempt: 2, errorMessage: 'once more' });
    const run = await tracker().startRun({ resume: id });
    expect(run.resumed).toMatchObject({ attempt: 3, best: { score: 1 } });
    await run.complete();
  });

  test('a mask sees the checkpoint before it is stored', async () => {
    const id = await failedRun({
      mask: (value: unknown, where: string) => (where === 'checkpoint' ? { ...(value as object), seen: '###' } : value),
    });
    expect((await trail.client.getOptimizationCheckpoint(id))?.state).toEqual({ round: 2, seen: '###' });
  });
});

test('what a killed attempt left in its journal is stored before the run goes on', async () => {
  const databaseUrl = await freshDatabase(18, { migrated: true });
  const journal = temporaryDirectory();
  const killed = runNode(
    `const { createClient, trackRun } = await import(dist('index.js'));
     const [databaseUrl, journal] = process.argv.slice(1);
     const client = createClient({ databaseUrl });
     let away = false;
     const { OptrailError } = await import(dist('errors.js'));
     const flaky = new Proxy(client, { get: (target, name) => (name === 'then' ? undefined : async (...args) => {
       if (away) throw new OptrailError('database_unreachable', 'away', { retryable: true });
       return target[name](...args);
     }) });
     await trackRun({ projectId: 'p', optimizerType: 'custom', client: flaky, journal, onWarning: () => {} }, async (run) => {
       await run.record({ score: 0.1 });
       await run.flush();
       away = true;
       await run.record({ score: 0.7, program: 'kept on disk' });
       await run.checkpoint({ round: 7 });
       while ((await run.flush({ timeoutMs: 50 })).kept !== 2);
       console.log('kept ' + run.id);
       await new Promise((resolve) => setTimeout(resolve, 60000));
     });`,
    databaseUrl,
    journal,
  );
  const id = (await killed.line('kept')).slice('kept '.length);
  killed.child.kill('SIGKILL');
  await killed.ended;

  const { trackRun } = await import('../../src/index.js');
  const client = createClient({ databaseUrl });
  await client.updateOptimizationRun(id, { status: 'cancelled' });
  await trackRun({ resume: id, client, journal }, (run) => {
    expect(run.resumed).toMatchObject({
      best: { score: 0.7, program: 'kept on disk' },
      iterations: [{ iteration: 0 }, { iteration: 1 }],
      checkpoint: { state: { round: 7 } },
    });
  });
  await client.close();
}, 60_000);
