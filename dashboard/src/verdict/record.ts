import type { OptimizationIteration } from '../../../src/schemas/iteration.js';
import type { RecordedRun } from '../../../src/schemas/recorded-run.js';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import type { SampleMatrix } from '../../../src/schemas/views.js';

const time = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));

/** A run as the verdicts read it, from the rows that the page has. */
export function recordOf(run: OptimizationRun, iterations: readonly OptimizationIteration[], matrix: SampleMatrix): RecordedRun {
  const samples = { iteration: [] as number[], example: [] as number[], score: [] as (number | null)[], failed: [] as boolean[] };
  const places = new Map<string, number>();
  const examples: RecordedRun['examples'][number][] = [];
  for (const { exampleHash, exampleId, sampleIndex, scores, outcomes } of matrix.examples) {
    const key = exampleHash ?? `#${sampleIndex}`;
    const place = places.get(key) ?? examples.length;
    if (!places.has(key)) {
      places.set(key, place);
      examples.push({ exampleHash, exampleId, cluster: null });
    }
    for (const [column, { iteration }] of matrix.iterations.entries()) {
      const outcome = outcomes[column] ?? null;
      if (outcome === null) continue;
      samples.iteration.push(iteration);
      samples.example.push(place);
      samples.score.push(scores[column] ?? null);
      samples.failed.push(outcome === 0);
    }
  }
  return {
    runId: run.id,
    projectId: run.projectId,
    runName: run.runName,
    optimizerType: run.optimizerType,
    status: run.status,
    metric: run.metric,
    model: run.model,
    direction: run.direction,
    scoreMax: run.scoreMax,
    evalSetHash: run.evalSetHash,
    declaredBest: run.bestDeclared ? run.bestIteration : null,
    startTime: time(run.startTime),
    endTime: time(run.endTime),
    totalCostUsd: run.totalCostUsd === 0 ? null : run.totalCostUsd,
    totalTokens: run.totalTokens,
    iterations: iterations.map((row) => ({ ...row, programHash: row.programHash ?? null, endTime: time(row.endTime) })),
    examples,
    samples,
  };
}
