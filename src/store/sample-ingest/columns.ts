import type { SqlValue } from '../../database/port.js';
import type { CreateOptimizationSample } from '../../schemas/sample.js';

interface Column {
  type: string;
  of: (sample: CreateOptimizationSample) => string | number | boolean | object | null | undefined;
}

/** What optrail.record_samples takes between the project and the hashes, in its order. An accessor each, which V8 makes fast. */
const COLUMNS: readonly Column[] = [
  { type: 'uuid[]', of: (sample) => sample.runId },
  { type: 'integer[]', of: (sample) => sample.iteration },
  { type: 'uuid[]', of: (sample) => sample.iterationId },
  { type: 'integer[]', of: (sample) => sample.sampleIndex },
  { type: 'jsonb', of: (sample) => sample.predictedOutput },
  { type: 'double precision[]', of: (sample) => sample.score },
  { type: 'jsonb', of: (sample) => sample.scores },
  { type: 'boolean[]', of: (sample) => sample.success },
  { type: 'double precision[]', of: (sample) => sample.latencyMs },
  { type: 'integer[]', of: (sample) => sample.promptTokens },
  { type: 'integer[]', of: (sample) => sample.completionTokens },
  { type: 'integer[]', of: (sample) => sample.totalTokens },
  { type: 'numeric[]', of: (sample) => sample.costUsd },
  { type: 'text[]', of: (sample) => sample.errorMessage },
  { type: 'text[]', of: (sample) => sample.feedback },
  { type: 'text[]', of: (sample) => sample.exampleId },
  { type: 'text[]', of: (sample) => sample.split },
  { type: 'jsonb', of: (sample) => sample.metadata },
];

/** The places of these columns in a statement, from `$first` on. */
export function columnPlaces(first: number): string[] {
  return COLUMNS.map(({ type }, index) => `$${first + index}::${type}`);
}

/** Samples column by column; a column in which none of them has a value is null. */
export function columnsOf(samples: readonly CreateOptimizationSample[]): SqlValue[] {
  return COLUMNS.map(({ type, of }) => {
    let isGiven = false;
    const values = samples.map((sample) => {
      const value = of(sample) ?? null;
      isGiven ||= value !== null;
      return value;
    });
    if (!isGiven) return null;
    return type === 'jsonb' ? JSON.stringify(values) : (values as SqlValue);
  });
}
