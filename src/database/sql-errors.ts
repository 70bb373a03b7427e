import { isOptrailError, OptrailError, type OptrailErrorCode } from '../errors.js';

/** One line of the published table of what Optrail makes of an error of the database. */
export interface SqlErrorRule {
  /** SQLSTATE, its first two characters for a whole class, or the code of a network error. */
  states: readonly string[];
  code: OptrailErrorCode;
  /** Whether the same call may succeed if it is made again unchanged. */
  retryable: boolean;
  /** What is added where the server gave no HINT of its own. */
  hint?: string;
}

const CONNECT_HINT = 'Check that the database runs and that host and port in its URL are right.';
const LOGIN_HINT = 'Check user, password, database and sslmode in the URL.';
const MIGRATE_HINT = 'Run `npx optrail migrate` against this database.';

/** In order: the first line that names the state holds, whole states before classes. */
export const SQL_ERRORS: readonly SqlErrorRule[] = [
  { states: ['OT001'], code: 'invalid_status_transition', retryable: false },
  { states: ['OT002'], code: 'invalid_input', retryable: false },
  { states: ['OT003', '21000'], code: 'ambiguous_id', retryable: false, hint: 'Pass `projectId`.' },
  { states: ['OT004'], code: 'not_found', retryable: false },
  { states: ['OT005', '23505', '23P01'], code: 'conflict', retryable: false },
  { states: ['OT006'], code: 'schema_mismatch', retryable: false },
  { states: ['42501'], code: 'forbidden', retryable: false },
  { states: ['23503', '23514', '23502', '22001'], code: 'constraint_violation', retryable: false },
  { states: ['22P05', '22021', '22P02', '22003', '22007', '22008'], code: 'invalid_input', retryable: false },
  { states: ['54'], code: 'too_large', retryable: false },
  { states: ['40001', '40P01', '55P03'], code: 'database_busy', retryable: true },
  { states: ['57014'], code: 'aborted', retryable: false },
  { states: ['25006'], code: 'read_only_database', retryable: false, hint: 'Connect to the primary for writes.' },
  { states: ['53100'], code: 'disk_full', retryable: true, hint: 'Make room on it, then try again.' },
  { states: ['53300', '57P01', '57P02', '57P03', '57P05', '25P03', '08'], code: 'database_unreachable', retryable: true },
  { states: ['28', '3D000'], code: 'database_unreachable', retryable: false, hint: LOGIN_HINT },
  {
    states: [
      'ECONNREFUSED',
      'ECONNRESET',
      'ECONNABORTED',
      'EPIPE',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EAI_AGAIN',
      'ENOENT',
    ],
    code: 'database_unreachable',
    retryable: true,
    hint: CONNECT_HINT,
  },
];

/** The fields that both drivers put on an error of the server; a network error has `code` alone. */
interface ServerError {
  message: string;
  code?: string | undefined;
  detail?: string | undefined;
  hint?: string | undefined;
  constraint?: string | undefined;
}

/**
 * Turns what a driver threw into an {@link OptrailError} with the server's own message, and the original as `cause`.
 * One that is Optrail's already is returned as it is; an error without a code becomes `database_error`.
 */
export function sqlError(error: unknown): OptrailError {
  if (isOptrailError(error)) return error;
  const server = asServerError(error);
  const verdict = judge(server);
  return new OptrailError(verdict.code, messageOf(server), {
    hint: server.hint || verdict.hint,
    retryable: verdict.retryable,
    sqlState: isSqlState(server.code) ? server.code : undefined,
    constraint: server.constraint,
    cause: error,
  });
}

type Verdict = Pick<SqlErrorRule, 'code' | 'retryable' | 'hint'>;

function judge(server: ServerError): Verdict {
  const state = server.code ?? '';
  if (['42P01', '42883', '3F000'].includes(state) && /optimization|optrail|get_top_runs/.test(server.message)) {
    return { code: 'schema_missing', retryable: false, hint: MIGRATE_HINT };
  }
  // The same state says "cancelled by a user" and "took too long".
  if (state === '57014' && /timeout/.test(server.message)) return { code: 'database_busy', retryable: true };
  // A quota or a limit on the size of files has no state of its own, but the same hint as a disk that is full.
  if (server.hint === 'Check free disk space.') return { code: 'disk_full', retryable: true };
  const rule =
    SQL_ERRORS.find(({ states }) => states.includes(state)) ?? SQL_ERRORS.find(({ states }) => states.includes(state.slice(0, 2)));
  return rule ?? { code: 'database_error', retryable: false };
}

// The detail of a refused row is that row, prompts and all; everywhere else it is what the reader needs.
const ROW_IN_DETAIL = ['23514', '23502'];

function messageOf({ message, detail, code }: ServerError): string {
  return detail && !ROW_IN_DETAIL.includes(code ?? '') ? `${message}: ${detail}` : message;
}

// Every SQLSTATE holds a digit, which tells it from EPIPE and its like.
function isSqlState(code: string | undefined): code is string {
  return code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code);
}

function asServerError(error: unknown): ServerError {
  if (typeof error !== 'object' || error === null) return { message: String(error) };
  // Node gives a refused connection to several addresses as one AggregateError without a text.
  const { message, code, detail, hint, constraint, errors } = error as Partial<ServerError> & { errors?: unknown[] };
  if (!message && errors?.[0] !== undefined) return { ...asServerError(errors[0]), ...(code === undefined ? {} : { code }) };
  return { message: message || String(code ?? error), code, detail, hint, constraint };
}
