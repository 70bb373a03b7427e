import { afterEach, describe, expect, it, vi } from 'vitest';
import type { IterationEvent, TrackRunOptions } from '../../src/recorder/options.js';
import type { Run, SampleRecord } from '../../src/recorder/port.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { FakeClient, fail } from './fake-client.js';

async function track<T>(db: FakeClient, callback: (run: Run) => T | Promise<T>, more: Partial<TrackRunOptions> = {}) {
  const warnings: string[] = [];
  const { trackRun } = createTrackRun(async () => db.client);
  const value = await trackRun(
    { projectId: 'p', optimizerType: 'gepa', onWarning: (message) => warnings.push(message), ...more },
    callback,
  );
  return { value, warnings };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('numbers', () => {
  it('count from 0, and on from one that was given', async () => {
    const db = new FakeClient();
    const { value } = await track(db, async (run) => [
      await run.record({ score: 0 }),
      await run.record({ score: 0, iteration: 5 }),
      await run.record({ score: 0 }),
      await run.record({ score: 0, iteration: 2 }),
      await run.record({ score: 0 }),
    ]);
    expect(value).toEqual([0, 5, 6, 2, 7]);
  });

  it('are given at once, in the order of the calls', async () => {
    const db = new FakeClient();
    const { value } = await track(db, (run) => Promise.all([1, 2, 3].map((score) => run.record({ score }))));
    expect(value).toEqual([0, 1, 2]);
    expect(db.iteration(1).score).toBe(2);
  });

  it('that cannot be are replaced, with a word', async () => {
    const db = new FakeClient();
    const { value, warnings } = await track(db, async (run) => [
      await run.record({ iteration: -3, score: 1 }),
      await run.record({ iteration: Number.NaN, score: 1 }),
    ]);
    expect(value).toEqual([0, 1]);
    expect(warnings[0]).toContain('iteration must be a whole number from 0 up, not -3');
  });

  it('that are taken are a conflict, which takes no other row along', async () => {
    const db = new FakeClient();
    const { value, warnings } = await track(db, async (run) => {
      await run.record({ iteration: 1, score: 0.1, samples: [{ score: 0.1 }] });
      await run.record({ iteration: 1, score: 0.9, samples: [{ score: 0.9 }, { score: 0.9 }] });
      await run.record({ score: 0.5, samples: [{ score: 0.5 }] });
      expect(run.bestSoFar).toEqual({ iteration: 2, score: 0.5 });
      return run.flush();
    });
    expect(value).toEqual({ acknowledged: 2, pending: 0, rejected: 1 });
    expect(db.iteration(1).score).toBe(0.1);
    expect(db.samplesOf(1)).toHaveLength(1);
    expect(db.samplesOf(2)).toHaveLength(1);
    expect(warnings.join()).toContain('recorded already');
  });

  it('of samples count on within their iteration', async () => {
    const db = new FakeClient();
    await track(db, async (run) => {
      await run.recordSamples(3, [{ score: 1 }, { score: 2 }]);
      await run.record({ iteration: 3, score: 1, samples: [{ score: 3 }] });
      await run.recordSamples(3, [{ score: 9, sampleIndex: 9 }, { score: 10 }]);
    });
    expect(db.samplesOf(3).map(({ sampleIndex, score }) => [sampleIndex, score])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [9, 9],
      [10, 10],
    ]);
    expect(new Set([...db.samplesOf(3).map((row) => row.iterationId), db.iteration(3).id]).size).toBe(1);
  });

  it('of samples that are taken are said, for the row is not stored', async () => {
    const db = new FakeClient();
    const { warnings } = await track(db, async (run) => {
      await run.recordSamples(0, [{ sampleIndex: 0, score: 1 }]);
      await run.flush();
      await run.recordSamples(0, [{ sampleIndex: 0, score: 2 }]);
    });
    expect(warnings).toEqual([expect.stringContaining('1 samples had an index that was taken')]);
  });
});

