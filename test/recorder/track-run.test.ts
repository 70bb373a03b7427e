import { afterEach, describe, expect, it, vi } from 'vitest';
import { isOptrailError, OptrailError } from '../../src/errors.js';
import type { TrackRunOptions } from '../../src/recorder/options.js';
import type { Run } from '../../src/recorder/port.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { FakeClient, fail, hang } from './fake-client.js';

const fake = () => new FakeClient();

function tracker(client: FakeClient, more: Partial<TrackRunOptions> = {}) {
  const warnings: string[] = [];
  const options: TrackRunOptions = { projectId: 'p', optimizerType: 'gepa', onWarning: (message) => warnings.push(message), ...more };
  const { trackRun, startRun } = createTrackRun(async () => client.client);
  return {
    warnings,
    track: <T>(callback: (run: Run) => T | Promise<T>, extra: Partial<TrackRunOptions> = {}) =>
      trackRun({ ...options, ...extra }, callback),
    start: () => startRun(options),
  };
}

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

describe('failing open', () => {
  const faults: [string, (db: FakeClient) => void][] = [
    [
      'refuses everything',
      (db) => {
        db.before = () => fail('forbidden');
      },
    ],
    [
      'has no schema',
      (db) => {
        db.before = () => fail('schema_missing');
      },
    ],
    [
      'throws what is no error of ours',
      (db) => {
        db.before = () => {
          throw new TypeError('bug');
        };
      },
    ],
    [
      'throws nothing at all',
      (db) => {
        db.before = () => {
          throw undefined;
        };
      },
    ],
    [
      'throws at once',
      (db) => {
        db.createOptimizationRun = () => {
          throw new Error('sync');
        };
      },
    ],
    [
      'refuses iterations',
      (db) => {
        db.before = ({ method }) => (method.includes('Iteration') ? fail('constraint_violation') : undefined);
      },
    ],
    [
      'refuses samples',
      (db) => {
        db.before = ({ method }) => (method.startsWith('batch') ? fail('database_error') : undefined);
      },
    ],
    [
      'refuses to end the run',
      (db) => {
        db.before = ({ method }) => (method === 'updateOptimizationRun' ? fail('invalid_status_transition') : undefined);
      },
    ],
  ];

  it.each(faults)('runs the callback to its end where the database %s', async (_name, spoil) => {
    const db = fake();
    spoil(db);
    const { track, warnings } = tracker(db);
    const report = await track(async (run) => {
      await run.record({ score: 1, samples: [{ score: 1 }, { score: 0 }] });
      await run.recordSamples(0, [{ score: 1 }]);
      await run.update(0, { decision: 'accepted' });
      await run.annotate({ notes: 'x' });
      return run.flush();
    });
    expect(report.acknowledged + report.pending + report.rejected).toBe(4);
    expect(report.pending).toBe(0);
    expect(warnings.length).toBeGreaterThan(0);
  });

  it('runs the callback where no client can be had, and says so once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { trackRun } = createTrackRun(() => {
      throw new OptrailError('not_configured', 'no target', { hint: 'Set OPTRAIL_URL.' });
    });
    const report = await trackRun({ projectId: 'p', optimizerType: 'gepa' }, async (run) => {
      await run.record({ score: 1 });
      await run.record({ score: 2 });
      return run.flush();
    });
    expect(report).toEqual({ acknowledged: 0, pending: 0, rejected: 2 });
    const said = warn.mock.calls.map(([message]) => String(message));
    expect(said.every((message) => message.startsWith('optrail: '))).toBe(true);
    expect(said.filter((message) => message.includes('no target (Set OPTRAIL_URL.)'))).toHaveLength(1);
    expect(said.at(-1)).toContain('0 of 2 calls are stored, 2 were rejected');
  });

  it('tries again what may be tried again, and stores it once', async () => {
    vi.useFakeTimers();
    const db = fake();
    let left = 3;
    db.before = () => (left-- > 0 ? fail('database_unreachable', true) : undefined);
    let lost = 2;
    // The write took effect and its answer was lost.
    db.after = ({ method }) => (method !== 'createOptimizationRun' && lost-- > 0 ? fail('database_busy', true) : undefined);
    const { track, warnings } = tracker(db);
    const work = track(async (run) => {
      await run.record({ score: 1, samples: [{ score: 1 }] });
      return run.flush();
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await work).toEqual({ acknowledged: 1, pending: 0, rejected: 0 });
    expect(db.iterations.size).toBe(1);
    expect(db.samples.size).toBe(1);
    expect(db.run().status).toBe('completed');
    expect(warnings).toHaveLength(1);
  });

  it('goes on where the database hangs, gives up waiting, and says what is pending', async () => {
    vi.useFakeTimers();
    const db = fake();
    db.before = hang;
    const { track, warnings } = tracker(db, { flushTimeoutMs: 500 });
    let begun = 0;
    const start = Date.now();
    const work = track(async (run) => {
      begun = Date.now() - start;
      await run.record({ score: 1 });
      return 'paid for';
    });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await work).toBe('paid for');
    expect(begun).toBeLessThan(600);
    expect(warnings[0]).toContain('has not answered in 500 ms');
    expect(warnings.at(-1)).toContain('1 still wait; its end (completed) is not stored yet');
  });

  it('stores everything when a database that hung answers again, while the process lives', async () => {
    vi.useFakeTimers();
    const db = fake();
    db.before = hang;
    const { track } = tracker(db, { flushTimeoutMs: 500 });
    const work = track((run) => run.record({ score: 1 }));
    await vi.advanceTimersByTimeAsync(2_000);
    await work;
    db.before = () => undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(db.run().status).toBe('completed');
    expect(db.iterations.size).toBe(1);
  });

  it('is not held up by a database that is down', async () => {
    const db = fake();
    db.before = () => fail('database_unreachable', true);
    const { track } = tracker(db, { flushTimeoutMs: 100 });
    const start = performance.now();
    let inside = 0;
    await track(async (run) => {
      for (let index = 0; index < 3_000; index += 1) await run.record({ score: index });
      inside = performance.now() - start;
    });
    expect(inside).toBeLessThan(1_500);
  });

  it('does not lose rows in a loop that leaves the event loop no time', async () => {
    const db = fake();
    const report = await tracker(db).track(async (run) => {
      for (let index = 0; index < 30_000; index += 1) await run.record({ score: index });
      return run.flush({ timeoutMs: 60_000 });
    });
    expect(report).toEqual({ acknowledged: 30_000, pending: 0, rejected: 0 });
    expect(db.iterations.size).toBe(30_000);
  }, 60_000);

  it('bounds its memory: what is too much is rejected and counted', async () => {
    const db = fake();
    db.before = () => fail('database_unreachable', true);
    const { track, warnings } = tracker(db, { flushTimeoutMs: 50 });
    const report = await track(async (run) => {
      for (let index = 0; index < 140; index += 1) await run.record({ score: 1, program: 'x'.repeat(1024 * 1024) });
      return run.flush();
    });
    expect(report.acknowledged + report.pending + report.rejected).toBe(140);
    expect(report.rejected).toBeGreaterThan(5);
    expect(report.pending).toBeGreaterThan(100);
    expect(warnings.some((message) => message.includes('what is recorded now is not kept'))).toBe(true);
  });

  it('swallows what a warning listener and an iteration listener throw', async () => {
    const db = fake();
    const { trackRun } = createTrackRun(async () => db.client);
    await trackRun(
      {
        projectId: 'p',
        optimizerType: 'gepa',
        onWarning: () => {
          throw new Error('listener');
        },
        onIteration: () => {
          throw new Error('listener');
        },
      },
      (run) => run.record({ score: 1 }),
    );
    expect(db.run().status).toBe('completed');
  });

  it('takes options that are wrong for what they can be', async () => {
    const db = fake();
    const circle: Record<string, unknown> = { seed: 1 };
    circle.self = circle;
    const { track, warnings } = tracker(db);
    await track(() => undefined, {
      optimizerType: 'MIPROv2',
      runName: 'n'.repeat(300),
      tags: ['', 'ok'],
      initialScore: Number.NaN,
      config: { ...circle, max_iterations: -1, optimizer: 'gepa' },
    });
    expect(db.run()).toMatchObject({ optimizerType: 'miprov2', status: 'completed', tags: ['ok'], config: { seed: 1 } });
    expect(String(db.run().runName)).toHaveLength(200);
    expect(db.run().config).toMatchObject({ $optrail: { max_iterations: -1, optimizer: 'gepa' } });
    expect(warnings.length).toBeGreaterThan(1);
  });

  it('records the run without a parent that is not there', async () => {
    const db = fake();
    db.before = ({ method, input }) => {
      if (method === 'createOptimizationRun' && (input as { parentRunId?: string }).parentRunId) fail('not_found');
    };
    const parentRunId = '0190a3b5-0000-7000-8000-000000000000';
    await tracker(db).track((run) => run.record({ score: 1 }), { parentRunId, config: { seed: 1 } });
    expect(db.run()).toMatchObject({ status: 'completed', config: { seed: 1 }, metadata: { parentRunId } });
  });

  it('records through the client it is given, and asks for no other', async () => {
    const db = fake();
    const { trackRun } = createTrackRun(() => {
      throw new Error('not asked');
    });
    await trackRun({ projectId: 'p', optimizerType: 'gepa', client: db.client }, () => undefined);
    expect(db.run().status).toBe('completed');
  });
});

