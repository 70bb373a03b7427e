import * as z from 'zod';
import { type ErrorIssue, OptrailError } from '../errors.js';
import { closestName } from './did-you-mean.js';
import { TimeSlice } from './time-slice.js';

/** Issues that the message itself tells; the others are in the error's list. */
const MOST_TOLD = 5;
/** Issues after which the check of a list ends: each wrong item costs some 20 µs. */
const MOST_ISSUES = 100;

/** `['samples', 3, 'score']` -> `samples[3].score` */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function issuesOf(issue: z.core.$ZodIssue, schema: z.ZodType, root: readonly PropertyKey[]): ErrorIssue[] {
  const path = [...root, ...issue.path];
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return [{ path: pathText(path), message: `is required (${issue.expected})` }];
  }
  if (issue.code !== 'unrecognized_keys') return [{ path: pathText(path), message: issue.message }];
  return issue.keys
    .slice(0, MOST_ISSUES)
    .map((key) => ({ path: pathText([...path, key]), message: `is not a field here${guess(key, schema)}` }));
}

function guess(key: string, schema: z.ZodType): string {
  const whole = schema instanceof z.ZodPrefault ? schema.unwrap() : schema;
  const meant = closestName(key, whole instanceof z.ZodObject ? Object.keys(whole.shape) : []);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** Parses a value. A getter of the caller may throw meanwhile. */
function parsed<S extends z.ZodType>(schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
  try {
    return schema.safeParse(value);
  } catch (error) {
    throw new OptrailError('invalid_input', `The input could not be read: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'Nothing was stored.',
      cause: error,
    });
  }
}

/** The value as the schema gives it back, or `invalid_input` with every issue and its path below `root`. */
export function validated<S extends z.ZodType>(schema: S, value: unknown, root: readonly PropertyKey[] = []): z.output<S> {
  const result = parsed(schema, value);
  if (result.success) return result.data;
  throw refusal(result.error.issues.flatMap((issue) => issuesOf(issue, schema, root)));
}

/**
 * A list of items that have a schema, as `validated` gives it, in turns. `quick` gives an item that needs no closer look at a
 * fraction of the schema's cost.
 */
export async function validatedItems<S extends z.ZodType>(
  values: readonly unknown[],
  item: S,
  quick: (value: unknown) => z.output<S> | undefined,
  root: readonly PropertyKey[],
): Promise<z.output<S>[]> {
  const items: z.output<S>[] = [];
  const issues: ErrorIssue[] = [];
  const turn = new TimeSlice();
  for (const [index, value] of values.entries()) {
    const plain = quick(value);
    const result = plain === undefined ? parsed(item, value) : { success: true as const, data: plain };
    if (result.success) items.push(result.data);
    else issues.push(...result.error.issues.flatMap((issue) => issuesOf(issue, item, [...root, index])));
    if (issues.length >= MOST_ISSUES) break;
    if (turn.isOver()) await turn.next();
  }
  if (issues.length > 0) throw refusal(issues);
  return items;
}

function refusal(issues: ErrorIssue[]): OptrailError {
  const told = issues.slice(0, MOST_TOLD).map(({ path, message }) => `${path === '' ? 'the input' : path}: ${message}`);
  const more = issues.length > MOST_TOLD ? `; and ${issues.length - MOST_TOLD} more in .issues` : '';
  return new OptrailError('invalid_input', `${told.join('; ')}${more}`, {
    issues,
    hint: 'Nothing was stored.',
  });
}
