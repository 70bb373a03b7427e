import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { ServerEnv } from '../env.js';

/** Content policy of pages: nothing from outside. Inline styles are allowed because charts set them on elements. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** Content policy of all other answers, in case a browser shows one as a page: nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Headers of every answer, errors and streams included. */
export const securityHeaders: MiddlewareHandler<ServerEnv> = async (context, next) => {
  const given = context.req.header('x-request-id') ?? '';
  const requestId = /^[\w.-]{1,100}$/.test(given) ? given : randomUUID();
  context.set('requestId', requestId);
  await next();
  const { headers } = context.res;
  headers.set('x-request-id', requestId);
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'no-referrer');
  headers.set('cross-origin-resource-policy', 'same-origin');
  const isPage = headers.get('content-type')?.startsWith('text/html') === true;
  headers.set('content-security-policy', isPage ? PAGE_POLICY : DATA_POLICY);
};
