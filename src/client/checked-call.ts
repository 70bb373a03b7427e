import { uuidv7 } from 'uuidv7';
import * as z from 'zod';
import { OptrailError } from '../errors.js';
import { validated } from '../schemas/validate.js';
import type { Operation } from './functions/operation.js';
import { OPERATIONS, type OperationName, operationOf } from './operations.js';
import type { CallOptions, TrailClient } from './port.js';

/** A call whose arguments were checked, to be made over any transport. */
export interface CheckedCall {
  name: OperationName;
  /** Arguments and options by name, as the schemas give them. */
  input: Readonly<Record<string, unknown>>;
  signal: AbortSignal | undefined;
  /** Whether the call can be repeated if its outcome is unknown. */
  again: boolean;
}

/** A client that checks the arguments of each call, and has `make` carry it out. */
export function clientOver(make: (call: CheckedCall) => Promise<unknown>): TrailClient {
  const functions = Object.keys(OPERATIONS).map((name) => [
    name,
    async (...given: unknown[]) => make(checkedCall(name as OperationName, given)),
  ]);
  return Object.fromEntries(functions) as TrailClient;
}

/** Rejects with `invalid_input` naming each argument or option that its schema refuses. */
function checkedCall(name: OperationName, given: readonly unknown[]): CheckedCall {
  const operation = operationOf(name);
  const names = Object.keys(operation.args);
  const { signal, ...options } = validated(operation.optionsSchema, given[names.length] ?? {}) as CallOptions;
  const input: Record<string, unknown> = {};
  // Names before the content: an id that is wrong is told first.
  for (const [index, arg] of names.entries()) if (arg !== operation.body) input[arg] = checked(operation, arg, given[index]);
  Object.assign(input, options);
  const { body } = operation;
  if (body !== undefined) input[body] = checked(operation, body, given[names.indexOf(body)]);
  assertRule(operation, input);
  const content = (body === undefined ? undefined : input[body]) as { id?: string | undefined } | undefined;
  if (operation.makesId && body !== undefined) input[body] = { ...content, id: content?.id ?? uuidv7() };
  const again = operation.idempotent === 'with an id' ? operation.makesId === true || content?.id !== undefined : operation.idempotent;
  return { name, input, signal, again };
}

function checked({ args, body, wrapped }: Operation, arg: string, value: unknown): unknown {
  return validated(args[arg] ?? z.unknown(), value, arg === body && wrapped !== true ? [] : [arg]);
}

function assertRule({ rule }: Operation, input: object): void {
  const issue = rule?.(input as never) ?? null;
  if (issue !== null)
    throw new OptrailError('invalid_input', `${issue.path}: ${issue.message}`, { issues: [issue], hint: 'Nothing was stored.' });
}
