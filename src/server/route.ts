import type * as z from 'zod';
import type { Endpoint } from '../client/functions/operation.js';
import type { TrailClient } from '../client/port.js';
import type { OptrailErrorCode } from '../errors.js';
import type { Reply } from './http/reply.js';
import type { Metrics } from './metrics.js';
import type { OpenApiDocument } from './openapi-types.js';
import type { Caller, ServerBackend } from './port.js';

/** A body that a route takes, and an example of it. */
export interface BodySpec {
  schema: z.ZodType;
  example: unknown;
  /** Schema of one line, if the route takes NDJSON too. */
  line?: z.ZodType;
  /** Whether it may be left out. */
  optional?: boolean;
}

/** One status of a route. */
export interface AnswerSpec {
  description: string;
  /** Of the JSON; without it the answer has no body. */
  schema?: z.ZodType;
  example?: unknown;
  /** Schema of one line, if the route gives NDJSON too. */
  line?: z.ZodType;
  /** The media type, unless it is JSON. */
  type?: string;
}

/** Facts about the server itself. */
export interface ServerFacts {
  /** Id of this server process. */
  instance: string;
  metrics: Metrics;
  /** The OpenAPI document. */
  document(): OpenApiDocument;
}

/** The input of a handler. Parameters were checked; the body is read when the handler calls `body`, and checked by the client. */
export interface Call<Params, Query> {
  params: Params;
  query: Query;
  caller: Caller;
  /** The functions as the caller. */
  client: TrailClient;
  backend: ServerBackend;
  /** Aborted when the request times out or the client disconnects. */
  signal: AbortSignal;
  /** Aborted when the server stops: streams end then. */
  closing: AbortSignal;
  /** Time-out of the beginning of an answer, in ms. */
  timeoutMs: number;
  /** Rejects if the caller's access was revoked after the request was accepted. */
  recheck(): Promise<void>;
  /** Interval of the access checks of a stream, in ms; the stream's own by default. */
  recheckMs: number | undefined;
  request: Request;
  requestId: string;
  server: ServerFacts;
  /** Path of the documentation. */
  docs: string;
  /** The JSON of the body, within the limit of its size. */
  body(): Promise<unknown>;
  /** The lines of an NDJSON body, as they arrive. */
  lines(): AsyncIterable<Uint8Array>;
}

export interface RouteSpec<Params, Query> extends Endpoint {
  /** The name of the operation in generated clients. */
  operation: string;
  tag: string;
  summary: string;
  description?: string;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: BodySpec;
  answers: Readonly<Record<number, AnswerSpec>>;
  /** Errors of this route besides those of any route. */
  refusals?: readonly OptrailErrorCode[];
  handle(call: Call<Params, Query>): Promise<Reply | Response>;
}

/** A line of the route table, whatever its parameters are. */
export type Route = RouteSpec<unknown, unknown>;

/** Checks a route against the types of its parameters, and forgets them, so that all routes stand in one table. */
export function route<Params = undefined, Query = undefined>(spec: RouteSpec<Params, Query>): Route {
  return spec as Route;
}
