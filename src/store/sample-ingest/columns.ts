import type { SqlValue } from '../../database/port.js';
import { type CreateOptimizationSample, SAMPLE_FIELDS } from '../../schemas/sample.js';

type Value = string | number | boolean | object | null | undefined;
type Accessor = (sample: CreateOptimizationSample) => Value;
type Fields = typeof SAMPLE_FIELDS;
type FieldWithColumn = { [K in keyof Fields]: Fields[K] extends { create: object; column: string } ? K : never }[keyof Fields];

const KEY_TYPES = { runId: 'uuid[]', iteration: 'integer[]', iterationId: 'uuid[]', sampleIndex: 'integer[]' } as const;

/**
 * The parameters of optrail.record_samples between the project and the hashes, in its order. One accessor each: V8 makes
 * `sample[name]` 1.3 to 1.8 times slower.
 */
const ACCESSORS: Record<keyof typeof KEY_TYPES | FieldWithColumn, Accessor> = {
  runId: (sample) => sample.runId,
  iteration: (sample) => sample.iteration,
  iterationId: (sample) => sample.iterationId,
  sampleIndex: (sample) => sample.sampleIndex,
  predictedOutput: (sample) => sample.predictedOutput,
  score: (sample) => sample.score,
  scores: (sample) => sample.scores,
  success: (sample) => sample.success,
  latencyMs: (sample) => sample.latencyMs,
  promptTokens: (sample) => sample.promptTokens,
  completionTokens: (sample) => sample.completionTokens,
  totalTokens: (sample) => sample.totalTokens,
  costUsd: (sample) => sample.costUsd,
  errorMessage: (sample) => sample.errorMessage,
  feedback: (sample) => sample.feedback,
  exampleId: (sample) => sample.exampleId,
  split: (sample) => sample.split,
  metadata: (sample) => sample.metadata,
};

const TYPES = { ...KEY_TYPES, ...SAMPLE_FIELDS };

export const BATCH_COLUMNS = Object.entries(ACCESSORS).map(([name, of]) => {
  const type = TYPES[name as keyof typeof ACCESSORS];
  return { name, type: typeof type === 'string' ? type : type.column, of };
});

/** The places of these columns in a statement, from `$first` on. */
export function columnPlaces(first: number): string[] {
  return BATCH_COLUMNS.map(({ type }, index) => `$${first + index}::${type}`);
}

/** Samples column by column; a column in which none of them has a value is null. */
export function columnsOf(samples: readonly CreateOptimizationSample[]): SqlValue[] {
  return BATCH_COLUMNS.map(({ type, of }) => {
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
