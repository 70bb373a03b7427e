import type { ClientHandle } from '../../src/client/port.js';

/** Ids that begin alike, so that a short prefix is not enough; all of the first days of 2025, by their own clock. */
export const IDS = {
  triage: '01941f29-7c00-7000-8000-000000000001',
  second: '01941f29-7c00-7000-8000-000000000002',
  hostile: '01941f29-7c00-7000-8000-00000000000a',
  running: '01941fff-0000-7000-8000-000000000004',
  minimized: '01942000-0000-7000-8000-000000000005',
  unimproved: '01942000-1000-7000-8000-000000000006',
  noBest: '01943000-0000-7000-8000-000000000007',
  failed: '01944000-0000-4000-8000-000000000008',
  imported: 'cafe0000-1111-4222-8333-444444444444',
} as const;

/** Moves the cursor, rings, retitles the window, turns the reading order around, and hides. */
export const HOSTILE = '=HYPERLINK("http://evil")\u001b[2J\u001b]0;owned\u0007\u0007|\r\n\u202egnp\u200b\u009b31m<b>x</b>';

export const WINNER = 'Say which queue.\n- "refund" => billing';

/** Runs of every kind that the command line has to tell apart. */
export async function seed(client: ClientHandle): Promise<void> {
  await seedTriage(client);
  await client.createOptimizationRun({
    id: IDS.second,
    projectId: 'demo',
    runName: 'triage',
    optimizerType: 'gepa',
    status: 'completed',
    finalScore: 0.5,
    initialScore: 0,
    config: { metric: 'accuracy' },
    evalSetHash: 'aaaa1111',
  });
  await client.createOptimizationRun({
    id: IDS.hostile,
    projectId: 'demo',
    runName: HOSTILE,
    optimizerType: 'gepa',
    status: 'completed',
    finalScore: -0.25,
    initialScore: -0.5,
    notes: '\u001b[31mred',
    config: { metric: 'accuracy' },
    evalSetHash: 'aaaa1111',
  });
  await client.createOptimizationRun({
    id: IDS.running,
    projectId: 'demo',
    runName: 'going on',
    optimizerType: 'miprov2',
    status: 'running',
    tags: ['nightly', 'ci'],
  });
  await client.createOptimizationIteration({
    runId: IDS.running,
    iteration: 0,
    score: 0.75,
    program: { instruction: 'Be exact.', demos: [{ question: '1+1', answer: '2' }] },
  });
  await client.createOptimizationRun({
    id: IDS.minimized,
    projectId: 'other',
    runName: 'loss',
    optimizerType: 'random',
    direction: 'minimize',
    scoreMax: 100,
    status: 'completed',
    config: { metric: 'loss', optimizer: 'random' },
  });
  await client.createOptimizationIteration({ runId: IDS.minimized, iteration: 0, score: 40, isBaseline: true, program: 'the original' });
  await client.createOptimizationIteration({ runId: IDS.minimized, iteration: 1, score: 10, program: { strange: [1, { deep: true }] } });
  await client.createOptimizationRun({
    id: IDS.unimproved,
    projectId: 'other',
    runName: 'in vain',
    optimizerType: 'grid',
    status: 'completed',
    config: { metric: 'accuracy', optimizer: 'grid' },
  });
  await client.createOptimizationIteration({ runId: IDS.unimproved, iteration: 0, score: 0.5, isBaseline: true, program: 'the original' });
  await client.createOptimizationIteration({ runId: IDS.unimproved, iteration: 1, score: 0.25, program: 'worse' });
  await client.createOptimizationRun({
    id: IDS.noBest,
    projectId: 'other',
    runName: 'only minibatches',
    optimizerType: 'gepa',
    status: 'cancelled',
  });
  await client.createOptimizationIteration({ runId: IDS.noBest, iteration: 0, score: 1, evalKind: 'minibatch', program: 'noise' });
  await client.createOptimizationRun({
    id: IDS.failed,
    projectId: 'other',
    runName: 'cafe',
    optimizerType: 'copro',
    status: 'failed',
    errorMessage: 'rate limit\u001b[2J',
    errorStack: 'at somewhere',
  });
  await client.createOptimizationRun({ id: IDS.imported, projectId: 'other', runName: 'imported', optimizerType: 'textgrad' });
}

async function seedTriage(client: ClientHandle): Promise<void> {
  const runId = IDS.triage;
  await client.createOptimizationRun({
    id: runId,
    projectId: 'demo',
    runName: 'triage',
    optimizerType: 'gepa',
    status: 'running',
    config: { metric: 'accuracy', model: 'gpt-4.1-mini' },
    evalSetHash: 'aaaa1111',
    tags: ['nightly'],
  });
  await client.createOptimizationIteration({
    runId,
    iteration: 0,
    score: 0,
    isBaseline: true,
    program: { componentMap: { root: 'Say which queue.' } },
    durationMs: 1200,
  });
  await client.createOptimizationIteration({
    runId,
    iteration: 1,
    score: 1,
    evalKind: 'minibatch',
    parentIterations: [0],
    params: { round: 1, temperature: 0.7 },
  });
  await client.createOptimizationIteration({
    runId,
    iteration: 2,
    score: 0.857142857,
    decision: 'accepted',
    parentIterations: [0, 1],
    program: { componentMap: { root: WINNER } },
    params: { round: 1 },
    totalTokens: 12_345,
    costUsd: 0.00123,
    durationMs: 65_000,
  });
  await client.createOptimizationIteration({
    runId,
    iteration: 3,
    score: 0.9,
    decision: 'rejected',
    decisionReason: 'too long',
    program: { componentMap: { root: 'rejected' } },
  });
  await client.batchCreateOptimizationSamples([
    {
      runId,
      iteration: 2,
      sampleIndex: 0,
      input: { ticket: 'Charged twice' },
      expectedOutput: { category: 'billing' },
      predictedOutput: { category: 'billing' },
      score: 1,
      latencyMs: 12.5,
      costUsd: 0.001,
    },
    {
      runId,
      iteration: 2,
      sampleIndex: 1,
      input: '=cmd|x',
      expectedOutput: 'bug',
      predictedOutput: '-1',
      score: 0,
      feedback: 'Wrong',
      latencyMs: 3,
    },
    { runId, iteration: 2, sampleIndex: 2, input: 'no answer', errorMessage: 'timeout\nafter 10 s', score: null },
  ]);
  await client.updateOptimizationRun(runId, { status: 'completed' });
}
