import { describe, expect, test } from 'vitest';
import type { AxCandidate } from '../../src/optimizers/ax/candidate.js';
import { programText } from '../../src/prompt/text.js';
import type { RecordedIteration } from './fake-recorder.js';
import { type CompileOptions, exactMatch, MINIBATCH, offline, scripted, trackedGepa, triageProgram, VALIDATION } from './scenario.js';

const textOf = ({ program }: RecordedIteration) => (program as AxCandidate).componentMap['root::instruction'];
const kinds = (iterations: RecordedIteration[]) => iterations.map(({ params, evalKind }) => `${params?.role} ${evalKind}`);

describe('the trail of an ordinary compile', async () => {
  const { run, result } = await trackedGepa({});
  const baseline = run.at(0);
  const proposals = run.withRole('proposal');
  const accepted = proposals.filter(({ decision }) => decision === 'accepted');

  test('begins with the seed in full, as the baseline', () => {
    expect(baseline).toMatchObject({ evalKind: 'full', isBaseline: true, status: 'completed', params: { role: 'seed', candidate: 0 } });
    expect(textOf(baseline)).toBe('Say which queue this ticket belongs to.');
    expect(baseline.samples).toHaveLength(VALIDATION);
    expect(run.recorded.filter(({ isBaseline }) => isBaseline)).toHaveLength(1);
  });

  test('numbers its iterations without a gap', () => {
    expect(run.recorded.map(({ iteration }) => iteration)).toEqual(run.recorded.map((_, index) => index));
  });

  test('tells minibatches from full evaluations', () => {
    const sizes = new Set(run.recorded.map(({ evalKind, samples }) => `${evalKind} ${samples.length}`));
    expect(sizes).toEqual(new Set([`full ${VALIDATION}`, `minibatch ${MINIBATCH}`]));
    expect(new Set(kinds(run.recorded))).toEqual(new Set(['seed full', 'parent minibatch', 'proposal minibatch', 'validation full']));
  });

  test('has proposals of either decision, with the sums that decided', () => {
    expect(accepted.length).toBeGreaterThan(0);
    expect(proposals.length).toBeGreaterThan(accepted.length);
    for (const { params, decision, decisionReason, samples } of proposals) {
      const parent = run.at(params?.parent_minibatch as number);
      const sum = (of: typeof samples) => of.reduce((total, { score }) => total + (score ?? 0), 0);
      const won = sum(samples) > sum(parent.samples);
      expect(decision).toBe(won ? 'accepted' : 'rejected');
      expect(decisionReason).toContain(
        `minibatch sum ${sum(samples)} ${won ? 'is above' : 'is not above'} the parent's ${sum(parent.samples)}`,
      );
    }
  });

  test('leads from each proposal to the full evaluation of the candidate it came from', () => {
    for (const { parentIterations, params } of proposals) {
      const [parent] = parentIterations ?? [];
      const reevaluated = run.at(params?.parent_minibatch as number);
      expect(run.at(parent ?? -1).evalKind).toBe('full');
      expect(reevaluated.params).toMatchObject({ role: 'parent', reevaluates: parent });
      expect(textOf(run.at(parent ?? -1))).toBe(textOf(reevaluated));
    }
  });

  test('evaluates each accepted proposal in full, with the same text and the same parents', () => {
    const full = run.withRole('validation');
    expect(full.map(({ params }) => params?.accepted_in)).toEqual(accepted.slice(0, full.length).map(({ iteration }) => iteration));
    for (const each of full) {
      const proposal = run.at(each.params?.accepted_in as number);
      expect(each.parentIterations).toEqual(proposal.parentIterations);
      // One decision a proposal, so that decisions can be counted.
      expect(each).not.toHaveProperty('decision');
      expect(textOf(each)).toBe(textOf(proposal));
    }
  });

  test('scores a candidate as Ax does', () => {
    const best = Math.max(...run.recorded.flatMap(({ evalKind, score }) => (evalKind === 'full' ? (score ?? 0) : [])));
    expect(best).toBe(result.bestScore);
    const ofFront = result.paretoFront.map(({ configuration, scores }) => [configuration.candidate, scores.score]);
    const full = run.recorded.filter(({ evalKind }) => evalKind === 'full');
    for (const [candidate, score] of ofFront) expect(full.find(({ params }) => params?.candidate === candidate)?.score).toBe(score);
  });

  test('keeps each sample with what went in, what came out, its score, its time and its tokens', () => {
    for (const { samples } of run.recorded) {
      for (const sample of samples) {
        expect(sample).toMatchObject({ input: { ticket: expect.any(String) }, expectedOutput: { category: expect.any(String) } });
        const { predictedOutput, expectedOutput, score, latencyMs, promptTokens, completionTokens, totalTokens } = sample;
        expect(score).toBe(
          (predictedOutput as { category: string }).category === (expectedOutput as { category: string }).category ? 1 : 0,
        );
        expect(latencyMs).toBeGreaterThan(0);
        expect(totalTokens).toBe((promptTokens ?? 0) + (completionTokens ?? 0));
        expect(sample.exampleId).toMatch(/^[a-z_]+-\d+$/);
      }
    }
    expect(baseline.totalTokens).toBe(baseline.samples.reduce((sum, { totalTokens = 0 }) => sum + totalTokens, 0));
  });

  test('puts the feedback beside the samples that were reflected on', () => {
    const [parent] = run.withRole('parent');
    for (const { feedback, expectedOutput } of parent?.samples ?? []) {
      expect(feedback).toContain(`belongs to ${(expectedOutput as { category: string }).category}.`);
    }
    expect(baseline.samples.every(({ feedback }) => feedback === undefined)).toBe(true);
  });

  test('counts what reflection took, and the run total with it', () => {
    const spent = run.recorded.reduce((sum, { totalTokens = 0 }) => sum + totalTokens, 0);
    const reflection = proposals.map(({ metadata }) => metadata?.reflection as { calls: number; totalTokens: number });
    for (const { calls, totalTokens } of reflection) {
      expect(calls).toBe(2);
      expect(totalTokens).toBeGreaterThan(0);
    }
    expect(run.annotation.totalTokens).toBe(spent + reflection.reduce((sum, { totalTokens }) => sum + totalTokens, 0));
  });

  test('holds a program from which the winner can be built again', async () => {
    const winner = run.at(run.annotation.bestIteration ?? -1);
    const { componentMap, demos, programs } = winner.program as AxCandidate;
    expect(componentMap).toEqual(result.optimizedProgram?.componentMap);
    expect(programs).toEqual([{ id: 'root', signature: expect.stringContaining('category:class') }]);
    const rebuilt = triageProgram();
    rebuilt.applyOptimizedComponents(componentMap);
    rebuilt.setDemos(demos as never);
    const [sample] = winner.samples;
    expect(await rebuilt.forward(offline(), sample?.input as { ticket: string })).toEqual(sample?.predictedOutput);
    expect(programText(winner.program).text).toBe(componentMap['root::instruction']);
  });
});

