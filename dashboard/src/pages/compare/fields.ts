import type { JsonValue } from '../../../../src/schemas/json.js';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { compact, cost, count, score } from '../../format/number.js';
import { duration } from '../../format/time.js';

export interface Field {
  name: string;
  /** Of what group: figures of the run, or its configuration. */
  group: 'Result' | 'Set-up' | 'Configuration';
  values: readonly (string | number | boolean | null)[];
  /** Whether more or less is the better; neither where it is a matter of taste. */
  better?: 'more' | 'less';
  show?: (value: number) => string;
}

const figure = (
  runs: readonly OptimizationRun[],
  name: string,
  value: (run: OptimizationRun) => number | null,
  show: (value: number) => string,
  better?: 'more' | 'less',
): Field => ({ name, group: 'Result', values: runs.map(value), show, ...(better === undefined ? {} : { better }) });

const setUp = (runs: readonly OptimizationRun[], name: string, value: (run: OptimizationRun) => string | number | null): Field => ({
  name,
  group: 'Set-up',
  values: runs.map(value),
});

/** The leaves of a configuration under their paths. */
function leaves(value: JsonValue | undefined, path: string, into: Map<string, string | number | boolean | null>): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, item] of Object.entries(value)) leaves(item, path === '' ? key : `${path}.${key}`, into);
  } else if (value !== undefined) into.set(path, Array.isArray(value) ? JSON.stringify(value) : value);
}

/** What runs can be told apart by, each with its value of every run. */
export function fieldsOf(runs: readonly OptimizationRun[]): Field[] {
  // Of a score that is minimized less is better; runs of both kinds are not measured by each other.
  const directions = new Set(runs.map(({ direction }) => direction));
  const scores = directions.size > 1 ? undefined : directions.has('minimize') ? 'less' : 'more';
  const configurations = runs.map(({ config }) => {
    const found = new Map<string, string | number | boolean | null>();
    leaves(config as JsonValue, '', found);
    return found;
  });
  const paths = [...new Set(configurations.flatMap((found) => [...found.keys()]))].filter(
    (path) => !['optimizer', 'metric', 'model_config.model'].includes(path),
  );
  return [
    figure(runs, 'Best score', (run) => run.bestScore, score, scores),
    figure(runs, 'Initial score', (run) => run.initialScore, score),
    figure(runs, 'Final score', (run) => run.finalScore, score, scores),
    figure(runs, 'Gain', (run) => run.improvement, score, 'more'),
    figure(runs, 'Cost', (run) => run.totalCostUsd, cost, 'less'),
    figure(runs, 'Duration', (run) => run.durationMs, duration, 'less'),
    figure(runs, 'Latency of a sample', (run) => run.avgLatencyMs, duration, 'less'),
    figure(runs, 'Tokens', (run) => run.totalTokens, compact, 'less'),
    figure(runs, 'Iterations', (run) => run.iterations, count),
    figure(runs, 'Samples', (run) => run.samplesEvaluated, count),
    figure(runs, 'Failed samples', (run) => run.failedSamples, count, 'less'),
    setUp(runs, 'Status', (run) => run.status),
    setUp(runs, 'Optimizer', (run) => run.optimizerType),
    setUp(runs, 'Model', (run) => run.model),
    setUp(runs, 'Metric', (run) => run.metric),
    setUp(runs, 'Evaluation set', (run) => run.evalSetHash),
    setUp(runs, 'Tags', (run) => run.tags.join(', ') || null),
    setUp(runs, 'Attempt', (run) => run.attempt),
    ...paths.map((path): Field => ({ name: path, group: 'Configuration', values: configurations.map((found) => found.get(path) ?? null) })),
  ];
}

export const differs = ({ values }: Field): boolean => new Set(values).size > 1;

/** Places of the best value; none where nothing is better, or all are alike. */
export function bestOf({ values, better }: Field): ReadonlySet<number> {
  const numbers = values.filter((value) => typeof value === 'number');
  if (better === undefined || new Set(numbers).size < 2) return new Set();
  const best = better === 'more' ? Math.max(...numbers) : Math.min(...numbers);
  return new Set(values.flatMap((value, index) => (value === best ? [index] : [])));
}
