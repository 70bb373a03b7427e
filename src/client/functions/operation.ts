import * as z from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Least access that a call needs. `viewer`, `editor` and `owner` are roles in the project of the request, and row-level security decides;
 * `caller` is any authenticated caller, `local` the user of this machine, `scraper` that user or a bearer of the metrics token, and
 * `anybody` needs no credentials.
 */
export type Access = 'anybody' | 'caller' | 'viewer' | 'editor' | 'owner' | 'local' | 'scraper';

/** A route of the REST API: its path is in Hono's form, `/v1/runs/:runId`. */
export interface Endpoint {
  method: Method;
  path: string;
  access: Access;
}

/** Schemas by the names of arguments or options. */
export type Schemas = Readonly<Record<string, z.ZodType>>;

/**
 * Result of a call, and its form over HTTP: an object (`row`), an object or null (404 or 204), a whole list, a list that is read page by
 * page, one page with its cursor, true if something was deleted (404 means false), or nothing.
 */
export type Result = 'row' | 'row or 404' | 'row or 204' | 'list' | 'rows in pages' | 'page' | 'deleted' | 'nothing';

export interface OperationSpec extends Endpoint {
  /** The positional arguments, in their order. */
  args: Schemas;
  /** Options of the last argument besides `signal`. */
  options?: Schemas;
  /** The argument that is sent as the body. */
  body?: string;
  /** The body is an object with the argument as its only key, and issues name that key. */
  wrapped?: true;
  /** Names of path and query parameters that differ from those of the arguments: parameter -> argument. */
  named?: Readonly<Record<string, string>>;
  /** The id of a body without one is made by the client, so that a retry meets the same row. */
  makesId?: true;
  /** Whether a second call with the same input changes nothing more; `with an id` if the body names its id. */
  idempotent: boolean | 'with an id';
  result: Result;
  /** Schema of the object, or of one item of the list. */
  output?: z.ZodType;
  /** A rule over several arguments and options. */
  rule?: (input: never) => Issue | null;
}

/** An input that breaks a rule, and how. */
export interface Issue {
  path: string;
  message: string;
}

export type Operation<S extends OperationSpec = OperationSpec> = S & { optionsSchema: z.ZodObject };

/** Arguments and options of a checked call, as their schemas give them. */
export type InputOf<S> = S extends { args: infer A; options?: infer O }
  ? { [K in keyof A]: A[K] extends z.ZodType ? z.output<A[K]> : never } & {
      [K in keyof O]: O[K] extends z.ZodType ? z.output<O[K]> : never;
    }
  : never;

/** A row of the table. The options become one schema that refuses unknown names. */
export function operation<const S extends OperationSpec>(spec: S): Operation<S> {
  return { ...spec, optionsSchema: z.strictObject({ ...spec.options, signal: z.unknown().optional() }) };
}
