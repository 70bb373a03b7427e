import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileJournal } from '../../src/journal/file.js';
import type { OpenJournal } from '../../src/journal/port.js';
import type { TrackRunOptions } from '../../src/recorder/options.js';
import type { Run } from '../../src/recorder/port.js';
import { replay } from '../../src/recorder/queue/replay.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { temporaryDirectory } from '../support/databases.js';
import { FakeClient, fail, hang } from './fake-client.js';

afterEach(() => {
  vi.useRealTimers();
});

function journalled(db: FakeClient, directory = temporaryDirectory()) {
  const warnings: string[] = [];
  const openJournal: OpenJournal = ({ runId }) => FileJournal.of({ directory, runId, target: null });
  const { trackRun, startRun } = createTrackRun(async () => db.client, openJournal);
  const options: TrackRunOptions = {
    projectId: 'p',
    optimizerType: 'gepa',
    flushTimeoutMs: 200,
    onWarning: (message) => warnings.push(message),
  };
  const files = () =>
    existsSync(directory)
      ? readdirSync(directory)
          .filter((name) => name.endsWith('.jsonl'))
          .map((name) => join(directory, name))
      : [];
  return {
    directory,
    warnings,
    files,
    text: () =>
      files()
        .map((file) => readFileSync(file, 'utf8'))
        .join(''),
    track: <T>(callback: (run: Run) => T | Promise<T>, more: Partial<TrackRunOptions> = {}) => trackRun({ ...options, ...more }, callback),
    start: () => startRun(options),
  };
}

const down = () => fail('database_unreachable', true);

