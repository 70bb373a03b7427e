import { AxACE, AxGEPA } from '@ax-llm/ax';
import { describe, expect, test, vi } from 'vitest';
import { validationTickets } from '../../src/demo/tickets.js';
import { isOptrailError } from '../../src/errors.js';
import { createTrackAx } from '../../src/optimizers/ax/track.js';
import { FakeRun, fakeRecorder } from './fake-recorder.js';
import {
  compileGepa,
  exactMatch,
  METRIC_CALLS,
  MINIBATCH,
  offline,
  outcomeOf,
  SEED,
  TRIALS,
  trackedGepa,
  triageProgram,
  VALIDATION,
} from './scenario.js';

class BrokenRun extends FakeRun {
  override record(): Promise<number> {
    return Promise.reject(new Error('the disk is full'));
  }
  override recordSamples(): Promise<void> {
    throw new Error('not even a promise');
  }
}

describe('the tracked optimizer', () => {
  test('is used as the optimizer itself', () => {
    const gepa = new AxGEPA({ studentAI: offline() });
    const tracked = createTrackAx(fakeRecorder().trackRun)(gepa, { projectId: 'p1' });
    expect(tracked).toBeInstanceOf(AxGEPA);
    expect(tracked.getStats()).toEqual(gepa.getStats());
    tracked.configureAuto('light');
    expect(gepa).toMatchObject({ numTrials: 10 });
    expect(Object.keys(tracked)).toEqual(Object.keys(gepa));
  });

  test('makes a run of each compile', async () => {
    const recorder = fakeRecorder();
    const options = { projectId: 'p1', runName: 'twice', tags: ['a'] };
    const gepa = createTrackAx(recorder.trackRun)(new AxGEPA({ studentAI: offline(), numTrials: 1, minibatchSize: MINIBATCH }), options);
    for (let time = 0; time < 2; time += 1) {
      await gepa.compile(triageProgram(), [...validationTickets], exactMatch, { maxMetricCalls: 200 });
    }
    const run = ['completed', 'twice', ['a']];
    expect(recorder.runs.map(({ status, options: { runName, tags } }) => [status, runName, tags])).toEqual([run, run]);
    expect(recorder.runs[1]?.at(0).isBaseline).toBe(true);
  });

  test('is refused where Optrail does not know it', () => {
    const track = createTrackAx(fakeRecorder().trackRun);
    for (const unknown of [new AxACE({ studentAI: offline() }), {}, { compile: () => {} }, null as never]) {
      const error = catchError(() => track(unknown, { projectId: 'p1' }));
      expect(isOptrailError(error) && error.code).toBe('invalid_input');
      expect(String(error)).toContain('AxGEPA and AxBootstrapFewShot');
    }
  });
});

describe('the run', () => {
  test('has the settings, the metric and the model', async () => {
    const { run } = await trackedGepa({});
    expect(run.options).toMatchObject({
      projectId: 'p1',
      optimizerType: 'gepa',
      config: {
        optimizer: 'gepa',
        metric: 'exactMatch',
        model_config: { model: 'optrail-offline-stand-in' },
        gepa: {
          num_trials: TRIALS,
          reflection_minibatch_size: MINIBATCH,
          max_metric_calls: METRIC_CALLS,
          seed: SEED,
          train_examples: 30,
          validation_examples: VALIDATION,
        },
      },
    });
    expect(JSON.stringify(run.options.config)).not.toContain('null');
  });

  test('takes the names that the caller gives, and further keys', async () => {
    const { run } = await trackedGepa({}, { metric: 'accuracy', model: 'mine', config: { team: 'support', optimizer: 'other' } });
    expect(run.options.config).toMatchObject({ optimizer: 'gepa', metric: 'accuracy', model_config: { model: 'mine' }, team: 'support' });
    expect(run.options).not.toHaveProperty('model');
  });

  test('says preset, and not what the preset replaces', async () => {
    const { run } = await trackedGepa({ options: { auto: 'light' } });
    expect(run.options.config?.gepa).toMatchObject({ auto: 'light' });
    expect(run.options.config?.gepa).not.toHaveProperty('num_trials');
  });

  test('names the examples that its scores are made on', async () => {
    const hash = async (scenario: Parameters<typeof trackedGepa>[0]) => (await trackedGepa(scenario)).run.options.evalSetHash;
    const usual = await hash({});
    expect(usual).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await hash({ args: { seed: 9 } })).toBe(usual);
    expect(await hash({ options: { validationExamples: validationTickets.slice(0, VALIDATION).reverse() } })).toBe(usual);
    expect(await hash({ options: { validationExamples: undefined as never } })).not.toBe(usual);
  });

  test('can be added to when compile is done', async () => {
    const { run } = await trackedGepa(
      {},
      {
        onCompiled: async ({ run, result, baseline, best }) => {
          expect(result).toHaveProperty('bestScore');
          expect(baseline).toBe(0);
          await run.record({ evalKind: 'test', score: 0.5, params: { reevaluates: best } });
        },
      },
    );
    const last = run.recorded.at(-1);
    expect(last).toMatchObject({ evalKind: 'test', iteration: run.recorded.length - 1 });
    expect(run.at(last?.params?.reevaluates as number).evalKind).toBe('full');
  });
});

