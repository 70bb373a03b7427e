// biome-ignore-all format: as the seed prints it
import { createOptimizationRun, updateOptimizationRun } from '../../../src/index.js';
import type { CreateOptimizationRunInput } from '../../../src/schemas/index.js';

export async function optimize(config: CreateOptimizationRunInput, result: { score: number }): Promise<void> {
  const run = await createOptimizationRun(config);
  try {
    await updateOptimizationRun(run.id, { status: 'running' });

    // ... run optimization ...

    await updateOptimizationRun(run.id, {
      status: 'completed',
      finalScore: result.score,
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    await updateOptimizationRun(run.id, {
      status: 'failed',
      errorMessage: error.message,
      errorStack: error.stack,
    });
    throw error;
  }
}
