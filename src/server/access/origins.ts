import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { OptrailError } from '../../errors.js';
import type { ServerEnv } from '../env.js';
import { foreign } from './refusals.js';

const EXPOSED = ['Link', 'ETag', 'Retry-After', 'X-Request-Id'];
const HEADERS = ['Authorization', 'Content-Type', 'Accept', 'If-None-Match', 'Last-Event-ID', 'X-Request-Id'];
/** Lifetime of a preflight answer, in seconds. */
const MAX_AGE = 600;

/**
 * CSRF guard: accepts pages of this server and of the allowed origins only, since browsers attach the user's rights to requests of any
 * page. Other clients send no Origin and pass.
 */
export function originGuard(allowedOrigins: readonly string[]): MiddlewareHandler<ServerEnv>[] {
  const allowed = new Set(allowedOrigins.map(checked));
  const guard: MiddlewareHandler<ServerEnv> = async (context, next) => {
    const origin = context.req.header('origin');
    if (origin === undefined && isEmbedded(context)) {
      throw foreign(
        'Pages of other sites may not load from this server.',
        'Open the address itself, or call it with fetch from an allowed origin.',
      );
    }
    if (origin !== undefined && !allowed.has(origin) && !isOwn(origin, context)) {
      throw foreign('Pages of this origin may not call this server.', 'Start the server with --allow-origin <origin> to allow it.');
    }
    await next();
  };
  const answers = cors({
    origin: (origin) => (allowed.has(origin) ? origin : null),
    allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: HEADERS,
    exposeHeaders: EXPOSED,
    maxAge: MAX_AGE,
  });
  // Same-origin requests get no CORS headers.
  const ifAllowed: MiddlewareHandler<ServerEnv> = (context, next) =>
    allowed.has(context.req.header('origin') ?? '') ? answers(context, next) : next();
  return [guard, ifAllowed];
}

/**
 * Whether a page of another site loads this as a picture, script or frame: such a request has no Origin, and would make the server work
 * with the rights of its user. Opening a link is allowed.
 */
function isEmbedded({ req }: Context): boolean {
  const site = req.header('sec-fetch-site');
  if (site !== 'cross-site' && site !== 'same-site') return false;
  return req.header('sec-fetch-mode') !== 'navigate' || req.header('sec-fetch-dest') !== 'document';
}

/** Compares hosts only: behind a proxy that ends TLS the browser sees another scheme. */
function isOwn(origin: string, { req }: Context): boolean {
  const host = req.header('host') ?? new URL(req.url).host;
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && new URL(origin).host === host.toLowerCase();
}

function checked(origin: string): string {
  if (URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes('*')) return origin;
  throw new OptrailError('not_configured', `allowedOrigins: ${JSON.stringify(origin)} is not an origin.`, {
    path: 'allowedOrigins',
    hint: 'Write scheme, host and any unusual port, without a wildcard: https://app.example.com.',
  });
}
