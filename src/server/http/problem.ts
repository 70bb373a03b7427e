import * as z from 'zod';
import {
  ERROR_CODES,
  type ErrorIssue,
  isOptrailError,
  OptrailError,
  type OptrailErrorCode,
  type OptrailErrorOptions,
} from '../../errors.js';

/** RFC 9457, with what an OptrailError says beside. */
export const ProblemSchema = z.object({
  type: z.string().describe('Where the code is explained.'),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.enum(Object.keys(ERROR_CODES) as [OptrailErrorCode, ...OptrailErrorCode[]]),
  retryable: z.boolean().describe('Whether the same request may succeed if it is made again unchanged.'),
  hint: z.string().optional().describe('What to do about it.'),
  errors: z
    .array(z.object({ pointer: z.string(), detail: z.string() }))
    .optional()
    .describe('What is wrong with the input, by JSON pointers: into the body, or to a parameter of the path or the query by its name.'),
  sqlState: z.string().optional(),
  constraint: z.string().optional(),
});
export type Problem = z.infer<typeof ProblemSchema>;

/** The status of each code. Codes that are not listed are answered with 500. */
const STATUSES: Partial<Record<OptrailErrorCode, number>> = {
  invalid_input: 422,
  too_large: 413,
  not_found: 404,
  ambiguous_id: 409,
  forbidden: 403,
  unauthenticated: 401,
  rate_limited: 429,
  conflict: 409,
  invalid_status_transition: 409,
  constraint_violation: 422,
  schema_missing: 503,
  schema_mismatch: 503,
  database_locked: 503,
  database_unreachable: 503,
  database_busy: 503,
  engine_failed: 503,
  read_only_database: 503,
  closed: 503,
  disk_full: 507,
  aborted: 408,
};

/** Failures of the database: their messages and hints name hosts, users and directories, and so the code alone is told. */
const INSIDE = new Set<OptrailErrorCode>(['database_unreachable', 'database_locked', 'engine_failed']);
const LOCK_NOT_AVAILABLE = '55P03';
/** Most errors of one answer; the first ones are listed. */
const MOST_ERRORS = 100;
/** Most characters of a message and of a path in an answer. */
const LONGEST = { detail: 2_000, path: 1_000 };

const TITLES: Readonly<Record<number, string>> = {
  400: 'Malformed request',
  401: 'Not authenticated',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request time-out',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid input',
  429: 'Too many requests',
  500: 'Server error',
  503: 'Not available now',
  507: 'Disk full',
};

function titleOf(status: number): string {
  return TITLES[status] ?? 'Error';
}

export function statusOf(code: OptrailErrorCode): number {
  return STATUSES[code] ?? 500;
}

/** An error of HTTP's own: its status is not the usual one of its code, or its answer carries headers. */
export class HttpRefusal extends OptrailError {
  constructor(
    readonly status: number,
    code: OptrailErrorCode,
    message: string,
    { headers, ...options }: OptrailErrorOptions & { headers?: Readonly<Record<string, string>> | undefined } = {},
  ) {
    super(code, message, options);
    this.headers = headers ?? {};
  }

  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The problem of an error. The message of an error that Optrail did not raise on purpose is left out: it may show the inside of the server.
 */
export function problemOf(error: unknown, docs = '/docs'): Problem {
  const told = isOptrailError(error) ? error : null;
  const status = statusOfError(told);
  const code = told !== null && status !== 500 ? told.code : told?.code === 'database_error' ? 'database_error' : 'server_error';
  const isInside = told !== null && !(told instanceof HttpRefusal) && INSIDE.has(told.code);
  return {
    type: `${docs}#error-${code}`,
    title: titleOf(status),
    status,
    detail:
      told === null || status === 500
        ? 'The server failed; its log says why, under the X-Request-Id of this answer.'
        : isInside
          ? ERROR_CODES[told.code]
          : shortened(told.message, LONGEST.detail),
    code,
    retryable: status === 408 ? true : (told?.retryable ?? false),
    ...(told === null || status === 500 || isInside ? {} : detailsOf(told)),
  };
}

function detailsOf({ hint, issues, path, message, sqlState, constraint }: OptrailError): Partial<Problem> {
  const all: readonly ErrorIssue[] = issues.length > 0 || path === undefined ? issues : [{ path, message }];
  const found = all.slice(0, MOST_ERRORS);
  return {
    ...(hint === undefined ? {} : { hint }),
    ...(found.length === 0
      ? {}
      : {
          errors: found.map((issue) => ({
            pointer: pointerOf(shortened(issue.path, LONGEST.path)),
            detail: shortened(issue.message, LONGEST.detail),
          })),
        }),
    ...(sqlState === undefined ? {} : { sqlState }),
    ...(constraint === undefined ? {} : { constraint }),
  };
}

/** The beginning of a text that is too long for an answer: a name in it may be the caller's own megabytes. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}…`;
}

function statusOfError(error: OptrailError | null): number {
  if (error === null) return 500;
  if (error instanceof HttpRefusal) return error.status;
  // The row is locked by another transaction of the tenant: not a failure of the server.
  return error.sqlState === LOCK_NOT_AVAILABLE ? 409 : statusOf(error.code);
}

/** `samples[3].score` -> `#/samples/3/score` */
function pointerOf(path: string): string {
  if (path === '') return '#';
  const keys = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return `#/${keys.map((key) => encodeURIComponent(key.toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
}

/** The problem as an answer. */
export function problemResponse(error: unknown, docs?: string): Response {
  const problem = problemOf(error, docs);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headersOf(error, problem) },
  });
}

function headersOf(error: unknown, { status, code }: Problem): Record<string, string> {
  return {
    ...((status === 503 && code !== 'schema_mismatch' && code !== 'read_only_database') || status === 429 ? { 'retry-after': '1' } : {}),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(error instanceof HttpRefusal ? error.headers : {}),
  };
}
