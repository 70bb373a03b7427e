import { jsonCopy } from './json.js';
import { MAX_NAME_LENGTH, MAX_SCORE } from './primitives.js';
import type { CreateOptimizationSample } from './sample.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Printable ASCII: neither NUL nor half a surrogate pair can be in it. */
const PLAIN_NAME = new RegExp(`^[ -~]{1,${MAX_NAME_LENGTH}}$`);

let lastId: unknown;
/** The samples of a batch are mostly of one run. */
function isId(value: unknown): boolean {
  if (value === lastId) return lastId !== undefined;
  if (typeof value !== 'string' || !UUID.test(value)) return false;
  lastId = value;
  return true;
}

const isName = (value: unknown) => typeof value === 'string' && PLAIN_NAME.test(value);
const isWithin = (value: unknown, least: number, most: number) => typeof value === 'number' && value >= least && value <= most;
const isNumberTo = (most: number) => (value: unknown) => isWithin(value, 0, most);
const isCountTo = (most: number) => (value: unknown) => isWithin(value, 0, most) && Number.isInteger(value);

/** The plainest form of each field that samples in bulk have; whatever is not here is for the schema to say. */
const PLAIN_FORMS: Record<string, (value: unknown) => boolean> = {
  runId: isId,
  projectId: isName,
  iteration: isCountTo(2_147_483_647),
  iterationId: isId,
  sampleIndex: isCountTo(2_147_483_647),
  score: (value) => isWithin(value, -MAX_SCORE, MAX_SCORE),
  success: (value) => typeof value === 'boolean',
  latencyMs: isNumberTo(1e12),
  promptTokens: isCountTo(1_000_000_000),
  completionTokens: isCountTo(1_000_000_000),
  totalTokens: isCountTo(2_147_483_647),
  costUsd: isNumberTo(1e9),
  exampleId: isName,
  split: isName,
};
const IS_PLAIN = new Map(Object.entries(PLAIN_FORMS));
const JSON_FIELDS = new Set(['input', 'expectedOutput', 'predictedOutput']);

/**
 * The sample as CreateOptimizationSampleSchema would give it, where each of its fields has the plainest of the forms which that
 * accepts; undefined where the schema has to look, and to say what is wrong. Samples come by the thousand on the thread of the
 * optimizer, and this takes half of the schema's time. A test holds the two together.
 */
export function plainSample(value: unknown): CreateOptimizationSample | undefined {
  try {
    return copyOf(value);
  } catch {
    // A getter of the caller's own.
    return undefined;
  }
}

function copyOf(value: unknown): CreateOptimizationSample | undefined {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const sample: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const given: unknown = (value as Record<string, unknown>)[key];
    const isPlain = IS_PLAIN.get(key);
    if (isPlain === undefined && !JSON_FIELDS.has(key)) return undefined;
    if (given === undefined) continue;
    const copy = isPlain === undefined ? jsonCopy(given) : given;
    if (copy === undefined || isPlain?.(given) === false) return undefined;
    sample[key] = copy;
  }
  const isWhole = 'runId' in sample && 'iteration' in sample && 'sampleIndex' in sample;
  return isWhole ? (sample as unknown as CreateOptimizationSample) : undefined;
}
