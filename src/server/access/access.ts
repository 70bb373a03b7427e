import type { Context, MiddlewareHandler } from 'hono';
import type { ServerEnv } from '../env.js';
import type { ServerBackend } from '../port.js';
import { KeyRing } from './api-key-cache.js';
import { type Authentication, authenticate } from './authenticate.js';
import { originGuard } from './origins.js';
import { scraperGate } from './scraper.js';
import { type Rate, RateLimit } from './token-bucket.js';
import { type TokenSettings, tokenReader } from './tokens.js';

export interface AuthOptions extends TokenSettings {
  /** Whether whoever sends no Authorization is taken for the user of this machine. Only for a server that nobody else can reach. */
  open?: boolean | undefined;
}

export interface AccessOptions {
  auth?: AuthOptions | undefined;
  /** Origins of pages, beside the server's own, that may call it, like `https://app.example.com`. */
  allowedOrigins?: readonly string[] | undefined;
  /** Of each key and each user; 100 requests a second and 500 at once where it is left out, and none where it is false. */
  rateLimit?: Rate | false | undefined;
  /** What Prometheus shows to read `/metrics`: 16 characters or more. Without it, the user of this machine alone may, on an open server. */
  metricsToken?: string | undefined;
}

const USUAL_RATE: Rate = { perSecond: 100, burst: 500 };
const FAILURES: Rate = { perSecond: 1, burst: 20 };

/** What stands between a request and the routes. */
export interface Access {
  /** Before everything, what is for anybody too. */
  front: MiddlewareHandler<ServerEnv>[];
  /** Before what is asked who calls: sets `caller` and `client`, or rejects. */
  gate: MiddlewareHandler<ServerEnv>;
  /** Before the figures of all projects: lets in whoever may scrape them, or rejects. */
  scraperGate: MiddlewareHandler<ServerEnv>;
  /** Whether the gate would let a request in again that it has let in before; rejects where it would not. It is not counted. */
  recheck(context: Context<ServerEnv>): Promise<void>;
}

/** Rejects with `not_configured` where the options make no sense. */
export function createAccess(
  trail: Pick<ServerBackend, 'clientOf' | 'findKey'>,
  { auth = {}, allowedOrigins = [], rateLimit = USUAL_RATE, metricsToken }: AccessOptions,
): Access {
  const keys = new KeyRing((secret) => trail.findKey(secret));
  const access: Authentication = {
    open: auth.open === true,
    keys,
    tokens: tokenReader(auth),
    calls: rateLimit === false ? null : new RateLimit(rateLimit),
    failures: rateLimit === false ? null : new RateLimit(FAILURES),
  };
  return {
    front: originGuard(allowedOrigins),
    gate: async (context, next) => {
      const caller = await authenticate(context.req.raw, context.env ?? {}, access);
      context.set('caller', caller);
      context.set('client', keys.watched(trail.clientOf(caller)));
      await next();
    },
    scraperGate: scraperGate(metricsToken, access),
    recheck: async ({ req, env }) => {
      await authenticate(req.raw, env ?? {}, { ...access, calls: null, failures: null });
    },
  };
}
