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
  /** What one line is, where the route takes NDJSON too. */
  line?: z.ZodType;
  /** Whether it may be left out. */
  optional?: boolean;
}

/** What a status of a route says. */
export interface AnswerSpec {
  description: string;
  /** Of the JSON; without it the answer has no body. */
  schema?: z.ZodType;
  example?: unknown;
  /** What one line is, where the route gives NDJSON too. */
  line?: z.ZodType;
  /** The media type, where it is not JSON. */
  type?: string;
}

/** What the routes about the server itself tell. */
export interface ServerFacts {
  /** Tells this server from every other. */
  instance: string;
  metrics: Metrics;
  /** The OpenAPI document. */
  document(): OpenApiDocument;
}

/** What a handler works with. Parameters were checked; a body is read, and checked by the client, when the handler asks for it. */
export interface Call<Params, Query> {
  params: Params;
  query: Query;
  caller: Caller;
  /** The functions as the caller. */
  client: TrailClient;
  trail: ServerBackend;
  /** Aborted when the time for an answer is over, and when the other side is gone. */
  signal: AbortSignal;
  /** Aborted when the server stops: streams end then. */
  closing: AbortSignal;
  /** Milliseconds in which an answer has to begin. */
  timeoutMs: number;
  /** Rejects where the caller, who was let in, would not be any more. */
  recheck(): Promise<void>;
  /** Milliseconds between two such questions of a stream; its own where it is left out. */
  recheckMs: number | undefined;
  request: Request;
  requestId: string;
  server: ServerFacts;
  /** Where the page of the documentation is. */
  docs: string;
  /** The JSON of the body, within the limit of its size. */
  body(): Promise<unknown>;
  /** The lines of an NDJSON body, as they come. */
  lines(): AsyncIterable<Uint8Array>;
}

export interface RouteSpec<Params, Query> extends Endpoint {
  /** A name that generated clients call the operation by. */
  operation: string;
  tag: string;
  summary: string;
  description?: string;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: BodySpec;
  answers: Readonly<Record<number, AnswerSpec>>;
  /** Errors of this route beside those that any route may have. */
  refusals?: readonly OptrailErrorCode[];
  handle(call: Call<Params, Query>): Promise<Reply | Response>;
}

/** A line of the route table, whatever its parameters are. */
export type Route = RouteSpec<unknown, unknown>;

/** Checks a route against the types of its parameters, and forgets them, so that all routes stand in one table. */
export function route<Params = undefined, Query = undefined>(spec: RouteSpec<Params, Query>): Route {
  return spec as Route;
}
