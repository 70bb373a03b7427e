import type { Context, MiddlewareHandler } from 'hono';
import type { ServerEnv } from '../env.js';
import type { ServerBackend } from '../port.js';
import { ApiKeyCache } from './api-key-cache.js';
import { type Authentication, authenticate } from './authenticate.js';
import { originGuard } from './origins.js';
import { scraperGate } from './scraper.js';
import { type Rate, TokenBucket } from './token-bucket.js';
import { type TokenSettings, tokenReader } from './tokens.js';

export interface AuthOptions extends TokenSettings {
  /** Whether a request without Authorization acts as the user of this machine. Only for a server that no other machine can reach. */
  open?: boolean | undefined;
}

export interface AccessOptions {
  auth?: AuthOptions | undefined;
  /** Origins of other pages that may call the server, like `https://app.example.com`. */
  allowedOrigins?: readonly string[] | undefined;
  /** Limit of each key and each user: 100 requests a second and 500 at once by default; false for none. */
  rateLimit?: Rate | false | undefined;
  /** The bearer token of `/metrics`, 16 characters or more. Without it only the user of this machine may read them, on an open server. */
  metricsToken?: string | undefined;
}

const USUAL_RATE: Rate = { perSecond: 100, burst: 500 };
const FAILURES: Rate = { perSecond: 1, burst: 20 };

/** The middleware between a request and the routes. */
export interface Access {
  /** Middleware for every route, public ones included. */
  beforeAuth: MiddlewareHandler<ServerEnv>[];
  /** Middleware of authenticated routes: sets `caller` and `client`, or rejects. */
  requireAuth: MiddlewareHandler<ServerEnv>;
  /** Middleware of `/metrics`: accepts the metrics token or the user of this machine, or rejects. */
  requireScraper: MiddlewareHandler<ServerEnv>;
  /** Authenticates an accepted request again, uncounted. Rejects if its access was revoked meanwhile. */
  recheck(context: Context<ServerEnv>): Promise<void>;
}

/** Rejects with `not_configured` if the options contradict each other. */
export function createAccess(
  backend: Pick<ServerBackend, 'clientOf' | 'findKey'>,
  { auth = {}, allowedOrigins = [], rateLimit = USUAL_RATE, metricsToken }: AccessOptions,
): Access {
  const keys = new ApiKeyCache((hash) => backend.findKey(hash));
  const access: Authentication = {
    open: auth.open === true,
    keys,
    tokens: tokenReader(auth),
    calls: rateLimit === false ? null : new TokenBucket(rateLimit),
    failures: rateLimit === false ? null : new TokenBucket(FAILURES),
  };
  return {
    beforeAuth: originGuard(allowedOrigins),
    requireAuth: async (context, next) => {
      const caller = await authenticate(context.req.raw, context.env ?? {}, access);
      context.set('caller', caller);
      context.set('client', keys.watched(backend.clientOf(caller)));
      await next();
    },
    requireScraper: scraperGate(metricsToken, access),
    recheck: async ({ req, env }) => {
      await authenticate(req.raw, env ?? {}, { ...access, calls: null, failures: null });
    },
  };
}
