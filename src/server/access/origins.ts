import type { Context, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { OptrailError } from '../../errors.js';
import type { ServerEnv } from '../env.js';
import { foreign } from './refusals.js';

const EXPOSED = ['Link', 'ETag', 'Retry-After', 'X-Request-Id'];
const HEADERS = ['Authorization', 'Content-Type', 'Accept', 'If-None-Match', 'Last-Event-ID', 'X-Request-Id'];
/** Seconds that a browser need not ask again. */
const MAX_AGE = 600;

/**
 * Lets pages of this server and of the allowed origins in, and no others: a browser sends what its user may do here, whichever page asks
 * it to. Who is no browser says nothing of an origin.
 */
export function originGuard(allowedOrigins: readonly string[]): MiddlewareHandler<ServerEnv>[] {
  const allowed = new Set(allowedOrigins.map(checked));
  const guard: MiddlewareHandler<ServerEnv> = async (context, next) => {
    const origin = context.req.header('origin');
    if (origin !== undefined && !allowed.has(origin) && !isOwn(origin, context)) {
      throw foreign('Pages of this origin may not call this server.', 'Whoever runs the server can allow it: --allow-origin <origin>.');
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
  // Who is at home needs none of it, and is told of none.
  const ifAllowed: MiddlewareHandler<ServerEnv> = (context, next) =>
    allowed.has(context.req.header('origin') ?? '') ? answers(context, next) : next();
  return [guard, ifAllowed];
}

/** By host alone: behind a proxy that ends TLS, the scheme here is not the one that the browser sees. */
function isOwn(origin: string, { req }: Context): boolean {
  const host = req.header('host') ?? new URL(req.url).host;
  return URL.canParse(origin) && /^https?:$/.test(new URL(origin).protocol) && new URL(origin).host === host.toLowerCase();
}

function checked(origin: string): string {
  if (URL.canParse(origin) && new URL(origin).origin === origin && !origin.includes('*')) return origin;
  throw new OptrailError('not_configured', `allowedOrigins: ${JSON.stringify(origin)} is no origin.`, {
    path: 'allowedOrigins',
    hint: 'An origin is a scheme, a host, and a port where it is not the usual one: https://app.example.com. There is no wildcard.',
  });
}
