// biome-ignore-all format: as the seed prints it
// biome-ignore-all assist/source/organizeImports: as the seed prints it
import { getTopRunsByScore } from '../../../src/index.js';

// 2. Import Types and Functions
import {
  createOptimizationRun,
  updateOptimizationRun,
  createOptimizationIteration,
  listOptimizationRuns,
} from '../../../src/index.js';

import { CreateOptimizationRunSchema } from '../../../src/schemas/index.js';

// 3. Create Your First Run
// Validate input
const input = CreateOptimizationRunSchema.parse({
  projectId: 'proj_123',
  runName: 'My First MIPROv2 Run',
  optimizerType: 'miprov2',
  config: {
    optimizer: 'miprov2',
    metric: 'accuracy',
    max_iterations: 10,
    model_config: {
      model: 'gpt-4',
      temperature: 0.7,
    },
    miprov2: {
      metric: 'accuracy',
      num_candidates: 10,
      init_temperature: 1.0,
    },
  },
  tags: ['experiment-1', 'production'],
});

// Create run
const run = await createOptimizationRun(input);
console.log('Created run:', run.id);

// 4. Track Progress
// Update status
await updateOptimizationRun(run.id, {
  status: 'running',
});

// Add iteration
await createOptimizationIteration({
  runId: run.id,
  iteration: 1,
  score: 0.85,
  params: {
    temperature: 0.7,
    num_demos: 5,
  },
});

// Complete run
await updateOptimizationRun(run.id, {
  status: 'completed',
  finalScore: 0.92,
  iterations: 10,
  samplesEvaluated: 100,
});

// 5. Query Results
// List all completed runs
const { data: runs } = await listOptimizationRuns({
  projectId: 'proj_123',
  status: 'completed',
  orderBy: 'final_score',
  orderDirection: 'desc',
  limit: 10,
});

// Get top runs
const topRuns = await getTopRunsByScore('proj_123', 5);

export { run, runs, topRuns };