describe('a run whose database is away', () => {
  it('is kept on disk, and says so', async () => {
    const db = new FakeClient();
    db.before = down;
    const { track, files, warnings, text } = journalled(db);
    const report = await track(async (run) => {
      await run.record({ score: 1, samples: [{ input: 'kept', score: 1 }] });
      await run.annotate({ notes: 'n' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      return run.flush({ timeoutMs: 100 });
    });
    expect(report).toEqual({ acknowledged: 0, pending: 2, rejected: 0, kept: 2 });
    const [file = ''] = files();
    expect(warnings[0]).toContain(`what waits is kept in ${file}`);
    expect(warnings.at(-1)).toContain(
      `2 still wait; its end (completed) is not stored; kept in ${file}: \`npx optrail sync\` sends what waits`,
    );
    expect(text().match(/"kind":"request"/g)).toHaveLength(5);
    db.before = () => undefined;
    await vi.waitFor(() => expect(db.run().status).toBe('completed'), { timeout: 20_000, interval: 50 });
    await vi.waitFor(() => expect(files()).toEqual([]), { timeout: 5_000 });
    expect(db.samplesOf(0)).toMatchObject([{ input: 'kept' }]);
    expect(db.run().notes).toBe('n');
  }, 30_000);

  it('goes on in order when the database is back, and once each', async () => {
    const db = new FakeClient();
    const { track, files, warnings } = journalled(db);
    const report = await track(
      async (run) => {
        await run.record({ score: 0 });
        await run.flush();
        db.before = down;
        for (let number = 1; number <= 5_000; number += 1) {
          await run.record({ score: number, samples: [{ score: 1 }] });
          if (number % 10 === 0) await run.update(number, { decision: 'accepted' });
          if (number % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        }
        expect(files()).toHaveLength(1);
        db.before = () => undefined;
        return run.flush({ timeoutMs: 60_000 });
      },
      { flushTimeoutMs: 30_000 },
    );
    expect(report).toEqual({ acknowledged: 5_501, pending: 0, rejected: 0 });
    expect([...db.iterations.values()].map(({ iteration }) => iteration)).toEqual([...Array(5_001).keys()]);
    expect(db.samples.size).toBe(5_000);
    expect(db.iteration(4_990).decision).toBe('accepted');
    expect(warnings).toHaveLength(1);
    expect(files()).toEqual([]);
  }, 60_000);

  it('holds little of what waits in memory', async () => {
    const db = new FakeClient();
    db.before = down;
    const { track } = journalled(db);
    // Beyond what memory may hold: without a journal 72 of these would be rejected.
    await track(async (run) => {
      for (let number = 0; number < 200; number += 1)
        await run.record({ score: 1, program: `${number}${'x'.repeat(1024 * 1024)}` }).then(() => pause(5));
      const all = { acknowledged: 0, pending: 200, rejected: 0, kept: 200 };
      // Two hundred megabytes take a slow disk its time.
      await vi.waitFor(async () => expect(await run.flush({ timeoutMs: 100 })).toEqual(all), { timeout: 40_000 });
    });
  }, 60_000);

  it('is kept when the database hangs, before an attempt times out', async () => {
    const db = new FakeClient();
    const { track, text } = journalled(db);
    await track(async (run) => {
      await run.record({ score: 1 });
      await run.flush();
      db.before = hang;
      await run.record({ score: 2 });
      await run.record({ score: 3 });
      await vi.waitFor(() => expect(text().match(/"kind":"request"/g)).toHaveLength(2), { timeout: 5_000 });
    });
  });

  it('is kept at its end, however slow the database is', async () => {
    const db = new FakeClient();
    const { track, text } = journalled(db);
    await track(async (run) => {
      await run.flush();
      db.before = () => pause(1_000);
      for (let number = 0; number < 5; number += 1) await run.record({ score: number });
    });
    // The one on its way and the run's end among them.
    expect(text().match(/"kind":"request"/g)).toHaveLength(6);
    db.before = () => undefined;
    await vi.waitFor(() => expect(db.run().status).toBe('completed'), { timeout: 10_000 });
  }, 15_000);

  it('leaves everything to `optrail sync` where the client is closed', async () => {
    const db = new FakeClient();
    db.before = down;
    const { track, files } = journalled(db);
    await track((run) => run.record({ score: 1 }));
    db.before = () => fail('closed');
    await pause(1_500);
    expect(files()).toHaveLength(1);
  });

  it('keeps what it can in memory where the journal cannot be written', async () => {
    const db = new FakeClient();
    db.before = down;
    const { track, warnings } = journalled(db, '/dev/null/journal');
    const report = await track(async (run) => {
      for (let number = 0; number < 10; number += 1) await run.record({ score: number });
      await pause(300);
      const before = await run.flush({ timeoutMs: 0 });
      db.before = () => undefined;
      return { before, after: await run.flush({ timeoutMs: 10_000 }) };
    });
    expect(report.before).toEqual({ acknowledged: 0, pending: 10, rejected: 0, kept: 0 });
    expect(report.after).toEqual({ acknowledged: 10, pending: 0, rejected: 0 });
    expect(warnings.some((message) => message.includes('what waits stays in memory'))).toBe(true);
  }, 15_000);
});

describe('what is rejected', () => {
  it('lies in the journal with its reason, though the database was never away', async () => {
    const db = new FakeClient();
    db.before = ({ method, input }) => {
      if (method === 'createOptimizationIteration' && (input as { iteration: number }).iteration === 1) fail('forbidden');
    };
    const { track, files, warnings, directory } = journalled(db);
    await track(async (run) => {
      for (let number = 0; number < 3; number += 1) await run.record({ score: number });
    });
    expect(warnings.at(-1)).toContain('`npx optrail sync --rejected` shows what was rejected, and why');
    const journal = await FileJournal.open(files()[0] ?? '');
    expect(await journal.rejections()).toMatchObject([
      { body: { iteration: 1 }, reason: { code: 'forbidden', message: 'made to fail with forbidden' } },
    ]);
    await journal.close();

    db.before = () => undefined;
    expect(await sync(db, directory, { retry: true })).toEqual({ pending: 0, rejected: 0 });
    expect(db.iterations.size).toBe(3);
    expect(files()).toEqual([]);
  });

  it('holds single samples of a batch, and nothing of the others', async () => {
    const db = new FakeClient();
    db.before = ({ method, input }) => {
      if (method.startsWith('batch') && (input as { score: number }[]).some(({ score }) => score === 13)) fail('conflict');
    };
    const { track, files } = journalled(db);
    await track((run) => run.record({ score: 1, samples: [{ score: 12 }, { score: 13 }, { score: 14 }] }));
    const journal = await FileJournal.open(files()[0] ?? '');
    expect(await journal.rejections()).toMatchObject([
      { body: { samples: [{ score: 13, sampleIndex: 1 }] }, reason: { code: 'conflict' } },
    ]);
    await journal.close();
  });

  it('is all of a run that could not be created, until what stood in the way is gone', async () => {
    const db = new FakeClient();
    db.before = () => fail('schema_missing');
    const { track, directory } = journalled(db);
    const report = await track(async (run) => {
      await run.record({ score: 1, samples: [{ score: 1 }] });
      await run.flush();
      await run.record({ score: 2 });
      return run.flush();
    });
    expect(report).toEqual({ acknowledged: 0, pending: 0, rejected: 2 });
    db.before = () => undefined;
    await sync(db, directory, { retry: true });
    expect(db.run().status).toBe('completed');
    expect(db.iterations.size).toBe(2);
    expect(db.samples.size).toBe(1);
  });
});

describe('a journal that is sent later', () => {
  it('comes to the state that the run would have come to', async () => {
    const actions = fc.array(fc.constantFrom('record', 'update', 'samples', 'annotate', 'lose', 'bring', 'turn'), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(actions, async (each) => {
        const [untouched, troubled] = [new FakeClient(), new FakeClient()];
        for (const db of [untouched, troubled]) {
          const { start, directory } = journalled(db);
          const run = await start();
          await play(run, each, (away) => {
            if (db === troubled) db.before = away ? down : () => undefined;
          });
          if (db === troubled) db.before = down;
          void run.complete();
          await pause(20);
          // As if the process were gone: nothing comes from it any more.
          db.before = ({ method }) => (db === troubled && method !== 'replayed' ? fail('closed') : undefined);
          await pause(db === troubled ? 400 : 20);
          db.before = () => undefined;
          if (db === troubled) await sync(db, directory);
        }
        expect(stateOf(troubled)).toEqual(stateOf(untouched));
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  it('stays where the database is still away', async () => {
    const db = new FakeClient();
    db.before = down;
    const { track, directory, files } = journalled(db);
    await track((run) => run.record({ score: 1 }));
    db.before = () => fail('closed');
    await pause(1_000);
    db.before = down;
    expect(await sync(db, directory)).toEqual({ pending: 3, rejected: 0 });
    expect(files()).toHaveLength(1);
  }, 20_000);
});

async function play(run: Run, actions: readonly string[], away: (is: boolean) => void): Promise<void> {
  let number = 0;
  for (const action of actions) {
    if (action === 'record') {
      await run.record({ iteration: number, score: number, samples: [{ score: 1 }] });
      number += 1;
    }
    if (action === 'update' && number > 0) await run.update(number - 1, { decision: 'accepted' });
    if (action === 'samples') await run.recordSamples(Math.max(0, number - 1), [{ score: 0.5 }]);
    if (action === 'annotate') await run.annotate({ notes: `after ${number}` });
    if (action === 'lose' || action === 'bring') away(action === 'lose');
    if (action === 'turn') await pause(5);
  }
}

function stateOf(db: FakeClient): unknown {
  const plain = (row: Record<string, unknown>) => {
    const { id, runId, runName, iterationId, durationMs, ...rest } = row;
    return rest;
  };
  const rows = (map: Map<string, Record<string, unknown>>) =>
    [...map.values()].map(plain).sort((a, b) => Number(a.iteration) - Number(b.iteration) || Number(a.sampleIndex) - Number(b.sampleIndex));
  return [rows(db.runs), rows(db.iterations), rows(db.samples)];
}

async function sync(db: FakeClient, directory: string, { retry = false } = {}) {
  const [name = ''] = readdirSync(directory).filter((each) => each.endsWith('.jsonl'));
  // The run that was recorded in this process still holds the lock.
  const copy = temporaryDirectory();
  copyFileSync(join(directory, name), join(copy, name));
  const journal = await FileJournal.open(join(copy, name));
  if (retry) await journal.reopen();
  await replay({ journal, resolveClient: async () => db.client, onWarning: () => undefined });
  if (!existsSync(join(copy, name))) rmSync(join(directory, name));
  return { pending: journal.pending, rejected: journal.rejected };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