describe('strict', () => {
  it('stores before it answers', async () => {
    const db = fake();
    await tracker(db, { strict: true }).track(async (run) => {
      expect(await run.record({ score: 1, samples: [{ score: 1 }] })).toBe(0);
      expect(db.iterations.size).toBe(1);
      expect(db.samples.size).toBe(1);
      await run.annotate({ notes: 'x' });
      expect(db.run().notes).toBe('x');
    });
  });

  it('rejects the call, then the run, with the cause', async () => {
    const db = fake();
    db.before = ({ method }) => (method.includes('Iteration') ? fail('constraint_violation') : undefined);
    let caught: unknown;
    const work = tracker(db, { strict: true }).track(async (run) => {
      await run.record({ score: 1 }).catch((error: unknown) => {
        caught = error;
      });
    });
    await expect(work).rejects.toMatchObject({ code: 'recording_failed', cause: { code: 'constraint_violation' } });
    expect(isOptrailError(caught) && caught.code).toBe('constraint_violation');
    expect(db.run().status).toBe('completed');
  });

  it('repairs nothing: a circle, a mask that fails, an unknown field are refused', async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const record of [{ program: circle }, { params: { x: Number.NaN } }, { prompt: 'x' } as object, { iteration: -1 }]) {
      const db = fake();
      const work = tracker(db, { strict: true }).track((run) => run.record(record));
      await expect(work).rejects.toMatchObject({ code: 'invalid_input' });
      expect(db.iterations.size).toBe(0);
    }
  });

  it('throws the error of the callback and no other', async () => {
    const db = fake();
    db.before = ({ method }) => (method.includes('Iteration') ? fail('forbidden') : undefined);
    const error = new Error('mine');
    const work = tracker(db, { strict: true }).track(async (run) => {
      await run.record({ score: 1 }).catch(() => undefined);
      throw error;
    });
    await expect(work).rejects.toBe(error);
  });

  it('does not begin without a run', async () => {
    const db = fake();
    db.before = () => fail('schema_missing');
    const callback = vi.fn();
    await expect(tracker(db, { strict: true }).track(callback)).rejects.toMatchObject({
      code: 'recording_failed',
      cause: { code: 'schema_missing' },
    });
    expect(callback).not.toHaveBeenCalled();
  });

  it('does not wait for ever', async () => {
    vi.useFakeTimers();
    const db = fake();
    db.before = hang;
    const work = expect(tracker(db, { strict: true }).track(() => 1)).rejects.toMatchObject({ code: 'recording_failed' });
    await vi.advanceTimersByTimeAsync(60_000);
    await work;
  });

  it('leaves no unhandled rejection where nobody awaits a call', async () => {
    const db = fake();
    db.before = ({ method }) => (method.includes('Iteration') ? fail('forbidden') : undefined);
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    await expect(
      tracker(db, { strict: true }).track((run) => {
        void run.record({ score: 1 });
      }),
    ).rejects.toMatchObject({ code: 'recording_failed' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
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
