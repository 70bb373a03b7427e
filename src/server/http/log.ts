import type { MiddlewareHandler } from 'hono';
import { isOptrailError } from '../../errors.js';
import type { ServerEnv } from '../env.js';
import type { Caller } from '../port.js';

/** The part of a pino logger that the server uses. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/**
 * Logs a line for each answer: route, status, time and caller. Bodies, queries and headers are never logged.
 */
export function requestLog(logger: Logger): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const began = performance.now();
    await next();
    const { requestId, template, caller } = context.var;
    const { status } = context.res;
    const fields = {
      requestId,
      method: context.req.method,
      route: template ?? null,
      status,
      ms: Math.round(performance.now() - began),
      ...callerFields(caller),
    };
    if (status >= 500) logger.error({ ...fields, error: errorFields(context.error) }, 'request failed');
    else logger.info(fields, 'request');
  };
}

function callerFields(caller: Caller | undefined): object {
  if (caller === undefined) return {};
  return caller.kind === 'key' ? { caller: 'key', keyId: caller.keyId } : { caller: caller.kind };
}

/**
 * The loggable part of an error. PostgreSQL's messages quote values, possibly of a prompt, so only the code is logged. A fault of the program
 * is logged with its message, which is needed to find it.
 */
function errorFields(error: unknown): object | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = errorFields(error.cause);
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const isFault = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return {
    name: error.name,
    ...(isOptrailError(error) ? { code: error.code, sqlState: error.sqlState, constraint: error.constraint } : {}),
    ...(isFault ? { message: error.message } : {}),
    stack: frames.slice(0, 12).map((line) => line.trim()),
    ...(cause === undefined ? {} : { cause }),
  };
}
