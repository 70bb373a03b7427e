import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { ServerEnv } from '../env.js';

/** What a page of ours may load: nothing from outside. Styles may stand in the page, since charts set them on elements. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/** What an answer that is no page may load, should a browser show it as one. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Headers that every answer carries, errors and streams too. */
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
