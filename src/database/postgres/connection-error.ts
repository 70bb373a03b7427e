import { OptrailError } from '../../errors.js';
import { sqlError } from '../sql-errors.js';

const UNREACHABLE_HINT = 'Check that the database runs and that its URL is right.';
const TLS_HINT = 'Check sslmode in the URL; `?sslmode=no-verify` encrypts without checking the certificate.';

/** The error of a statement or a connection; where the server could not be talked to, it names the target. */
export function connectionError(error: unknown, target: string): OptrailError {
  const mapped = sqlError(error);
  if (mapped.code === 'database_unreachable') return unreachable(target, mapped);
  if (mapped.sqlState !== undefined || mapped === error || !(error instanceof Error)) return mapped;

  // pg's own errors have no code, only a text.
  const { message } = error;
  if (/timeout exceeded when trying to connect/.test(message)) {
    return new OptrailError('database_busy', `No connection to ${target} became free in time.`, {
      retryable: true,
      hint: 'Let fewer calls run at once, or allow more connections.',
      cause: error,
    });
  }
  if (/SSL|TLS|certificate/i.test(message) || 'library' in error) return unreachable(target, mapped, { retryable: false, hint: TLS_HINT });
  if (/timeout|terminated|not queryable|closed|end on the pool/i.test(message))
    return unreachable(target, mapped, { retryable: true, hint: UNREACHABLE_HINT });
  return mapped;
}

function unreachable(target: string, error: OptrailError, { retryable = error.retryable, hint = error.hint } = {}): OptrailError {
  return new OptrailError('database_unreachable', `${target}: ${error.message}`, {
    retryable,
    hint,
    sqlState: error.sqlState,
    cause: error.cause,
  });
}
