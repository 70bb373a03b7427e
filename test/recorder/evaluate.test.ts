import { describe, expect, it } from 'vitest';
import type { TrackRunOptions } from '../../src/recorder/options.js';
import type { Run } from '../../src/recorder/port.js';
import { createTrackRun } from '../../src/recorder/track-run.js';
import { FakeClient } from './fake-client.js';

function track<T>(db: FakeClient, callback: (run: Run) => T | Promise<T>, more: Partial<TrackRunOptions> = {}): Promise<T> {
  return createTrackRun(async () => db.client).trackRun(
    { projectId: 'p', optimizerType: 'gepa', onWarning: () => undefined, ...more },
    callback,
  );
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const numbers = (count: number) => Array.from({ length: count }, (_, input) => ({ input, expectedOutput: input * 2 }));

describe('run.evaluate', () => {
  it('records the iteration with its samples and returns both', async () => {
    const db = new FakeClient();
    const result = await track(db, (run) =>
      run.evaluate({
        params: { factor: 2 },
        program: { prompt: 'double it' },
        data: [
          { input: 1, expectedOutput: 2, exampleId: 'one', split: 'dev' },
          { input: 2, expectedOutput: 5, exampleId: 'two', split: 'dev' },
        ],
        task: async (input, { params, program, example, index }) => {
          expect(program.prompt).toBe('double it');
          expect(example.input).toBe(input);
          expect(index).toBe(input - 1);
          await sleep(5);
          return input * params.factor;
        },
        score: ({ output, expectedOutput }) => output === expectedOutput,
        parents: [7],
        isBaseline: true,
        decision: 'accepted',
        iteration: 3,
      }),
    );
    expect(result).toMatchObject({ iteration: 3, score: 0.5, failed: 0 });
    expect(result.samples).toMatchObject([
      { index: 0, output: 2, score: 1 },
      { index: 1, output: 4, score: 0 },
    ]);
    expect(db.iteration(3)).toMatchObject({
      score: 0.5,
      status: 'completed',
      evalKind: 'full',
      params: { factor: 2 },
      program: { prompt: 'double it' },
      parentIterations: [7],
      isBaseline: true,
      decision: 'accepted',
    });
    expect(db.samplesOf(3)).toMatchObject([
      { sampleIndex: 0, input: 1, expectedOutput: 2, predictedOutput: 2, score: 1, success: true, exampleId: 'one', split: 'dev' },
      { sampleIndex: 1, score: 0, success: true },
    ]);
    expect(db.samplesOf(3)[0]?.latencyMs).toBeGreaterThanOrEqual(4);
    expect(db.iteration(3).durationMs).toBeGreaterThanOrEqual(4);
    expect(Date.parse(String(db.iteration(3).endTime))).toBeGreaterThanOrEqual(Date.parse(String(db.iteration(3).startTime)));
  });

  it('never runs more than `concurrency` tasks at a time, 8 by default, and keeps the order of the data', async () => {
    for (const [concurrency, bound] of [
      [undefined, 8],
      [3, 3],
      [1, 1],
    ] as const) {
      let running = 0;
      let most = 0;
      const { samples } = await track(new FakeClient(), (run) =>
        run.evaluate({
          data: numbers(25),
          task: async (input) => {
            running += 1;
            most = Math.max(most, running);
            await sleep(((input * 7) % 5) + 1);
            running -= 1;
            return input * 2;
          },
          score: ({ output, expectedOutput }) => Number(output === expectedOutput),
          ...(concurrency === undefined ? {} : { concurrency }),
        }),
      );
      expect(most).toBe(bound);
      expect(samples.map(({ example }) => example.input)).toEqual(numbers(25).map(({ input }) => input));
    }
  });

  it('counts an example that failed as 0, says why, and goes on', async () => {
    const db = new FakeClient();
    const boom = new Error('model is down');
    const { score, failed, samples } = await track(db, (run) =>
      run.evaluate({
        data: numbers(4),
        task: (input) => {
          if (input === 1) throw boom;
          return input;
        },
        score: ({ input }) => {
          if (input === 2) return Number.NaN;
          if (input === 3) throw new Error('metric broke');
          return 1;
        },
      }),
    );
    expect({ score, failed }).toEqual({ score: 0.25, failed: 3 });
    expect(samples[1]).toMatchObject({ failed: true, error: boom, score: 0 });
    expect(samples[1]).not.toHaveProperty('output');
    expect(db.samplesOf(0)).toMatchObject([
      { score: 1, success: true },
      { score: 0, success: false, errorMessage: 'model is down' },
      { score: 0, success: false, predictedOutput: 2, errorMessage: expect.stringContaining('NaN') as string },
      { score: 0, success: false, predictedOutput: 3, errorMessage: 'metric broke' },
    ]);
  });

  it('counts it as errorScore, or not at all where that is null', async () => {
    for (const [errorScore, expected] of [
      [-1, 0],
      [null, 1],
    ] as const) {
      const db = new FakeClient();
      const { score } = await track(db, (run) =>
        run.evaluate({
          data: numbers(2),
          task: (input) => (input === 0 ? Promise.reject(new Error('x')) : input),
          score: () => 1,
          errorScore,
        }),
      );
      expect(score).toBe(expected);
      expect(db.samplesOf(0)[0]?.score).toBe(errorScore);
    }
  });

  it('never rewards failure where the run minimizes', async () => {
    const evaluate = (scores: (number | null)[]) => (run: Run) =>
      run.evaluate({
        data: scores.map((input) => ({ input })),
        task: (input) => input,
        score: ({ output }) => {
          if (output === null) throw new Error('x');
          return output;
        },
      });
    expect((await track(new FakeClient(), evaluate([10, 20, null]), { direction: 'minimize' })).score).toBeCloseTo(50 / 3);
    expect((await track(new FakeClient(), evaluate([0.25, null]), { direction: 'minimize' })).score).toBe(0.625);
  });

  it('is a failed iteration without a score where every example failed', async () => {
    const db = new FakeClient();
    const result = await track(db, (run) =>
      run.evaluate({ data: numbers(3), task: () => Promise.reject(new Error('no key')), score: () => 1 }),
    );
    expect(result).toMatchObject({ score: null, failed: 3 });
    expect(db.iteration(0)).toMatchObject({ score: null, status: 'failed', errorMessage: 'All 3 examples failed; the first: no key' });
    expect(db.samplesOf(0)).toHaveLength(3);
    expect(db.run().status).toBe('completed');
  });

  it('leaves out of the mean what a score calls not applicable', async () => {
    const { score } = await track(new FakeClient(), (run) =>
      run.evaluate({ data: numbers(4), task: (input) => input, score: ({ input }) => (input < 2 ? null : input - 2) }),
    );
    expect(score).toBe(0.5);
  });

  it('takes feedback and further objectives', async () => {
    const db = new FakeClient();
    const { scores, samples } = await track(db, (run) =>
      run.evaluate({
        data: numbers(2),
        task: (input) => input,
        score: async ({ input }) => ({
          score: 1,
          feedback: `said ${input}`,
          scores: { brief: input, ...(input === 0 ? { rare: 4 } : {}) },
        }),
      }),
    );
    expect(scores).toEqual({ brief: 0.5, rare: 4 });
    expect(samples[1]).toMatchObject({ feedback: 'said 1', scores: { brief: 1 } });
    expect(db.iteration(0).scores).toEqual({ brief: 0.5, rare: 4 });
    expect(db.samplesOf(0)[1]).toMatchObject({ feedback: 'said 1', scores: { brief: 1 } });
  });

  it('takes what a task used, which is never mistaken for its output', async () => {
    const db = new FakeClient();
    await track(db, (run) =>
      run.evaluate({
        data: numbers(2),
        task: (input, { usage }) => {
          usage({ promptTokens: 10, completionTokens: 5, costUsd: 0.25 });
          if (input === 1) usage({ totalTokens: 100, costUsd: 0.5 });
          return { output: input, usage: 'mine' };
        },
        score: () => 1,
      }),
    );
    expect(db.samplesOf(0)).toMatchObject([
      { predictedOutput: { output: 0, usage: 'mine' }, promptTokens: 10, completionTokens: 5, totalTokens: 15, costUsd: 0.25 },
      { promptTokens: 10, completionTokens: 5, totalTokens: 115, costUsd: 0.75 },
    ]);
    expect(db.iteration(0)).toMatchObject({ promptTokens: 20, completionTokens: 10, totalTokens: 130, costUsd: 1 });
  });

  it('stops when it is told to, keeps what was paid for, and invents no mean', async () => {
    for (const where of ['evaluation', 'run'] as const) {
      const db = new FakeClient();
      const controller = new AbortController();
      const reason = new DOMException('enough', 'AbortError');
      let started = 0;
      const signal = where === 'run' ? { signal: controller.signal } : {};
      const work = track(
        db,
        (run) =>
          run.evaluate({
            data: numbers(50),
            concurrency: 2,
            ...(where === 'evaluation' ? { signal: controller.signal } : {}),
            task: async (input, context) => {
              started += 1;
              if (input === 4) controller.abort(reason);
              await sleep(1);
              context.signal.throwIfAborted();
              return input;
            },
            score: () => 1,
          }),
        signal,
      );
      await expect(work).rejects.toBe(reason);
      expect(started).toBeLessThan(8);
      expect(db.run().status).toBe('cancelled');
      expect(db.iteration(0)).toMatchObject({
        score: null,
        status: 'failed',
        errorMessage: expect.stringMatching(/^Cancelled after \d of 50 examples: enough$/) as string,
      });
      expect(db.samplesOf(0).length).toBeGreaterThan(0);
      expect(db.samplesOf(0).every((row) => row.success === true)).toBe(true);
    }
  });

  it('takes a time-out of the task for a failure of the example', async () => {
    const { failed } = await track(new FakeClient(), (run) =>
      run.evaluate({
        data: numbers(2),
        task: (input) => (input === 0 ? Promise.reject(new DOMException('slow', 'AbortError')) : input),
        score: () => 1,
      }),
    );
    expect(failed).toBe(1);
  });

  it('numbers evaluations that run side by side by their beginning', async () => {
    const db = new FakeClient();
    const results = await track(db, (run) =>
      Promise.all([20, 1].map((ms) => run.evaluate({ params: { ms }, data: numbers(1), task: () => sleep(ms), score: () => 1 }))),
    );
    expect(results.map(({ iteration }) => iteration)).toEqual([0, 1]);
    expect(db.iteration(0).params).toEqual({ ms: 20 });
  });

  it('refuses an empty data set and a concurrency that is none', async () => {
    const db = new FakeClient();
    const one = { task: () => 1, score: () => 1 };
    await expect(track(db, (run) => run.evaluate({ data: [], ...one }))).rejects.toMatchObject({ code: 'invalid_input', path: 'data' });
    await expect(track(db, (run) => run.evaluate({ data: numbers(1), concurrency: 0, ...one }))).rejects.toMatchObject({
      path: 'concurrency',
    });
    expect(db.iterations.size).toBe(0);
  });

  it('gives its result where nothing can be stored', async () => {
    const db = new FakeClient();
    db.before = () => {
      throw new Error('down');
    };
    const { score } = await track(db, (run) => run.evaluate({ data: numbers(2), task: (input) => input, score: () => 1 }));
    expect(score).toBe(1);
  });
});
