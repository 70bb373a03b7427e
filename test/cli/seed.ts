import type { ClientHandle } from '../../src/client/port.js';

/** Ids of early 2025 by their own clock; three of one millisecond, so that a short prefix is not enough. */
export const IDS = {
  triage: '01941f29-7c00-7000-8000-000000000001',
  second: '01941f29-7c00-7000-8000-000000000002',
  hostile: '01941f29-7c00-7000-8000-00000000000a',
  pending: '01941fff-0000-7000-8000-000000000004',
  minimized: '01942000-0000-7000-8000-000000000005',
  unimproved: '01942000-1000-7000-8000-000000000006',
  noBest: '01943000-0000-7000-8000-000000000007',
  failed: '01944000-0000-4000-8000-000000000008',
  imported: 'cafe0000-1111-4222-8333-444444444444',
} as const;

/** A formula that moves the cursor, retitles the window, ends the cell and the line, turns around and hides. */
export const HOSTILE = '=HYPERLINK("http://evil")\u001b[2J\u001b]0;owned\u0007\u0007|\r\n\u202egnp\u200b\u009b31m<b>x</b>';
/** What is left of it for a terminal. */
export const HARMLESS = '=HYPERLINK("http://evil")| \\u202egnp\\u200b<b>x</b>';

export const WINNER = 'Say which queue.\n- "refund" => billing';

/** Runs of every kind that the command line has to tell apart, the oldest first. Returns the id of one made just now. */
export async function seed(client: ClientHandle): Promise<string> {
  await seedTriage(client);
  const alike = {
    projectId: 'demo',
    optimizerType: 'gepa',
    status: 'completed',
    config: { metric: 'accuracy' },
    evalSetHash: 'sha256:aaaa1111',
  } as const;
  await client.createOptimizationRun({ ...alike, id: IDS.second, runName: 'triage', finalScore: 0.5, initialScore: 0 });
  await client.createOptimizationRun({
    ...alike,
    id: IDS.hostile,
    runName: HOSTILE,
    finalScore: -0.25,
    initialScore: -0.5,
    notes: '\u001b[31mred\nlines',
  });
  await client.createOptimizationRun({
    id: IDS.pending,
    projectId: 'demo',
    runName: 'going on#2',
    optimizerType: 'miprov2',
    tags: ['nightly', 'ci'],
  });
  const demos = [{ question: '1+1' }];
  await client.createOptimizationIteration({ runId: IDS.pending, iteration: 0, score: 0.75, program: { instruction: 'Be exact.', demos } });
  await seedOther(client);
  const { id } = await client.createOptimizationRun({ projectId: 'other', runName: 'new', optimizerType: 'gepa' });
  return id;
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
    evalSetHash: 'sha256:aaaa1111',
    tags: ['nightly'],
  });
  const iteration = (number: number, rest: Partial<Parameters<ClientHandle['createOptimizationIteration']>[0]>) =>
    client.createOptimizationIteration({ runId, iteration: number, ...rest });
  const program = (root: string) => ({ componentMap: { root } });
  await iteration(0, { score: 0, isBaseline: true, program: program('Say which queue.'), durationMs: 1200 });
  await iteration(1, { score: 1, evalKind: 'minibatch', parentIterations: [0], params: { round: 1, temperature: 0.7 } });
  await iteration(2, {
    score: 0.857142857,
    decision: 'accepted',
    parentIterations: [0, 1],
    program: program(WINNER),
    params: { round: 1 },
    totalTokens: 12_345,
    costUsd: 0.00123,
    durationMs: 65_000,
  });
  await iteration(3, { score: 0.9, decision: 'rejected', decisionReason: 'too long', program: program('rejected') });
  await client.batchCreateOptimizationSamples([
    {
      runId,
      iteration: 2,
      sampleIndex: 0,
      input: { ticket: 'Charged twice' },
      expectedOutput: { category: 'billing' },
      score: 1,
      latencyMs: 12.5,
    },
    { runId, iteration: 2, sampleIndex: 1, input: '=cmd|x', expectedOutput: 'bug', predictedOutput: '-1', score: 0, feedback: 'Wrong' },
    { runId, iteration: 2, sampleIndex: 2, input: 'no answer', errorMessage: 'timeout\nafter 10 s', score: null },
  ]);
  const input = 'A ticket of some length. '.repeat(10);
  await client.batchCreateOptimizationSamples(
    Array.from({ length: 2000 }, (_, sampleIndex) => ({ runId, iteration: 3, sampleIndex, input, score: 1 })),
  );
  await client.updateOptimizationRun(runId, { status: 'completed' });
}

async function seedOther(client: ClientHandle): Promise<void> {
  const projectId = 'other';
  const run = (id: string, runName: string, rest: object) =>
    client.createOptimizationRun({ id, projectId, runName, optimizerType: 'grid', status: 'completed', ...rest });
  const iteration = (runId: string, number: number, rest: object) =>
    client.createOptimizationIteration({ runId, iteration: number, ...rest });

  await run(IDS.minimized, 'loss', { direction: 'minimize', scoreMax: 100, config: { metric: 'loss' } });
  await iteration(IDS.minimized, 0, { score: 40, isBaseline: true, program: 'the original' });
  await iteration(IDS.minimized, 1, { score: 10, program: { strange: [1, { deep: true }] } });
  await run(IDS.unimproved, 'in vain', { config: { metric: 'accuracy' } });
  await iteration(IDS.unimproved, 0, { score: 0.5, isBaseline: true, program: 'the original' });
  await iteration(IDS.unimproved, 1, { score: 0.25, params: { temperature: 1 } });
  await run(IDS.noBest, 'only minibatches', { status: 'cancelled' });
  await iteration(IDS.noBest, 0, { score: 1, evalKind: 'minibatch', program: 'noise' });
  await run(IDS.failed, 'cafe', { status: 'failed', errorMessage: 'rate limit\u001b[2J', errorStack: 'at somewhere' });
  await run(IDS.imported, 'imported', { status: 'pending' });
}
