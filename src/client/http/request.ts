import type { CheckedCall } from '../checked-call.js';
import type { Operation } from '../functions/operation.js';
import { parametersIn, pathTo } from '../functions/path.js';
import { operationOf } from '../operations.js';
import type { Query } from './query.js';
import type { HttpCall } from './transport.js';

/**
 * The request of a call: arguments that the path names go into it, one is the body, and all others are parameters of the query. A path
 * parameter that is no argument is taken out of the body: the run of a new iteration.
 */
export function requestOf({ name, input, signal }: CheckedCall): HttpCall & { query: Query } {
  const operation = operationOf(name);
  const inPath = new Set(parametersIn(operation).map((parameter) => argumentOf(operation, parameter)));
  const content = operation.body === undefined ? undefined : input[operation.body];
  const values = { ...(operation.wrapped ? {} : (content as object | undefined)), ...input };
  const path = pathTo(
    operation,
    Object.fromEntries(parametersIn(operation).map((each) => [each, Reflect.get(values, argumentOf(operation, each))])),
  );
  const rest = Object.entries(input).filter(([arg]) => arg !== operation.body && !inPath.has(arg));
  const query = Object.fromEntries(rest.map(([arg, value]) => [parameterOf(operation, arg), value])) as Query;
  return { method: operation.method, path, query, body: bodyOf(operation, content, inPath), signal };
}

function bodyOf({ body, wrapped }: Operation, content: unknown, inPath: ReadonlySet<string>): HttpCall['body'] {
  if (body === undefined) return undefined;
  if (wrapped) return { value: { [body]: content } };
  return { value: Object.fromEntries(Object.entries(content as object).filter(([key]) => !inPath.has(key))) };
}

function argumentOf({ named = {} }: Operation, parameter: string): string {
  return named[parameter] ?? parameter;
}

function parameterOf({ named = {} }: Operation, arg: string): string {
  return Object.keys(named).find((parameter) => named[parameter] === arg) ?? arg;
}
