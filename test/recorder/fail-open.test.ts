import { afterEach, describe, expect, it, vi } from 'vitest';
import { OptrailError } from '../../src/errors.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { FakeClient, fail, hang } from './fake-client.js';
import { tracker } from './tracker.js';

const fake = () => new FakeClient();

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
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
    expect(warnings.at(-1)).toContain('1 still wait; its end (completed) is not stored');
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
    // One wait for room, a second long, each time would be half an hour.
    expect(inside).toBeLessThan(10_000);
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
