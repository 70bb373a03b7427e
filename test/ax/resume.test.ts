import { AxGEPA } from '@ax-llm/ax';
import { describe, expect, test, vi } from 'vitest';
import { trainingTickets, validationTickets } from '../../src/demo/tickets.js';
import { OptrailError } from '../../src/errors.js';
import { keepCheckpoints } from '../../src/optimizers/ax/checkpoints.js';
import { createTrackAx } from '../../src/optimizers/ax/track.js';
import type { Resumed } from '../../src/recorder/port.js';
import type { OptimizationIteration } from '../../src/schemas/iteration.js';
import { FakeRun, fakeRecorder } from './fake-recorder.js';
import { exactMatch, METRIC_CALLS, MINIBATCH, offline, SEED, TRIALS, trackedGepa, triageProgram, VALIDATION } from './scenario.js';

const INSTRUCTION = 'Say which queue.\n- "charge" => billing';

function iteration(number: number, more: Partial<OptimizationIteration>): OptimizationIteration {
  return { id: `${number}`, runId: 'run-1', projectId: 'p1', iteration: number, isBaseline: false, ...more } as OptimizationIteration;
}

const baseline = iteration(0, { isBaseline: true, score: 0.1 });
const best = iteration(4, { score: 0.5, program: { componentMap: { 'root::instruction': INSTRUCTION } } });

async function resumed(state: Resumed, options: object = {}) {
  const run = new FakeRun({ projectId: 'p1', optimizerType: 'gepa' });
  run.resumed = state;
  const recorder = fakeRecorder(() => run);
  const gepa = new AxGEPA({ studentAI: offline(), numTrials: TRIALS, minibatchSize: MINIBATCH, seed: SEED });
  const tracked = createTrackAx(recorder.trackRun)(gepa, { projectId: 'p1', resume: 'run-1' });
  const program = triageProgram();
  const result = await tracked.compile(program, [...trainingTickets], exactMatch, {
    validationExamples: validationTickets.slice(0, VALIDATION),
    maxMetricCalls: METRIC_CALLS,
    ...options,
  });
  return { run, result };
}

describe('a compile that goes on', () => {
  const state: Resumed = { attempt: 2, iterations: [baseline, best], best, checkpoint: { state: { round: 3 }, createdAt: '' } };

  test('starts from the best texts, and numbers on', async () => {
    const { run } = await resumed(state);
    expect(run.recorded[0]).toMatchObject({
      iteration: 5,
      isBaseline: false,
      parentIterations: [4],
      evalKind: 'full',
      program: { componentMap: { 'root::instruction': INSTRUCTION } },
    });
    expect(run.recorded.map((each) => each.iteration)).toEqual(run.recorded.map((_, index) => index + 5));
  });

  test('starts as given where no candidate has texts', async () => {
    for (const program of [null, { componentMap: { a: 1 } }, 'a prompt']) {
      const { run } = await resumed({ ...state, best: iteration(4, { score: 0.5, program }) });
      expect(run.recorded[0]).toMatchObject({ iteration: 5, isBaseline: false });
      expect(run.recorded[0]?.parentIterations).toBeUndefined();
    }
  });

  test('is handed the state that was stored last, should Ax ask for it', async () => {
    const run = new FakeRun({ projectId: 'p1', optimizerType: 'gepa' });
    run.resumed = state;
    const gepa = new AxGEPA({ studentAI: offline() });
    const fields = gepa as unknown as { checkpointLoad?: (name: string) => Promise<unknown>; checkpointInterval: number };
    const setBack = keepCheckpoints(gepa as never, run);
    expect(await fields.checkpointLoad?.('any')).toEqual({ round: 3 });
    expect(fields.checkpointInterval).toBe(1);
    setBack();
    expect(fields).toMatchObject({ checkpointLoad: undefined, checkpointSave: undefined, checkpointInterval: 10 });
  });

  test('does not start where the run cannot go on', async () => {
    const refusing = async () => {
      throw new OptrailError('conflict', 'still running');
    };
    const onProgress = vi.fn();
    const gepa = new AxGEPA({ studentAI: offline(), numTrials: 1, minibatchSize: MINIBATCH, onProgress });
    const tracked = createTrackAx(refusing)(gepa, { projectId: 'p1', resume: 'run-1' });
    await expect(tracked.compile(triageProgram(), [...validationTickets], exactMatch, { maxMetricCalls: 100 })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(onProgress).not.toHaveBeenCalled();
  });
});

describe('checkpoints', () => {
  test('are stored each round, without what is no state', async () => {
    const { run } = await trackedGepa({});
    expect(run.checkpoints.length).toBeGreaterThan(1);
    expect(run.checkpoints.at(-1)).toMatchObject({ optimizerType: 'GEPA', currentRound: expect.any(Number) });
    // Ax hands the compile options over, with the examples and the service and its key in them.
    expect(JSON.stringify(run.checkpoints)).not.toContain(validationTickets[0]?.ticket);
    expect(JSON.stringify(run.checkpoints)).not.toContain('AI');
  });

  test('go where the user keeps them, too', async () => {
    const own: unknown[] = [];
    const run = new FakeRun({ projectId: 'p1', optimizerType: 'gepa' });
    const checkpointSave = async (state: unknown) => {
      own.push(state);
      return 'mine';
    };
    const gepa = new AxGEPA({
      studentAI: offline(),
      numTrials: 4,
      minibatchSize: MINIBATCH,
      seed: SEED,
      checkpointSave,
      checkpointInterval: 2,
    });
    const tracked = createTrackAx(fakeRecorder(() => run).trackRun)(gepa, { projectId: 'p1' });
    await tracked.compile(triageProgram(), [...trainingTickets], exactMatch, { maxMetricCalls: METRIC_CALLS });
    expect(own.length).toBeGreaterThan(0);
    expect(run.checkpoints).toHaveLength(own.length);
    expect(gepa).toMatchObject({ checkpointSave, checkpointInterval: 2 });
  });
});
