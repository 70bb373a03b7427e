/**
 * Every error that Optrail raises on purpose is an {@link OptrailError} with one of these codes.
 * The text beside a code is what it means; `docs/errors.md` is generated from it.
 */
export const ERROR_CODES = {
  invalid_input: 'A value does not have the form asked for; `path` names it.',
  too_large: 'A value is over a size limit; `path` names it.',
  not_found: 'No such run, iteration or project, or none that you may see.',
  ambiguous_id: 'The id alone matches rows of several projects; pass `projectId`.',
  forbidden: 'Your role in the project does not allow this, or the project does not exist.',
  unauthenticated: 'The API key or token is missing, wrong, expired or revoked.',
  rate_limited: 'The key, token or address has made too many requests; `Retry-After` says when to go on.',
  conflict: 'The place is taken by another row.',
  invalid_status_transition: 'The run may not go from its present status to that one.',
  constraint_violation: 'A rule of the database refused the row; the message names the constraint.',
  schema_missing: 'The database holds no Optrail schema.',
  schema_mismatch: 'The database holds another version of the Optrail schema.',
  database_locked: 'Another process has the embedded database directory open.',
  database_unreachable: 'The database does not answer.',
  read_only_database: 'The database takes no writes: it is a hot standby, or set to read only.',
  database_busy: 'The database asked for the statement to be tried again (deadlock, serialization, lock time-out).',
  disk_full: 'The disk that the database is on is full.',
  database_error: 'The database refused a statement for a reason that Optrail has no name for.',
  engine_failed: 'The embedded engine stopped answering or lost a write.',
  aborted: 'The call was cancelled through its AbortSignal.',
  closed: 'The client was closed before the call.',
  not_configured: 'A setting is missing or contradicts another.',
  missing_dependency: 'An optional package is needed and not installed.',
  server_unreachable: 'The Optrail server does not answer.',
  server_error: 'The server answered in a way that no Optrail server does, or failed for a reason that it does not tell.',
  recording_failed: 'A strict run could not store what it recorded.',
} as const;

export type OptrailErrorCode = keyof typeof ERROR_CODES;

export interface ErrorIssue {
  /** Where in the input, e.g. `samples[3].score`. */
  path: string;
  message: string;
}

export interface OptrailErrorOptions {
  /** Where in the input; the first issue's path where there are several. */
  path?: string | undefined;
  issues?: ErrorIssue[] | undefined;
  /** What to do about it, as one sentence or a command. */
  hint?: string | undefined;
  /** Whether the same call may succeed if it is made again unchanged. */
  retryable?: boolean | undefined;
  /** The five characters that PostgreSQL gave, where it gave any. */
  sqlState?: string | undefined;
  /** Name of the constraint that refused the row. */
  constraint?: string | undefined;
  cause?: unknown;
}

const BRAND = Symbol.for('optrail.error');

/** The one error class. Test with {@link isOptrailError}, which also holds across two copies of the package. */
export class OptrailError extends Error {
  override readonly name = 'OptrailError';
  readonly code: OptrailErrorCode;
  readonly path: string | undefined;
  readonly issues: readonly ErrorIssue[];
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;

  constructor(code: OptrailErrorCode, message: string, options: OptrailErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.issues = options.issues ?? [];
    this.path = options.path ?? this.issues[0]?.path;
    this.hint = options.hint;
    this.retryable = options.retryable ?? false;
    this.sqlState = options.sqlState;
    this.constraint = options.constraint;
    Object.defineProperty(this, BRAND, { value: true });
  }

  toJSON(): Record<string, unknown> {
    return {
      code: this.code,
      message: this.message,
      ...(this.path === undefined ? {} : { path: this.path }),
      ...(this.issues.length === 0 ? {} : { issues: this.issues }),
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.sqlState === undefined ? {} : { sqlState: this.sqlState }),
      ...(this.constraint === undefined ? {} : { constraint: this.constraint }),
      retryable: this.retryable,
    };
  }
}

/** Whether a thrown value is Optrail's own, whichever copy of the package threw it. */
export function isOptrailError(value: unknown): value is OptrailError {
  return typeof value === 'object' && value !== null && BRAND in value;
}
