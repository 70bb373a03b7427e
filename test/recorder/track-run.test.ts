import { afterEach, describe, expect, it, vi } from 'vitest';
import { OptrailError } from '../../src/errors.js';
import { FakeClient, fail } from './fake-client.js';
import { tracker } from './tracker.js';

const fake = () => new FakeClient();

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('trackRun', () => {
  it('creates the run, completes it, and returns what the callback returns', async () => {
    const db = fake();
    const { track, warnings } = tracker(db);
    const answer = await track(
      async (run) => {
        await run.flush();
        expect(db.run()).toMatchObject({ id: run.id, projectId: 'p', optimizerType: 'gepa', status: 'running' });
        expect(await run.record({ score: 0.5 })).toBe(0);
        return 42;
      },
      { metric: 'exact', tags: ['a'], notes: 'n', metadata: { k: 1 }, initialScore: 0, config: { seed: 1 } },
    );
    expect(answer).toBe(42);
    expect(db.run()).toMatchObject({
      status: 'completed',
      config: { seed: 1, metric: 'exact' },
      tags: ['a'],
      notes: 'n',
      metadata: { k: 1 },
      initialScore: 0,
      direction: 'maximize',
      scoreMax: 1,
    });
    expect(db.run().durationMs).toBeGreaterThan(0);
    expect(String(db.run().runName)).toMatch(/^gepa \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
    expect(db.iteration(0)).toMatchObject({ score: 0.5 });
    expect(warnings).toEqual([]);
  });

  it('keeps a metric that the configuration names', async () => {
    const db = fake();
    await tracker(db).track(() => undefined, { metric: 'b', config: { metric: 'a' } });
    expect(db.run().config).toEqual({ metric: 'a' });
  });

  it('fails the run with message, stack and causes, and throws the very same error', async () => {
    const db = fake();
    const error = new Error('no more budget', { cause: new TypeError('inner') });
    await expect(tracker(db).track(() => Promise.reject(error))).rejects.toBe(error);
    expect(db.run()).toMatchObject({ status: 'failed', errorMessage: 'no more budget' });
    expect(db.run().errorStack).toMatch(/track-run\.test\.ts[\s\S]*Caused by: TypeError: inner/);
  });

  it.each([
    ['a string', 'plain'],
    ['undefined', undefined],
    [
      'an object whose text throws',
      {
        toString: () => {
          throw new Error('x');
        },
      },
    ],
  ])('survives a callback that throws %s', async (_name, thrown) => {
    const db = fake();
    await expect(
      tracker(db).track(() => {
        throw thrown;
      }),
    ).rejects.toBe(thrown);
    expect(db.run().status).toBe('failed');
  });

  it('is cancelled by an AbortError, by the code aborted, and by its signal', async () => {
    for (const error of [new DOMException('stop', 'AbortError'), new OptrailError('aborted', 'stop')]) {
      const db = fake();
      await expect(
        tracker(db).track(() => {
          throw error;
        }),
      ).rejects.toBe(error);
      expect(db.run()).toMatchObject({ status: 'cancelled', errorMessage: 'stop' });
    }
    for (const throws of [true, false]) {
      const db = fake();
      const controller = new AbortController();
      const work = tracker(db, { signal: controller.signal }).track(() => {
        controller.abort();
        if (throws) throw new Error('whatever');
        return 'best so far';
      });
      if (throws) await expect(work).rejects.toThrow('whatever');
      else expect(await work).toBe('best so far');
      expect(db.run().status).toBe('cancelled');
    }
  });

  it('creates nothing where the signal is aborted already', async () => {
    const db = fake();
    const reason = new Error('never mind');
    await expect(tracker(db, { signal: AbortSignal.abort(reason) }).track(() => 1)).rejects.toBe(reason);
    expect(db.calls).toEqual([]);
  });

  it('writes in order: the run, what was recorded, the end', async () => {
    const db = fake();
    await tracker(db).track(async (run) => {
      await run.record({ score: 1, samples: [{ score: 1 }] });
      await run.record({ score: 2, samples: [{ score: 1 }] });
      await run.update(1, { decision: 'rejected' });
      await run.recordSamples(1, [{ score: 0 }]);
      await run.annotate({ notes: 'late' });
    });
    const methods = db.methods();
    expect(methods[0]).toBe('createOptimizationRun');
    expect(methods.at(-1)).toBe('updateOptimizationRun');
    expect(db.calls.at(-1)?.input).toMatchObject({ status: 'completed' });
    expect(methods.filter((method) => method === 'batchCreateOptimizationSamples')).toHaveLength(1);
    expect(db.samplesOf(1).map((row) => row.sampleIndex)).toEqual([0, 1]);
    expect(db.iteration(1).decision).toBe('rejected');
    expect(db.run().notes).toBe('late');
  });

  it('waits for the parent of a nested run', async () => {
    const db = fake();
    const order: string[] = [];
    db.before = async (call) => {
      if (call.method !== 'createOptimizationRun') return;
      const { runName } = call.input as { runName: string };
      if (runName === 'parent' && order.push('parent tried') === 1) fail('database_unreachable', true);
      order.push(runName);
    };
    const { track } = tracker(db);
    await track((run) => track(() => undefined, { runName: 'child', parentRunId: run.id }), { runName: 'parent' });
    expect(order.filter((name) => name !== 'parent tried')).toEqual(['parent', 'child']);
  });

  it('merges the metadata of annotations into what is there', async () => {
    const db = fake();
    await tracker(db, { metadata: { a: 1, b: 1 } }).track(async (run) => {
      await run.annotate({ metadata: { b: 2 } });
      await run.annotate({ metadata: { c: 3 }, bestIteration: 4, finalScore: 0 });
    });
    expect(db.run()).toMatchObject({ metadata: { a: 1, b: 2, c: 3 }, bestIteration: 4, finalScore: 0 });
  });
});

describe('startRun', () => {
  it('ends as it is told, once', async () => {
    const db = fake();
    const run = await tracker(db).start();
    await run.record({ score: 1 });
    expect(await run.complete({ finalScore: 0.75 })).toEqual({ acknowledged: 1, pending: 0, rejected: 0 });
    await run.fail(new Error('too late'));
    await run[Symbol.asyncDispose]();
    expect(db.run()).toMatchObject({ status: 'completed', finalScore: 0.75 });
  });

  it('fails and is cancelled', async () => {
    for (const [end, status] of [
      ['fail', 'failed'],
      ['cancel', 'cancelled'],
    ] as const) {
      const db = fake();
      const run = await tracker(db).start();
      await run[end](new Error('because'));
      expect(db.run()).toMatchObject({ status, errorMessage: 'because' });
    }
  });

  it('does not call a block a success that may have thrown', async () => {
    const db = fake();
    const { start, warnings } = tracker(db);
    const block = async () => {
      await using run = await start();
      await run.record({ score: 1 });
      throw new Error('inside');
    };
    await expect(block()).rejects.toThrow('inside');
    expect(db.run()).toMatchObject({ status: 'failed' });
    expect(warnings.join()).toContain('without run.complete()');
  });

  it('completes a block that says so', async () => {
    const db = fake();
    const { start, warnings } = tracker(db);
    {
      await using run = await start();
      await run.record({ score: 1 });
      await run.complete();
    }
    expect(db.run().status).toBe('completed');
    expect(warnings).toEqual([]);
  });
});
