import * as z from 'zod';
import type { Operation } from '../../client/functions/operation.js';
import { parametersIn } from '../../client/functions/path.js';
import { type OperationName, operationOf } from '../../client/operations.js';
import type { OptrailErrorCode } from '../../errors.js';
import { mediaTypeOf, NDJSON_TYPE } from '../http/body.js';
import { created, list, noContent, ok, type Reply } from '../http/reply.js';
import { type AnswerSpec, type BodySpec, type Call, type Route, type RouteSpec, route } from '../route.js';
import { present, wasThere } from './absent.js';
import { bulk, itemByItem } from './bulk.js';
import { inRun } from './in-run.js';
import { listOf } from './shapes.js';

type Values = Readonly<Record<string, unknown>>;

/** The part of a route that the table of operations does not hold: its texts, its examples, and differences from the usual form. */
export interface FunctionRoute<Params, Query> {
  tag: string;
  summary: string;
  description?: string;
  /** The usual answer. Its schema is the operation's output unless one is given; there is no body if the operation returns nothing. */
  answer: AnswerSpec;
  /** 200 by default; 204 if there is no body. */
  status?: 201;
  /** Other answers of the route. */
  others?: Readonly<Record<number, AnswerSpec>>;
  /** The body's schema is the operation's own unless one is given. */
  body?: Omit<BodySpec, 'schema'> & { schema?: z.ZodType };
  /** Replaces the parameters of the path, and gives a handler their types. */
  params?: z.ZodType<Params>;
  /** Replaces the query that is made from the operation's options. */
  query?: z.ZodType<Query>;
  /** Name of the thing in `not_found`, if it differs from the last parameter of the path. */
  noun?: string;
  refusals?: readonly OptrailErrorCode[];
  /** Replaces the usual call of the function. */
  handle?(call: Call<Params, Query>): Promise<Reply | Response>;
}

/** The route of a client's function. Method, path, access, parameters and output come from the table of operations. */
export function functionRoute<Params = Values, Query = Values>(name: OperationName, spec: FunctionRoute<Params, Query>): Route {
  const operation = operationOf(name);
  const { method, path, access } = operation;
  const { tag, summary, description, refusals, body } = spec;
  const usual = handlerOf(name, operation, spec as unknown as FunctionRoute<Values, Values>);
  const params = spec.params ?? (paramsOf(operation) as unknown as z.ZodType<Params> | undefined);
  const query = spec.query ?? (queryOf(operation) as unknown as z.ZodType<Query> | undefined);
  const optional: Partial<RouteSpec<Params, Query>> = {
    ...(description === undefined ? {} : { description }),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: { schema: operation.args[operation.body ?? ''] ?? z.unknown(), ...body } }),
    ...(refusals === undefined ? {} : { refusals }),
  };
  const answers = answersOf(operation, spec as unknown as FunctionRoute<Values, Values>);
  const handle = spec.handle ?? (usual as unknown as RouteSpec<Params, Query>['handle']);
  return route<Params, Query>({ method, path, access, operation: name, tag, summary, ...optional, answers, handle });
}

function answersOf(
  { result, output }: Operation,
  { answer, status, others }: FunctionRoute<Values, Values>,
): RouteSpec<unknown, unknown>['answers'] {
  if (output === undefined) return { 204: answer, ...others };
  const isList = result === 'list' || result === 'rows in pages';
  return { [status ?? 200]: { schema: isList ? listOf(output) : output, ...answer }, ...others };
}

function paramsOf(operation: Operation): z.ZodObject | undefined {
  const names = parametersIn(operation);
  if (names.length === 0) return undefined;
  return z.strictObject(Object.fromEntries(names.map((name) => [name, schemaOf(operation, name)])));
}

/** The schema of an argument, or of a field of the body: the run of a new iteration is in the path. */
function schemaOf({ args, named = {}, body = '' }: Operation, parameter: string): z.ZodType {
  const content = args[body];
  const inBody = content instanceof z.ZodObject ? (content.shape[parameter] as z.ZodType | undefined) : undefined;
  return args[named[parameter] ?? parameter] ?? inBody ?? z.string();
}

function queryOf(operation: Operation): z.ZodObject | undefined {
  const { args, options = {}, body, named = {} } = operation;
  const inPath = parametersIn(operation).map((parameter) => named[parameter] ?? parameter);
  const parameterOf = (arg: string) => Object.keys(named).find((parameter) => named[parameter] === arg) ?? arg;
  const rest = Object.entries({ ...args, ...options }).filter(([arg]) => arg !== body && !inPath.includes(arg));
  return rest.length === 0 ? undefined : z.strictObject(Object.fromEntries(rest.map(([arg, schema]) => [parameterOf(arg), schema])));
}

function handlerOf(name: OperationName, operation: Operation, spec: FunctionRoute<Values, Values>): RouteSpec<Values, Values>['handle'] {
  return async (call) => {
    if (spec.body?.line !== undefined && mediaTypeOf(call.request) === NDJSON_TYPE) return bulk(call, itemByItem(creationOf(name, call)));
    const args = await argumentsOf(operation, call, spec.body?.optional === true);
    const given = operation.options ?? {};
    const options = Object.fromEntries(Object.entries(call.query ?? {}).filter(([option]) => option in given));
    const perform = call.client[name] as (...args: unknown[]) => Promise<unknown>;
    return replyOf(operation, await perform(...args, { ...options, signal: call.signal }), spec);
  };
}

/** Stores one line of an NDJSON body, and returns the id of its row. */
function creationOf(name: OperationName, call: Call<Values, Values>): (value: unknown, signal: AbortSignal) => Promise<string | undefined> {
  const { args } = operationOf(name);
  const create = call.client[name] as (input: unknown, options: object) => Promise<{ id?: string }>;
  return async (value, signal) => (await create(placed(args, value, call), { signal })).id;
}

async function argumentsOf(
  { args, named = {}, body, result }: Operation,
  call: Call<Values, Values>,
  isOptional: boolean,
): Promise<unknown[]> {
  const values: Record<string, unknown> = { ...call.query, ...call.params };
  for (const [parameter, arg] of Object.entries(named)) if (parameter in values) values[arg] = values[parameter];
  if (body !== undefined && result !== 'page') values[body] = (await bodyOf(args, call)) ?? (isOptional ? {} : undefined);
  return Object.keys(args).map((arg) => values[arg]);
}

/** The body as the function takes it. The run and the project that the URL names are added if the function expects them in the body. */
async function bodyOf(args: Operation['args'], call: Call<Values, Values>): Promise<unknown> {
  return placed(args, await call.body(), call);
}

function placed(args: Operation['args'], content: unknown, { params, query }: Call<Values, Values>): unknown {
  const runId = params?.runId;
  if (runId === undefined || 'runId' in args) return content;
  return inRun(content, String(runId), query?.projectId as string | undefined);
}

function replyOf({ result, ...operation }: Operation, value: unknown, { status, noun }: FunctionRoute<Values, Values>): Reply {
  const last = parametersIn(operation).at(-1) ?? '';
  const thing = noun ?? last.replace(/Id$/, '');
  switch (result) {
    case 'list':
    case 'rows in pages':
      return list(value as readonly unknown[]);
    case 'deleted':
      wasThere(value as boolean, last, thing);
      return noContent;
    case 'nothing':
      return noContent;
    case 'row or 404':
      return ok(present(value, last, thing));
    case 'row or 204':
      return value === null ? noContent : ok(value);
    default:
      return status === 201 ? created(value) : ok(value);
  }
}
