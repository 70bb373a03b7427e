import { beforeAll, describe, expect, test } from 'vitest';
import {
  BisectionSchema,
  BlamedPromptSchema,
  EditImpactSchema,
  GateResultSchema,
  HindsightSchema,
  RaceSchema,
  ReceiptSchema,
  RegressionReportSchema,
  RunAssessmentSchema,
  RunComparisonSchema,
} from '../../src/schemas/index.js';
import { checkReceipt } from '../../src/trust/receipt.js';
import { GOLDEN_PROMPTS, goldenRun } from '../support/golden-run.js';
import { ABSENT, aRun, expectShape, newProject } from '../support/records.js';
import { DOORS, useTrail } from '../support/trails.js';

describe.each(DOORS)('trust on $name', (install) => {
  const trail = useTrail(install);
  let projectId: string;
  let runId: string;
  beforeAll(async () => {
    projectId = newProject();
    runId = await goldenRun(trail, projectId, { id: '0199f3a2-7b1e-7c44-9d0a-000000000014' });
  });

  test('the golden run is real, in these words', async () => {
    const verdict = await trail.client.assessRun(runId);
    expectShape(RunAssessmentSchema, verdict);
    expect(verdict).toMatchObject({ word: 'real', difference: 0.5, n: 20, k: 5, better: 10, worse: 0, guarded: true, overlap: 0 });
    expect(verdict).toMatchObject({ baseline: { iteration: 0, score: 0.25 }, winner: { iteration: 21, score: 0.75 } });
    expect(verdict?.sentence).toBe(
      'Real: +50 points over the baseline (95%: +18 to +70), best of 5 candidates on 20 examples. Expect about 0.64 on new examples. ' +
        'Iterations 16 and 21 cannot be told apart (1 example).',
    );
    expect(await trail.client.assessRun(runId)).toEqual(verdict);
  });

  test('a late row makes a new verdict', async () => {
    const late = await goldenRun(trail, projectId);
    const before = await trail.client.assessRun(late);
    const sample = { runId: late, projectId, iteration: 21, sampleIndex: 20, input: 'ticket 20', score: 1 };
    await trail.client.batchCreateOptimizationSamples([sample, { ...sample, iteration: 0, score: 0 }]);
    const after = await trail.client.assessRun(late);
    expect([before?.n, after?.n]).toEqual([20, 20]);
    expect(after?.leftOut).toBe(1);
  });

  test('a comparison, and a gate over it', async () => {
    const { client } = trail;
    const comparison = await client.compareRuns(runId, runId, { baselineIteration: 16, candidateIteration: 21 });
    expectShape(RunComparisonSchema, comparison);
    expect(comparison).toMatchObject({ word: 'too few', n: 20, better: 1, worse: 0, same: 19, exampleSetHash: expect.any(String) });
    expect(comparison.examples).toHaveLength(20);

    const gate = await client.gateRuns(runId, runId);
    expectShape(GateResultSchema, gate);
    expect(gate).toMatchObject({ outcome: 'better', exitCode: 0, baseline: { iteration: 0 }, candidate: { iteration: 21 } });
    expect(gate.exampleSetHash).toBe(comparison.exampleSetHash);
    const back = await client.gateRuns(runId, runId, { baselineIteration: 21, candidateIteration: 0 });
    expect(back).toMatchObject({ outcome: 'regression', exitCode: 3, worse: 10 });
    expect(back.worst).toHaveLength(5);
    const other = await goldenRun(trail, projectId, { config: { metric: 'other' } });
    expect(await client.gateRuns(other, runId, { undecided: 'pass' })).toMatchObject({ outcome: 'not comparable', exitCode: 1 });
    expect(await client.gateRuns(runId, runId, { on: 'test' })).toMatchObject({ outcome: 'not comparable', exitCode: 1 });
  });

  test('edits, blame, bisect and hindsight', async () => {
    const { client } = trail;
    const impact = await client.editImpact(runId);
    expectShape(EditImpactSchema, impact);
    expect(impact).toMatchObject({
      accepted: 5,
      indistinct: 4,
      edits: [{ iteration: 5, parent: 0, gist: 'Refunds are billing.' }, {}, {}, {}, {}],
    });

    const blame = await client.blamePrompt(runId);
    expectShape(BlamedPromptSchema, blame);
    expect(blame?.parts.map(({ spans }) => spans.map(({ text }) => text).join(''))).toEqual([GOLDEN_PROMPTS[21]]);
    expect(blame?.parts[0]?.spans).toEqual([
      { text: 'Sort the ticket.\n', iteration: 0 },
      { text: 'Refunds are billing.\n', iteration: 5 },
      { text: 'Outages are ', iteration: 13 },
      { text: 'urgent ', iteration: 21 },
      { text: 'bugs.', iteration: 13 },
    ]);
    expect((await client.blamePrompt(runId, { iteration: 5 }))?.lineage).toEqual([0, 5]);
    await expect(client.blamePrompt(runId, { iteration: 4 })).rejects.toMatchObject({ code: 'invalid_input', path: 'iteration' });

    const bisection = await client.bisectExamples(runId);
    expectShape(BisectionSchema, bisection);
    expect(bisection?.lineage).toEqual([0, 5, 13, 21]);

    const hindsight = await client.hindsight(runId);
    expectShape(HindsightSchema, hindsight);
    expect(hindsight).toMatchObject({ enough: { iteration: 5 }, until: { calls: 40, costUsd: 0.5 }, total: { calls: 120, costUsd: 1.5 } });
  });

  test('regressions count every evaluation of a program, in other runs too', async () => {
    const { client } = trail;
    const project = newProject();
    const [first] = [await goldenRun(trail, project), await goldenRun(trail, project)];
    const report = await client.regressions(first);
    expectShape(RegressionReportSchema, report);
    expect(report).toMatchObject({ n: 20, broke: 0, noise: 0, expectedFromNoise: 0 });
    expect(report?.examples[0]).toMatchObject({
      kind: 'flaky',
      baseline: { evaluations: 2, right: 0 },
      candidate: { evaluations: 2, right: 2 },
    });
    const back = await client.regressions(first, { iteration: 0, against: first, againstIteration: 21 });
    expect(back).toMatchObject({ candidate: { iteration: 0 }, baseline: { iteration: 21 } });
  });

  test('a race', async () => {
    const result = await trail.client.race([runId]);
    expectShape(RaceSchema, result);
    expect(result).toMatchObject({ entries: [{ optimizerType: 'gepa', runs: 1, pays: null }], sentence: 'One run each: no claim.' });
  });

  test('the receipt says what the verdict says, and holds', async () => {
    const receipt = await trail.client.receipt(runId);
    expectShape(ReceiptSchema, receipt);
    expect(receipt?.assessment).toEqual(await trail.client.assessRun(runId));
    expect(receipt?.word).toBe('real');
    expect(receipt?.hashes).toMatchObject({ baseline: expect.any(String), winner: expect.any(String), exported: expect.any(String) });
    expect(checkReceipt(JSON.parse(JSON.stringify(receipt)), await trail.client.receipt(runId))).toMatchObject({ holds: true });
  });

  test('a run that does not exist has no verdict', async () => {
    const { client } = trail;
    for (const call of [client.assessRun, client.editImpact, client.blamePrompt, client.regressions, client.hindsight, client.receipt]) {
      expect(await call(ABSENT)).toBeNull();
    }
    await expect(client.compareRuns(ABSENT, runId)).rejects.toMatchObject({ code: 'not_found', path: 'baselineRunId' });
    await expect(client.race([ABSENT])).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a run without a complete evaluation is too few', async () => {
    const { client } = trail;
    const { id } = await client.createOptimizationRun(aRun(projectId));
    expect(await client.assessRun(id)).toMatchObject({ word: 'too few', baseline: null, winner: null });
    expect(await client.hindsight(id)).toMatchObject({ enough: null, sentence: 'No complete evaluation was recorded.' });
    expect(await client.receipt(id)).toMatchObject({ blame: null, changes: null });
  });
});
