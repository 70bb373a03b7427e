import { readTokenSettings } from './config.js';
import type { ClientOptions } from './open.js';
import { type AccessOptions, type AuthOptions, createAccess } from './server/access/access.js';
import { createApp } from './server/app.js';
import type { ConnectionInfo } from './server/env.js';
import type { Logger } from './server/log.js';
import { openTrail } from './trail.js';

/** Where the trail is, as `createClient` takes it, and how it is served. */
export interface ServerOptions extends ClientOptions, AccessOptions {
  /** Who is let in beside API keys. What of `jwtSecret`, `jwksUrl`, `audience` and `issuer` is left out, the environment says. */
  auth?: AuthOptions | undefined;
  /** Path that the API is mounted below, like `/api/optrail`; none where it is left out. */
  basePath?: string | undefined;
  /** Largest body that is read whole, in bytes, decompressed: 32 MiB where it is left out. */
  maxBodyBytes?: number | undefined;
  /** Milliseconds in which an answer has to begin: 30,000 where it is left out. */
  timeoutMs?: number | undefined;
  /** Told of each request, as pino is: route, status, time and caller, never what was asked or answered. */
  logger?: Logger | undefined;
}

/** The REST server as a function of requests, to be mounted where requests come in. */
export interface OptrailServer {
  fetch(request: Request, info?: ConnectionInfo): Promise<Response>;
  /** Ends streams, lets writes under way finish, and closes the database. */
  close(): Promise<void>;
}

/** A server over a trail, which the first request opens. Without options the environment says where it is. */
export function createServer(options: ServerOptions = {}): OptrailServer {
  const { auth, allowedOrigins, rateLimit, basePath, maxBodyBytes, timeoutMs, logger, ...place } = options;
  const trail = openTrail(place);
  const access = createAccess(trail, { auth: { ...readTokenSettings(), ...auth }, allowedOrigins, rateLimit });
  const closing = new AbortController();
  const app = createApp({ trail, ...access, basePath, maxBodyBytes, timeoutMs, logger, closing: closing.signal });
  return {
    fetch: async (request, info = {}) => app.fetch(request, info),
    async close() {
      closing.abort();
      await trail.close();
    },
  };
}