describe('what is recorded', () => {
  it('is what it was when the call was made', async () => {
    const db = new FakeClient();
    const program = { prompt: 'first', demos: [{ q: 'a' }] };
    const samples: SampleRecord[] = [{ input: { text: 'first' }, score: 1 }];
    await track(db, (run) => {
      void run.record({ score: 1, program, samples });
      program.prompt = 'second';
      program.demos.push({ q: 'b' });
      (samples[0] as { input: { text: string } }).input.text = 'second';
      samples.push({ score: 0 });
    });
    expect(db.iteration(0).program).toEqual({ prompt: 'first', demos: [{ q: 'a' }] });
    expect(db.samplesOf(0)).toMatchObject([{ input: { text: 'first' } }]);
    expect(db.samplesOf(0)).toHaveLength(1);
  });

  it('may be changed once the call has been awaited, however much it was', async () => {
    const db = new FakeClient();
    const samples = Array.from({ length: 5_000 }, (_, index) => ({
      input: { text: `t${index}`, tags: [1, 2] },
      predictedOutput: { label: 'a' },
      score: 1,
    }));
    await track(db, async (run) => {
      await run.record({ score: 1, samples });
      for (const sample of samples) sample.input.text = 'changed';
      await run.flush();
    });
    expect(db.samplesOf(0)).toHaveLength(5_000);
    expect(db.samplesOf(0).every((row, index) => (row.input as { text: string }).text === `t${index}`)).toBe(true);
    const batches = db.calls.filter(({ method }) => method.startsWith('batch')).map(({ input }) => (input as unknown[]).length);
    expect(Math.max(...batches)).toBeLessThanOrEqual(1_000);
    expect(batches.length).toBeLessThan(200);
  });

  it('is copied in slices where it is much, and leaves the event loop its turns', async () => {
    const db = new FakeClient();
    db.batchCreateOptimizationSamples = async () => ({ stored: 0, existing: 0 }) as never;
    const samples = Array.from({ length: 20_000 }, (_, index) => ({ input: { text: `t${index}`, more: { a: 1 } }, score: 1 }));
    await track(db, async (run) => {
      let turns = 0;
      const done = run.record({ score: 1, samples });
      const timer = setInterval(() => {
        turns += 1;
      }, 0);
      await done;
      clearInterval(timer);
      expect(turns).toBeGreaterThan(3);
    });
  });

  it('is stored in part where a part is bad: the score always', async () => {
    const db = new FakeClient();
    const circle: Record<string, unknown> = { prompt: 'kept' };
    circle.self = circle;
    const { value, warnings } = await track(db, async (run) => {
      await run.record({
        score: 0.5,
        program: circle,
        errorMessage: 'nul \u0000 here',
        promptTokens: 1.5,
        samples: [
          { score: 1, metadata: { text: 'half \ud800 pair' }, exampleId: 'x'.repeat(500), latencyMs: -1 },
          { score: 0, input: 'fine' },
        ],
      });
      return run.flush();
    });
    expect(value).toEqual({ acknowledged: 1, pending: 0, rejected: 0 });
    expect(db.iteration(0)).toMatchObject({
      score: 0.5,
      program: { prompt: 'kept', self: { $optrail: 'dropped' } },
      errorMessage: 'nul \uFFFD here',
    });
    expect(db.iteration(0)).not.toHaveProperty('promptTokens');
    expect(db.samplesOf(0)).toMatchObject([
      { score: 1, metadata: { text: 'half \uFFFD pair' } },
      { score: 0, input: 'fine' },
    ]);
    expect(String(db.samplesOf(0)[0]?.exampleId)).toHaveLength(200);
    expect(warnings.join('\n')).toMatch(/refers back[\s\S]*stored in part/);
  });

  it('loses one sample, and not its batch, where the database refuses that one', async () => {
    const db = new FakeClient();
    db.before = ({ method, input }) => {
      if (method.startsWith('batch') && (input as { score: number }[]).some(({ score }) => score === 13)) fail('constraint_violation');
    };
    const { value } = await track(db, async (run) => {
      await run.record({ score: 1, samples: Array.from({ length: 40 }, (_, score) => ({ score })) });
      await run.record({ score: 1, samples: [{ score: 99 }] });
      return run.flush();
    });
    expect(value).toEqual({ acknowledged: 1, pending: 0, rejected: 1 });
    expect(db.samplesOf(0)).toHaveLength(39);
    expect(db.samplesOf(1)).toHaveLength(1);
  });

  it('keeps the score of what the database takes in no other form', async () => {
    const db = new FakeClient();
    db.before = ({ method, input }) => {
      if (method === 'createOptimizationIteration' && 'program' in (input as object)) fail('too_large');
      if (method.startsWith('batch') && (input as object[]).some((sample) => 'input' in sample)) fail('too_large');
    };
    const { value } = await track(db, async (run) => {
      await run.record({ score: 0.5, program: 'big', samples: [{ score: 0.25, input: 'big' }] });
      return run.flush();
    });
    expect(value).toEqual({ acknowledged: 1, pending: 0, rejected: 0 });
    expect(db.iteration(0)).toMatchObject({ score: 0.5, metadata: { $optrail: 'dropped' } });
    expect(db.samplesOf(0)).toMatchObject([{ score: 0.25, metadata: { $optrail: 'dropped' } }]);
  });

  it('does not call an annotation stored of which nothing is', async () => {
    const db = new FakeClient();
    db.before = ({ method, input }) =>
      method === 'updateOptimizationRun' && 'metadata' in (input as object) ? fail('too_large') : undefined;
    const { value } = await track(db, async (run) => {
      await run.annotate({ metadata: { big: 1 } });
      return run.flush();
    });
    expect(value).toEqual({ acknowledged: 0, pending: 0, rejected: 1 });
  });

  it('is masked before it is queued', async () => {
    const db = new FakeClient();
    const mask = (value: unknown) => (JSON.stringify(value).includes('secret') ? '***' : value);
    await expect(
      track(
        db,
        async (run) => {
          await run.record({ score: 1, program: 'secret', samples: [{ input: { a: 'secret' } }] });
          await run.annotate({ notes: 'secret', metadata: { a: 'secret' } });
          throw new Error('secret');
        },
        { mask, notes: 'secret', config: { key: 'secret' }, metadata: { m: 'secret' } },
      ),
    ).rejects.toThrow('secret');
    expect(JSON.stringify([...db.calls, [...db.runs.values()]])).not.toContain('secret');
    expect(db.run()).toMatchObject({ errorMessage: '***', errorStack: '***' });
  });
});