test('the same seed leaves the same trail', async () => {
  const timeless = (iterations: RecordedIteration[]) =>
    JSON.parse(JSON.stringify(iterations), (key, value) => (/^(startTime|endTime|durationMs|latencyMs)$/.test(key) ? undefined : value));
  const [one, other] = [await trackedGepa({}), await trackedGepa({})];
  expect(timeless(one.run.recorded)).toEqual(timeless(other.run.recorded));
});

/** Every proposal is accepted on its minibatch; the full score of each is `scores` in turn. */
function withFullScores(scores: number[], maxMetricCalls = 500) {
  let batch = 0;
  let full = -1;
  const gepaAdapter: CompileOptions['gepaAdapter'] = {
    evaluate: (examples) => {
      batch += 1;
      if (examples.length === VALIDATION) full += 1;
      const score = examples.length === VALIDATION ? (scores[full] ?? 0) : batch / 1000;
      return { outputs: examples.map(() => ({})), scores: examples.map(() => score) };
    },
    make_reflective_dataset: () => ({}),
    propose_new_texts: (candidate, _dataset, keys) => Object.fromEntries(keys.map((key) => [key, `${candidate[key]}+${batch}`])),
  };
  return trackedGepa({ args: { numTrials: scores.length - 1, earlyStoppingTrials: 99 }, options: { maxMetricCalls, gepaAdapter } });
}

describe('the winner', () => {
  test('is left to the rule where Ax agrees with it', async () => {
    const { run } = await withFullScores([0.25, 0.75, 0.5]);
    expect(run.annotation).not.toHaveProperty('bestIteration');
  });

  test('is declared where Ax prefers the later of two equals', async () => {
    const { run, result } = await withFullScores([0.25, 0.75, 0.75]);
    const declared = run.at(run.annotation.bestIteration ?? -1);
    expect(declared).toMatchObject({ score: 0.75, params: { candidate: 2 } });
    expect(textOf(declared)).toBe(result.optimizedProgram?.componentMap?.['root::instruction']);
  });
});

test('an accepted proposal for which the budget leaves no full evaluation says so', async () => {
  const { run } = await withFullScores([0.25, 0.75], VALIDATION + 2 * MINIBATCH + VALIDATION - 1);
  expect(run.recorded.map(({ params }) => params?.role)).toEqual(['seed', 'parent', 'proposal']);
  expect(run.at(2)).toMatchObject({ decision: 'accepted', decisionReason: expect.stringContaining('it had no full evaluation') });
});

