import { ITERATION_FIELDS } from '../../schemas/iteration.js';
import { type JsonObject, type JsonValue, textProblem } from '../../schemas/json.js';
import { MAX_NAME_LENGTH, MAX_TEXT_LENGTH } from '../../schemas/primitives.js';
import { SAMPLE_FIELDS } from '../../schemas/sample.js';
import { marker } from './json-clone.js';

interface Issue {
  readonly code?: string | undefined;
  readonly path: PropertyKey[];
  readonly message: string;
  readonly keys?: string[];
}

/** As much of a Zod schema as a repair needs. */
export interface Judge {
  safeParse(input: unknown): { success: boolean; error?: { issues: readonly unknown[] } | undefined };
}

export interface Repaired<T> {
  input: T;
  /** What was changed, e.g. `exampleId: must have at most 200 characters`. */
  changes: string[];
}

const ROUNDS = 30;
const FIELDS = Object.entries({ ...ITERATION_FIELDS, ...SAMPLE_FIELDS });
const JSON_FIELDS = new Set([
  'config',
  ...FIELDS.flatMap(([name, { intake }]) => (intake === 'json' || intake === 'object' ? [name] : [])),
]);
const KEYS = new Set(['id', 'runId', 'projectId', 'iteration', 'iterationId', 'sampleIndex']);
const TEXT_LIMITS: Record<string, number> = {
  runName: MAX_NAME_LENGTH,
  evalSetHash: MAX_NAME_LENGTH,
  notes: MAX_TEXT_LENGTH,
  errorStack: MAX_TEXT_LENGTH,
  ...Object.fromEntries(FIELDS.flatMap(([name, field]) => ('limit' in field ? [[name, field.limit]] : []))),
};

/**
 * Makes a refused input acceptable by giving up as little as it can: text is cut or cleaned, a bad part of a JSON value
 * becomes a marker, a bad item leaves its list, any other bad field goes. Null where the input was acceptable, or where its
 * very key is not.
 */
export function repair<T extends object>(schema: Judge, input: T): Repaired<T> | null {
  const bench = new Bench({ ...input } as Record<string, unknown>);
  for (let round = 0; round < ROUNDS; round += 1) {
    const result = schema.safeParse(bench.fields);
    if (result.success) return bench.changes.length === 0 ? null : { input: bench.fields as T, changes: bench.changes };
    if (!bench.round((result.error?.issues ?? []) as Issue[])) return null;
  }
  return null;
}

/** An input under repair. What did not help is not tried again: each try at a field is a stronger one. */
class Bench {
  readonly changes: string[] = [];
  private readonly tries = new Map<string, number>();

  constructor(readonly fields: Record<string, unknown>) {}

  /** Sees to each issue; false where there is no way. */
  round(issues: Issue[]): boolean {
    const listsAmended = new Set<string>();
    for (const issue of issues) {
      const field = String(issue.path[0] ?? issue.keys?.join(', ') ?? '');
      if (KEYS.has(field)) return false;
      // Taking one item out of a list moves the others.
      if (listsAmended.has(field)) continue;
      if (Array.isArray(this.fields[field])) listsAmended.add(field);
      this.amend(field, issue);
      this.changes.push(`${issue.path.map(String).join('.') || field}: ${issue.message}`);
    }
    return true;
  }

  private amend(field: string, issue: Issue): void {
    const tried = (this.tries.get(field) ?? 0) + 1;
    this.tries.set(field, tried);
    const path = issue.path.slice(1);
    const value = this.fields[field];
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0) {
      for (const key of issue.keys ?? []) delete this.fields[key];
      return;
    }
    const better = JSON_FIELDS.has(field) ? jsonFor(field, value as JsonValue, path, tried) : plainFor(field, value, path, tried);
    if (better === undefined) delete this.fields[field];
    else this.fields[field] = better;
  }
}

function jsonFor(field: string, value: JsonValue, path: PropertyKey[], tried: number): JsonValue {
  if (tried === 1) return clean(value);
  if (tried > ROUNDS / 2 || path.length === 0) return marker('could not be stored');
  return field === 'config' ? setAside(value as JsonObject, path) : replaced(value, path);
}

function plainFor(field: string, value: unknown, [item]: PropertyKey[], tried: number): unknown {
  if (Array.isArray(value) && typeof item === 'number' && tried < ROUNDS / 2) return value.toSpliced(item, 1);
  if (typeof value !== 'string' || value === '' || tried > 1) return undefined;
  if (field === 'optimizerType') return slug(value);
  const limit = TEXT_LIMITS[field];
  if (limit === undefined) return undefined;
  return cleanText(value.length > limit ? `${value.slice(0, limit - 1)}…` : value);
}

/** The same text as a database can store it: what it cannot becomes U+FFFD. */
function cleanText(text: string): string {
  return textProblem(text) === null ? text : text.toWellFormed().replaceAll(String.fromCharCode(0), '\uFFFD');
}

function clean(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item)]));
}

function replaced(value: JsonValue, path: PropertyKey[]): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return marker('could not be stored');
  if (Array.isArray(value)) return value.map((item, index) => (index === step ? replaced(item, rest) : item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === step ? replaced(item, rest) : item]));
}

/** A typed setting would refuse a marker as well, so what it was moves under a key that has no type. */
function setAside(config: JsonObject, path: PropertyKey[]): JsonObject {
  const copy = structuredClone(config);
  let holder: JsonValue | undefined = copy;
  for (const step of path.slice(0, -1)) {
    holder = typeof holder === 'object' && holder !== null ? (holder as Record<PropertyKey, JsonValue>)[step] : undefined;
  }
  const last = path.at(-1);
  if (typeof holder !== 'object' || holder === null || last === undefined) return marker('could not be stored');
  const members = holder as Record<PropertyKey, JsonValue>;
  const aside = typeof copy.$optrail === 'object' ? copy.$optrail : {};
  copy.$optrail = { ...aside, [path.map(String).join('.')]: members[last] ?? null };
  delete members[last];
  return copy;
}

function slug(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return plain.slice(0, MAX_NAME_LENGTH) || 'custom';
}
