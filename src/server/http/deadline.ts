import type { MiddlewareHandler } from 'hono';
import { OptrailError } from '../../errors.js';
import type { ServerEnv } from '../env.js';

/** Milliseconds in which an answer has to begin. */
export const TIMEOUT_MS = 30_000;

/**
 * Aborts what a request asked of the database when its time is over or when the other side has gone. A stream is past it once it has begun, and
 * looks after itself.
 */
export function deadline(timeoutMs: number): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const controller = new AbortController();
    const gone = context.req.raw.signal;
    const leave = () => controller.abort(gone.reason);
    if (gone.aborted) leave();
    gone.addEventListener('abort', leave, { once: true });
    const timer = setTimeout(() => controller.abort(timedOut(timeoutMs)), timeoutMs);
    context.set('signal', controller.signal);
    try {
      await next();
    } finally {
      clearTimeout(timer);
      if (!isStream(context.res)) gone.removeEventListener('abort', leave);
    }
  };
}

function isStream(response: Response): boolean {
  return /^(text\/event-stream|application\/x-ndjson)/.test(response.headers.get('content-type') ?? '');
}

export function timedOut(timeoutMs: number): OptrailError {
  return new OptrailError('aborted', `There was no answer within ${timeoutMs / 1000} s. A write may have been stored all the same.`, {
    retryable: true,
    hint: 'Try again: a write with the same ids is stored once.',
  });
}
