// biome-ignore-all format: as the seed prints it
import { createOptimizationIteration, updateOptimizationRun } from '../../../src/index.js';

const numIterations = 4;
const samplesPerIteration = 25;
const optimizer = {
  steps: 0,
  async step() {
    this.steps += 1;
    return { score: this.steps / 10, params: { step: this.steps } };
  },
};

async function runOptimization(runId: string) {
  await updateOptimizationRun(runId, { status: 'running' });

  for (let i = 0; i < numIterations; i++) {
    // Run iteration
    const result = await optimizer.step();

    // Save iteration
    await createOptimizationIteration({
      runId,
      iteration: i,
      score: result.score,
      params: result.params,
    });

    // Update progress
    await updateOptimizationRun(runId, {
      iterations: i + 1,
      samplesEvaluated: (i + 1) * samplesPerIteration,
    });
  }

  // Mark complete
  await updateOptimizationRun(runId, {
    status: 'completed',
    endTime: new Date().toISOString(),
  });
}

export { runOptimization };