describe('best so far', () => {
  it('follows the rule of the database', async () => {
    const events: IterationEvent[] = [];
    const db = new FakeClient();
    await track(
      db,
      async (run) => {
        expect(run.bestSoFar).toBeNull();
        await run.record({ score: 0, isBaseline: true });
        await run.record({ score: 0.9, evalKind: 'minibatch' });
        await run.record({ score: 0.8, decision: 'rejected' });
        await run.record({ score: Number.NaN });
        await run.record({ score: 0.7, status: 'running' });
        expect(run.bestSoFar).toEqual({ iteration: 0, score: 0 });
        await run.record({ score: 0.5, iteration: 9 });
        await run.record({ score: 0.5, iteration: 8 });
        expect(run.bestSoFar).toEqual({ iteration: 8, score: 0.5 });
        await run.update(8, { decision: 'rejected' });
        expect(run.bestSoFar).toEqual({ iteration: 9, score: 0.5 });
        await run.record({ iteration: 20 });
        await run.update(20, { score: 0.6 });
        expect(run.bestSoFar).toEqual({ iteration: 20, score: 0.6 });
        await run.annotate({ bestIteration: 0 });
        expect(run.bestSoFar).toEqual({ iteration: 0, score: 0 });
      },
      { onIteration: (event) => events.push(event) },
    );
    expect(events[0]).toMatchObject({
      iteration: 0,
      score: 0,
      evalKind: 'full',
      status: 'completed',
      decision: null,
      isBaseline: true,
      bestSoFar: { iteration: 0, score: 0 },
    });
    expect(events[3]).toMatchObject({ iteration: 3, score: null, status: 'failed' });
    expect(events).toHaveLength(8);
  });

  it('is the lowest where the run minimizes', async () => {
    await track(
      new FakeClient(),
      async (run) => {
        for (const score of [3, -1, 2, -1]) await run.record({ score });
        expect(run.bestSoFar).toEqual({ iteration: 1, score: -1 });
      },
      { direction: 'minimize' },
    );
  });
});
