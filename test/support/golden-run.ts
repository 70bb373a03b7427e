import type { OptimizationClient } from '../../src/client/port.js';
import { aRun } from './records.js';

/** 20 examples along iterations 0, 5, 10, 13, 16, 21. */
const GOLDEN =
  '110101 011111 011111 001000 101111 111111 011111 011111 000000 011111 111111 011111 010011 000111 000000 111111 011111 000011 000000 000000'.split(
    ' ',
  );
const NUMBERS = [0, 5, 10, 13, 16, 21];
const PARENTS: Record<number, number[]> = { 0: [], 5: [0], 10: [5], 13: [5], 16: [13], 21: [13] };
export const GOLDEN_PROMPTS: Record<number, string> = {
  0: 'Sort the ticket.',
  5: 'Sort the ticket.\nRefunds are billing.',
  10: 'Sort the ticket.\nRefunds are billing.\nBe brief.',
  13: 'Sort the ticket.\nRefunds are billing.\nOutages are bugs.',
  16: 'Sort the ticket.\nRefunds are billing.\nOutages are bugs.\nSay why.',
  21: 'Sort the ticket.\nRefunds are billing.\nOutages are urgent bugs.',
};

/** The golden run; the same examples are the same in every run. */
export async function goldenRun(
  { client }: { client: OptimizationClient },
  projectId: string,
  more: Parameters<typeof aRun>[1] = {},
): Promise<string> {
  const run = aRun(projectId, {
    optimizerType: 'gepa',
    config: { metric: 'accuracy' },
    status: 'running',
    evalSetHash: 'tickets',
    ...more,
  });
  const { id: runId } = await client.createOptimizationRun(run);
  for (const [at, iteration] of NUMBERS.entries()) {
    const score = GOLDEN.filter((trail) => trail[at] === '1').length / 20;
    await client.createOptimizationIteration({
      runId,
      projectId,
      iteration,
      score,
      program: { instruction: GOLDEN_PROMPTS[iteration] ?? '' },
      parentIterations: PARENTS[iteration] ?? [],
      isBaseline: iteration === 0,
      costUsd: 0.25,
    });
    const samples = GOLDEN.map((trail, sampleIndex) => ({
      runId,
      projectId,
      iteration,
      sampleIndex,
      input: `ticket ${sampleIndex}`,
      score: Number(trail[at]),
    }));
    await client.batchCreateOptimizationSamples(samples);
  }
  await client.updateOptimizationRun(runId, { status: 'completed' }, { projectId });
  return runId;
}
