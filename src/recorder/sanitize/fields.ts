import type { IterationRecord, SampleRecord } from '../port.js';

/** How a field is taken in: `json` and `object` are copied and masked, `text` is masked, the rest is checked for shape. */
export type FieldKind = 'json' | 'object' | 'text' | 'score' | 'scores' | 'list' | 'time' | 'plain' | 'own';

/** `own` fields are looked after by the run itself. Without a prototype, so that `constructor` is no field. */
export const ITERATION_FIELDS = kinds<IterationRecord>({
  iteration: 'own',
  samples: 'own',
  score: 'score',
  scores: 'scores',
  params: 'object',
  program: 'json',
  evalKind: 'plain',
  status: 'plain',
  decision: 'plain',
  decisionReason: 'text',
  parentIterations: 'list',
  isBaseline: 'plain',
  startTime: 'time',
  endTime: 'time',
  durationMs: 'plain',
  promptTokens: 'plain',
  completionTokens: 'plain',
  totalTokens: 'plain',
  costUsd: 'plain',
  errorMessage: 'text',
  metadata: 'object',
});

export const SAMPLE_FIELDS = kinds<SampleRecord>({
  sampleIndex: 'own',
  input: 'json',
  expectedOutput: 'json',
  predictedOutput: 'json',
  score: 'score',
  scores: 'scores',
  success: 'plain',
  latencyMs: 'plain',
  promptTokens: 'plain',
  completionTokens: 'plain',
  totalTokens: 'plain',
  costUsd: 'plain',
  errorMessage: 'text',
  feedback: 'text',
  exampleId: 'text',
  split: 'plain',
  metadata: 'object',
});

function kinds<T>(fields: Record<keyof T & string, FieldKind>): Record<string, FieldKind> {
  return Object.assign(Object.create(null) as Record<string, FieldKind>, fields);
}
