import { isOptrailError, OptrailError } from '../../errors.js';
import type { CarriedError } from './messages.js';

/** What of an error goes to another thread: its fields, and those of its cause that are plain. */
export function carried(error: unknown): CarriedError {
  if (!isOptrailError(error)) return { code: null, message: error instanceof Error ? error.message : String(error) };
  const { code, message, path, issues, hint, retryable, sqlState, constraint, cause } = error;
  return { code, message, options: { path, issues: [...issues], hint, retryable, sqlState, constraint }, cause: plainFields(cause) };
}

export function revived({ code, message, options, cause }: CarriedError): Error {
  if (code === null) return new Error(message);
  const error = cause && Object.assign(new Error(String(cause.message)), cause);
  return new OptrailError(code, message, error === undefined ? options : { ...options, cause: error });
}

/** A driver's error may hold more than can go, its connection for one. */
function plainFields(cause: unknown): CarriedError['cause'] {
  if (!(cause instanceof Error)) return undefined;
  const { message, stack = '' } = cause;
  const plain = Object.entries(cause).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return { ...Object.fromEntries(plain), message, stack };
}
