import { MAX_NAME_LENGTH } from './primitives.js';
import { type CreateOptimizationSample, SAMPLE_FIELDS } from './sample.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PLAIN_NAME = new RegExp(`^[ -~]{1,${MAX_NAME_LENGTH}}$`);

let lastId: unknown;
/** Remembers the last id: the samples of a batch are mostly of one run. */
function isId(value: unknown): boolean {
  if (value === lastId) return lastId !== undefined;
  if (typeof value !== 'string' || !UUID.test(value)) return false;
  lastId = value;
  return true;
}

const plainId = (value: unknown) => (isId(value) ? value : undefined);
const plainName = (value: unknown) => (typeof value === 'string' && PLAIN_NAME.test(value) ? value : undefined);
const plainNumber = (value: unknown) =>
  typeof value === 'number' && value >= 0 && value <= 2_147_483_647 && Number.isInteger(value) ? value : undefined;

/** The key of a sample, in its plainest forms. */
const KEY = { runId: plainId, projectId: plainName, iteration: plainNumber, iterationId: plainId, sampleIndex: plainNumber };

/** A copy of each field's plainest form; the schema looks at any other. */
const PLAIN = new Map<string, { plain(value: unknown): unknown; nullable: boolean }>();
for (const [name, plain] of Object.entries(KEY)) PLAIN.set(name, { plain, nullable: false });
for (const [name, field] of Object.entries(SAMPLE_FIELDS)) {
  if ('plain' in field) PLAIN.set(name, { plain: field.plain, nullable: 'nullable' in field });
}

/**
 * The sample as CreateOptimizationSampleSchema gives it, if each field has its plainest form; undefined if the schema has to look.
 * It takes half of the schema's time: samples come by the thousand on the optimizer's thread.
 */
export function plainSample(value: unknown): CreateOptimizationSample | undefined {
  try {
    return copyOf(value);
  } catch {
    // A getter of the caller threw.
    return undefined;
  }
}

function copyOf(value: unknown): CreateOptimizationSample | undefined {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const sample: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const given: unknown = (value as Record<string, unknown>)[key];
    const form = PLAIN.get(key);
    if (form === undefined) return undefined;
    if (given === undefined) continue;
    const copy = given === null && form.nullable ? null : form.plain(given);
    if (copy === undefined) return undefined;
    sample[key] = copy;
  }
  const isWhole = 'runId' in sample && 'iteration' in sample && 'sampleIndex' in sample;
  return isWhole ? (sample as unknown as CreateOptimizationSample) : undefined;
}
