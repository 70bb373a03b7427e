import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { FakeClient, fail, hang } from './fake-client.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function trackFor(db: FakeClient, ms: number) {
  const { trackRun } = createTrackRun(async () => db.client);
  return trackRun({ projectId: 'p', optimizerType: 'gepa', flushTimeoutMs: 100, onWarning: () => undefined }, () => later(ms));
}

describe('the heartbeat', () => {
  it('beats when the run begins and every 15 s, until it ends', async () => {
    const db = new FakeClient();
    const work = trackFor(db, 46_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(db.beats).toBe(1);
    await vi.advanceTimersByTimeAsync(59_000);
    await work;
    expect(db.beats).toBe(4);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(db.beats).toBe(4);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes on after errors, and nobody hears of them', async () => {
    const db = new FakeClient();
    db.before = ({ method }) => (method === 'updateRunProgress' ? fail('database_unreachable', true) : undefined);
    const work = trackFor(db, 46_000);
    await vi.advanceTimersByTimeAsync(60_000);
    await work;
    expect(db.beats).toBe(4);
    expect(db.run().status).toBe('completed');
  });

  it('gives up what gets no answer, and does not pile up', async () => {
    const db = new FakeClient();
    db.before = ({ method }) => (method === 'updateRunProgress' ? hang() : undefined);
    const work = trackFor(db, 100_000);
    await vi.advanceTimersByTimeAsync(24_000);
    expect(db.beats).toBe(1);
    expect(db.unanswered).toBe(1);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(db.unanswered).toBe(0);
    await vi.advanceTimersByTimeAsync(150_000);
    await work;
    expect(db.beats).toBe(4);
    // The run is over, and its last beat holds nothing either.
    expect(db.unanswered).toBe(0);
  });

  it('does not beat for a run that does not exist', async () => {
    const db = new FakeClient();
    db.before = () => fail('forbidden');
    const work = trackFor(db, 46_000);
    await vi.advanceTimersByTimeAsync(60_000);
    await work;
    expect(db.beats).toBe(0);
  });
});