describe('recording that fails', async () => {
  const untracked = outcomeOf(await compileGepa({}));
  const compileWith = async (trackRun: ReturnType<typeof fakeRecorder>['trackRun'], strict = false) => {
    const onWarning = vi.fn();
    const track = createTrackAx(trackRun);
    const compiled = await compileGepa({}, (optimizer) => track(optimizer, { projectId: 'p1', onWarning, strict }));
    return { outcome: outcomeOf(compiled), warnings: onWarning.mock.calls.flat() };
  };

  test('does not change the result, and warns once', async () => {
    const { outcome, warnings } = await compileWith(fakeRecorder((options) => new BrokenRun(options)).trackRun);
    expect(outcome).toEqual(untracked);
    expect(warnings).toEqual([expect.stringContaining('the disk is full')]);
  });

  test('to start or to end does not either', async () => {
    const unstarted = await compileWith(() => Promise.reject(new Error('no database')));
    expect(unstarted).toEqual({ outcome: untracked, warnings: [expect.stringContaining('no database')] });
    const { trackRun } = fakeRecorder();
    const unended = await compileWith(async (options, callback) => {
      await trackRun(options, callback);
      throw new Error('gone');
    });
    expect(unended).toEqual({ outcome: untracked, warnings: [expect.stringContaining('gone')] });
    const idle = await compileWith(async () => undefined as never);
    expect(idle.outcome).toEqual(untracked);
  });

  test('rejects where the run is strict', async () => {
    await expect(compileWith(fakeRecorder((options) => new BrokenRun(options)).trackRun, true)).rejects.toThrow('the disk is full');
    await expect(compileWith(() => Promise.reject(new Error('no database')), true)).rejects.toThrow('no database');
  });

  test('after compile is a warning', async () => {
    const onWarning = vi.fn();
    const { run } = await trackedGepa(
      {},
      {
        onWarning,
        onCompiled: () => {
          throw new Error('my own mistake');
        },
      },
    );
    expect(run.status).toBe('completed');
    expect(onWarning).toHaveBeenCalledWith(expect.stringContaining('my own mistake'));
  });
});

test('a signal aborted before compile keeps it from starting', async () => {
  const recorder = fakeRecorder();
  const track = createTrackAx(recorder.trackRun);
  const signal = AbortSignal.abort(new Error('changed my mind'));
  await expect(compileGepa({}, (optimizer) => track(optimizer, { projectId: 'p1', signal }))).rejects.toThrow('changed my mind');
  expect(recorder.runs).toEqual([]);
});

test('what compile throws is thrown, the very same', async () => {
  const boom = new Error('the feedback function is broken');
  const recorder = fakeRecorder();
  const track = createTrackAx(recorder.trackRun);
  const compiling = compileGepa(
    {
      options: {
        feedbackFn: () => {
          throw boom;
        },
      },
    },
    (optimizer) => track(optimizer, { projectId: 'p1' }),
  );
  await expect(compiling).rejects.toBe(boom);
  expect(recorder.run.status).toBe('failed');
  // The minibatch that was to be reflected on was held back for the feedback that never came.
  expect(recorder.run.withRole('parent')[0]?.samples).toHaveLength(MINIBATCH);
});

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
