import { afterEach, describe, expect, it, vi } from 'vitest';
import { isOptrailError } from '../../src/errors.js';
import { FakeClient, fail, hang } from './fake-client.js';
import { tracker } from './tracker.js';

const fake = () => new FakeClient();

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
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
