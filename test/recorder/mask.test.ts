import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FileJournal } from '../../src/journal/file.js';
import { journalsIn } from '../../src/journal/folder.js';
import type { Mask, TrackRunOptions } from '../../src/recorder/options.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { temporaryDirectory } from '../support/databases.js';
import { FakeClient, fail } from './fake-client.js';

const SECRET = '4111-1111-1111-1111';

/** A value with the secret in every place that a value has. */
const holding = () => ({
  text: `card ${SECRET}`,
  list: [SECRET, { deep: SECRET }],
  [`key ${SECRET}`]: 1,
  get thrown(): string {
    throw new Error(`no ${SECRET}`);
  },
});

/** Hides the secret wherever it stands. */
const hide: Mask = (value) => JSON.parse(JSON.stringify(value).replaceAll(SECRET, '####'));

const masks: [string, Mask][] = [
  ['hides it', hide],
  [
    'throws an error that quotes it',
    (value) => {
      throw new Error(`cannot parse ${JSON.stringify(value)}`);
    },
  ],
  ['answers with a promise', (value) => Promise.resolve(value)],
  [
    'answers with what changes afterwards',
    (value) => {
      const answer = { value: hide(value, 'input') };
      queueMicrotask(() => {
        answer.value = value;
      });
      return answer;
    },
  ],
  ['gives nothing', () => undefined],
];

afterEach(() => {
  vi.restoreAllMocks();
});

async function everything(db: FakeClient, mask: Mask, more: Partial<TrackRunOptions> = {}): Promise<string> {
  const directory = temporaryDirectory();
  const said: unknown[] = [];
  for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => void said.push(args));
  }
  const { trackRun } = createTrackRun(
    async () => db.client,
    ({ runId }) => FileJournal.of({ directory, runId, target: null }),
  );
  const value = holding();
  const options: TrackRunOptions = {
    projectId: 'p',
    optimizerType: 'custom',
    config: { setting: value },
    notes: SECRET,
    metadata: { value: value as never },
    mask,
    flushTimeoutMs: 300,
    ...more,
  };
  const work = trackRun(options, async (run) => {
    const sample = {
      input: value,
      expectedOutput: value,
      predictedOutput: value,
      errorMessage: SECRET,
      feedback: SECRET,
      exampleId: SECRET,
      metadata: { value: value as never },
    };
    await run.record({
      program: value,
      params: { value },
      score: 1,
      decisionReason: SECRET,
      errorMessage: SECRET,
      metadata: { value: value as never },
      samples: [sample],
    });
    await run.update(0, { decisionReason: SECRET, program: value });
    await run.recordSamples(0, [sample]);
    await run.annotate({ notes: SECRET, metadata: { value: value as never } });
    await run.evaluate({
      data: [{ input: value, expectedOutput: value, exampleId: SECRET }],
      program: value,
      task: () => {
        throw new Error(`the model said ${SECRET}`);
      },
      score: () => 1,
    });
    throw new TypeError(`failed on ${SECRET}`, { cause: new Error(SECRET) });
  });
  await expect(work).rejects.toThrow(SECRET);
  const files = journalsIn(directory).map((file) => readFileSync(file, 'utf8'));
  return JSON.stringify([db.calls, files, said]);
}

describe.each(masks)('a mask that %s', (_name, mask) => {
  it('lets nothing pass to the database or the log', async () => {
    const db = new FakeClient();
    const all = await everything(db, mask);
    expect(db.run().status).toBe('failed');
    expect(db.samples.size).toBe(3);
    expect(all).not.toContain(SECRET);
  });

  it('lets nothing pass to the journal, where the database is away or refuses', async () => {
    for (const code of ['database_unreachable', 'constraint_violation'] as const) {
      const db = new FakeClient();
      db.before = () => fail(code, code === 'database_unreachable');
      const all = await everything(db, mask);
      expect(all).toContain('/v1/runs');
      expect(all).not.toContain(SECRET);
    }
  });
});

it('without a mask, what is recorded is stored as it is', async () => {
  expect(await everything(new FakeClient(), (value) => value)).toContain(SECRET);
});
