// biome-ignore-all format: as the seed prints it
// biome-ignore-all lint/suspicious/noEvolvingTypes: as the seed prints it
import { batchCreateOptimizationSamples } from '../../../src/index.js';

export async function record(runId: string, iterationId: string, iterationNum: number): Promise<void> {
  const batchSize = 3;
  const inputs = [{ question: 'one' }, { question: 'two' }, { question: 'three' }];
  const predictions = ['1', '2', '4'];
  const labels = ['1', '2', '3'];
  const scores = [1, 1, 0];

  // Collect samples
  const samples = [];
  for (let i = 0; i < batchSize; i++) {
    samples.push({
      runId,
      iterationId,
      iteration: iterationNum,
      sampleIndex: i,
      input: inputs[i],
      predictedOutput: predictions[i],
      expectedOutput: labels[i],
      score: scores[i],
    });
  }

  // Insert all at once (more efficient)
  await batchCreateOptimizationSamples(samples);
}
