import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TrackRunOptions } from '../../src/recorder/options.js';
import type { Run } from '../../src/recorder/port.js';
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

const iteration = fc.nat(6);
const samples = fc.array(fc.constant({ score: 1 }), { maxLength: 4 });
const call = fc.oneof(
  fc.record({
    kind: fc.constant('record' as const),
    score: fc.constantFrom(0, 1, Number.NaN),
    samples,
    iteration: fc.option(iteration, { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('update' as const), iteration }),
  fc.record({ kind: fc.constant('samples' as const), iteration, samples }),
  fc.record({ kind: fc.constant('annotate' as const) }),
  fc.record({ kind: fc.constant('turn' as const) }),
);
type Call = typeof call extends fc.Arbitrary<infer C> ? C : never;

/** Makes the call without awaiting it; how many calls that was. */
async function make(run: Run, each: Call): Promise<number> {
  switch (each.kind) {
    case 'record':
      void run.record({ score: each.score, samples: each.samples, ...(each.iteration === undefined ? {} : { iteration: each.iteration }) });
      return 1;
    case 'update':
      void run.update(each.iteration, { decision: 'accepted' });
      return 1;
    case 'samples':
      void run.recordSamples(each.iteration, each.samples);
      return 1;
    case 'annotate':
      void run.annotate({ notes: 'n' });
      return 1;
    case 'turn':
      await new Promise((resolve) => setImmediate(resolve));
      return 0;
  }
}

function spoil(db: FakeClient, answerTo: (index: number) => string): void {
  const faults: Record<string, () => unknown> = {
    busy: () => fail('database_unreachable', true),
    refused: () => fail('forbidden'),
    bad: () => fail('constraint_violation'),
    bug: () => {
      throw new TypeError('bug');
    },
  };
  db.before = ({ index }) => faults[answerTo(index)]?.();
  db.after = ({ index }) => (answerTo(index) === 'lost' ? fail('database_unreachable', true) : undefined);
}

describe('flush', () => {
  it('accounts for every call, whatever the database does', async () => {
    const world = fc.array(fc.constantFrom('well', 'well', 'well', 'busy', 'busy', 'lost', 'refused', 'bad', 'bug'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 25 }), world, fc.boolean(), async (calls, answers, firstIsWell) => {
        const db = new FakeClient();
        spoil(db, (index) => (index === 0 && firstIsWell ? 'well' : (answers[index] ?? 'well')));
        let made = 0;
        const { value } = await track(db, async (run) => {
          for (const each of calls) {
            made += await make(run, each);
            const { acknowledged, pending, rejected } = await run.flush({ timeoutMs: 0 });
            expect(acknowledged + pending + rejected).toBe(made);
          }
          return run.flush({ timeoutMs: 30_000 });
        });
        expect(value.pending).toBe(0);
        expect(value.acknowledged + value.rejected).toBe(made);
        const ids = [...db.iterations.values()].map((row) => row.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('tries at once, for somebody waits', async () => {
    const db = new FakeClient();
    let down = true;
    db.before = () => (down ? fail('database_unreachable', true) : undefined);
    const { value } = await track(db, async (run) => {
      await run.record({ score: 1 });
      // By now the wait between two attempts is over a second.
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      down = false;
      const start = performance.now();
      const report = await run.flush();
      return { report, ms: performance.now() - start };
    });
    expect(value.report).toEqual({ acknowledged: 1, pending: 0, rejected: 0 });
    expect(value.ms).toBeLessThan(700);
  });
});
