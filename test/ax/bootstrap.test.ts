import { AxBootstrapFewShot } from '@ax-llm/ax';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { trainingTickets } from '../../src/demo/tickets.js';
import type { AxCandidate } from '../../src/optimizers/ax/candidate.js';
import { createTrackAx } from '../../src/optimizers/ax/track.js';
import { fakeRecorder } from './fake-recorder.js';
import { exactMatch, offline, scripted, triageProgram } from './scenario.js';

// Ax draws the examples of a round with Math.random; a fixed sequence makes two compiles comparable.
beforeEach(() => {
  let state = 7;
  vi.spyOn(Math, 'random').mockImplementation(() => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  });
});
afterEach(() => vi.restoreAllMocks());

const examples = trainingTickets.slice(0, 10);

function makeOptimizer(options: object = {}, studentAI = offline()) {
  return new AxBootstrapFewShot({ studentAI, options: { maxRounds: 2, maxExamples: 6, maxDemos: 20, verboseMode: false, ...options } });
}

async function tracked(optimizer = makeOptimizer(), metric = exactMatch) {
  const recorder = fakeRecorder();
  const program = triageProgram();
  const track = createTrackAx(recorder.trackRun);
  const result = await track(optimizer, { projectId: 'p1', strict: true }).compile(program, [...examples], metric);
  return { result, program, run: recorder.run };
}

describe('AxBootstrapFewShot', () => {
  test('has the same result as untracked', async () => {
    const { result, program } = await tracked();
    vi.restoreAllMocks();
    let state = 7;
    vi.spyOn(Math, 'random').mockImplementation(() => {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    });
    const plain = triageProgram();
    expect(JSON.parse(JSON.stringify(result))).toEqual(
      JSON.parse(JSON.stringify(await makeOptimizer().compile(plain, [...examples], exactMatch))),
    );
    expect(program.getTraces()).toEqual(plain.getTraces());
    expect(program.getUsage()).toEqual(plain.getUsage());
  });

  test('has each round on record, each answer with its score, and which became demonstrations', async () => {
    const { run, result } = await tracked();
    const rounds = run.withRole('round');
    expect(rounds.map(({ evalKind, samples, params }) => [evalKind, samples.length, params?.round])).toEqual([
      ['bootstrap', 6, 1],
      ['bootstrap', 6, 2],
    ]);
    const samples = rounds.flatMap((round) => round.samples);
    for (const { score, metadata, latencyMs, totalTokens, predictedOutput } of samples) {
      expect(metadata).toEqual({ demonstration: score === 1 });
      expect(latencyMs).toBeGreaterThan(0);
      expect(totalTokens).toBeGreaterThan(0);
      expect(predictedOutput).toHaveProperty('category');
    }
    expect(samples.filter(({ metadata }) => metadata?.demonstration)).toHaveLength(result.stats.successfulDemos);
  });

  test('ends with the program that the demonstrations make, declared the best', async () => {
    const { run, result } = await tracked();
    const last = run.at(run.annotation.bestIteration ?? -1);
    expect(last).toMatchObject({ evalKind: 'bootstrap', score: result.bestScore, params: { role: 'result' } });
    expect((last.program as AxCandidate).demos).toEqual(result.demos);
    expect((last.program as AxCandidate).componentMap).toEqual({ 'root::instruction': 'Say which queue this ticket belongs to.' });
  });

  test('has its settings in the configuration', async () => {
    const { run } = await tracked();
    expect(run.options).toMatchObject({
      optimizerType: 'bootstrap_fewshot',
      config: {
        optimizer: 'bootstrap_fewshot',
        metric: 'exactMatch',
        bootstrap_fewshot: { max_rounds: 2, max_bootstrapped_demos: 20, max_examples: 6, metric_threshold: 0.5 },
      },
    });
  });

  test('keeps what it saw where Ax finds no demonstration, and fails with its error', async () => {
    const recorder = fakeRecorder();
    const optimizer = makeOptimizer(
      {},
      scripted(() => 'nonsense'),
    );
    const compiling = createTrackAx(recorder.trackRun)(optimizer, { projectId: 'p1' }).compile(triageProgram(), [...examples], exactMatch);
    await expect(compiling).rejects.toThrow('No demonstrations found');
    expect(recorder.run.status).toBe('failed');
    expect(recorder.run.withRole('round')[0]?.samples[0]).toMatchObject({ success: false, errorMessage: expect.any(String) });
  });
});