describe('what goes wrong in an evaluation', () => {
  test('a metric that throws marks its sample, which counts as zero', async () => {
    const metric = () => (args: Parameters<typeof exactMatch>[0]) => {
      if (JSON.stringify(args.example).includes('password')) throw new Error('the judge is out');
      return exactMatch(args);
    };
    const { run } = await trackedGepa({ metric });
    const failed = run.at(0).samples.filter(({ success }) => success === false);
    expect(failed.length).toBeGreaterThan(0);
    for (const sample of failed) {
      expect(sample).toMatchObject({
        score: 0,
        errorMessage: 'metric: the judge is out',
        predictedOutput: { category: expect.any(String) },
      });
      expect(sample.latencyMs).toBeGreaterThan(0);
    }
  });

  test('a metric that gives no number says so', async () => {
    const { run } = await trackedGepa({ metric: () => () => Number.NaN });
    expect(run.at(0).samples[0]).toMatchObject({ score: 0, success: false, errorMessage: expect.stringContaining('no finite number') });
  });

  test('a call that fails never reaches the metric, and is on record', async () => {
    const { run } = await trackedGepa({ args: { studentAI: scripted(() => 'nonsense') } });
    const [sample] = run.at(0).samples;
    expect(sample).toMatchObject({ score: 0, success: false, errorMessage: expect.any(String) });
    expect(sample).not.toHaveProperty('predictedOutput');
    // What the failed attempts used was used all the same.
    expect(sample?.totalTokens).toBeGreaterThan(12);
  });

  test('compile itself failing fails the run, with the same error', async () => {
    const compiling = trackedGepa({ options: { maxMetricCalls: 3 } }, { onWarning: () => {} });
    await expect(compiling).rejects.toThrow('maxMetricCalls=3 is too small');
  });
});

test('several objectives are kept beside the score', async () => {
  const metric = () => (args: Parameters<typeof exactMatch>[0]) => ({ right: exactMatch(args), polite: 0.5 });
  const { run } = await trackedGepa({ metric, options: { paretoMetricKey: 'right' } as object });
  const { score, scores, samples } = run.at(0);
  expect(scores).toEqual({ right: score, polite: 0.5 });
  expect(samples[0]?.scores).toEqual({ right: samples[0]?.score, polite: 0.5 });
});

test('demonstrations that Ax bootstraps first are on record, and in the prompt of what follows', async () => {
  const { run } = await trackedGepa({ options: { bootstrap: { scoreThreshold: 1, maxBootstrapMetricCalls: 8 } } });
  const [bootstrap, seed] = [run.at(0), run.at(1)];
  expect(bootstrap).toMatchObject({ evalKind: 'bootstrap', params: { role: 'bootstrap' } });
  expect(bootstrap.samples.length).toBeGreaterThan(0);
  expect(seed).toMatchObject({ isBaseline: true, evalKind: 'full' });
  const { demos } = seed.program as AxCandidate;
  expect(demos).toEqual([
    { programId: 'root', traces: expect.arrayContaining([{ ticket: expect.any(String), category: expect.any(String) }]) },
  ]);
  expect(programText(seed.program).text).toContain('# Demonstrations for root');
});

describe("an adapter of the user's", () => {
  const adapter = (evaluate: () => never) => ({ evaluate, make_reflective_dataset: () => ({}) });

  test('is asked, and its rows are recorded', async () => {
    const asked: unknown[] = [];
    const gepaAdapter = {
      tag: 'mine',
      evaluate(this: { tag: string }, batch: readonly unknown[]) {
        asked.push(this.tag);
        return { outputs: batch.map(() => ({ category: 'bug' })), scores: batch.map(() => 0.25) };
      },
      make_reflective_dataset: () => ({}),
    };
    const { run } = await trackedGepa({ options: { gepaAdapter } });
    expect(asked).toHaveLength(run.recorded.length);
    expect(new Set(asked)).toEqual(new Set(['mine']));
    expect(run.at(0).samples[0]).toMatchObject({ score: 0.25, predictedOutput: { category: 'bug' } });
  });

  test('that throws leaves the batch to Ax, and the trail is whole', async () => {
    const { run } = await trackedGepa({
      options: {
        gepaAdapter: adapter(() => {
          throw new Error('not now');
        }),
      },
    });
    const plain = await trackedGepa({});
    const essence = (iterations: RecordedIteration[]) =>
      iterations.map(({ params, score, decision, samples }) => ({ params, score, decision, samples: samples.length }));
    expect(essence(run.recorded)).toEqual(essence(plain.run.recorded));
  });
});
