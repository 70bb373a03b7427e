import { uuidv7 } from 'uuidv7';
import { CLIENT_OPTION_NAMES, type ClientOptions } from './client/open/target.js';
import { readMetricsToken, readTokenSettings } from './config.js';
import { assertOptionNames } from './schemas/did-you-mean.js';
import { type AccessOptions, type AuthOptions, createAccess } from './server/access/access.js';
import { createApp } from './server/app.js';
import { openBackend } from './server/backend/database-backend.js';
import type { ConnectionInfo } from './server/env.js';
import type { Logger } from './server/http/log.js';
import { dashboard } from './server/page.js';

/** Interval of maintenance, in ms: analytics are refreshed, and silent runs marked stale. */
const MAINTENANCE_EVERY = 30_000;
/** Time that requests under way have to end when the server stops, in ms. */
const GRACE = 1_500;

/** The database, as `createClient` takes it, and how it is served. */
export interface ServerOptions extends ClientOptions, AccessOptions {
  /** Authentication besides API keys. The environment gives what is left out of `jwtSecret`, `jwksUrl`, `audience` and `issuer`. */
  auth?: AuthOptions | undefined;
  /** The bearer token of `/metrics`, 16 characters or more; `OPTRAIL_METRICS_TOKEN` by default. */
  metricsToken?: string | undefined;
  /** Path that the API is mounted below, like `/api/optrail`; none by default. */
  basePath?: string | undefined;
  /** Largest body that is read whole, in bytes, decompressed: 32 MiB by default. */
  maxBodyBytes?: number | undefined;
  /** Time-out of the beginning of an answer, in ms: 30,000 by default. */
  timeoutMs?: number | undefined;
  /** Directory of the dashboard's files, which are then served at `/`. */
  dashboard?: string | undefined;
  /** Logger of each request, as pino is: route, status, time and caller, never bodies, queries or headers. */
  logger?: Logger | undefined;
}

const SERVER_OPTIONS: Record<Exclude<keyof ServerOptions, keyof ClientOptions>, true> = {
  auth: true,
  allowedOrigins: true,
  rateLimit: true,
  metricsToken: true,
  basePath: true,
  maxBodyBytes: true,
  timeoutMs: true,
  dashboard: true,
  logger: true,
};
const SERVER_OPTION_NAMES = [...Object.keys(SERVER_OPTIONS), ...CLIENT_OPTION_NAMES];
const AUTH_OPTIONS: Record<keyof AuthOptions, true> = { open: true, jwtSecret: true, jwksUrl: true, audience: true, issuer: true };
const AUTH_OPTION_NAMES = Object.keys(AUTH_OPTIONS);

/** The REST server as a function of requests, to be mounted in any runtime of Node. */
export interface OptrailServer {
  /** The instance that `/healthz` gives: it differs between servers. */
  readonly instance: string;
  fetch(request: Request, info?: ConnectionInfo): Promise<Response>;
  /** Opens the database, as the first request does; rejects if it cannot be opened. */
  open(): Promise<void>;
  /** Whether there is a valid API key. */
  hasKeys(): Promise<boolean>;
  /** Ends streams with `goodbye`, lets requests under way end, and closes the database. */
  close(): Promise<void>;
}

/**
 * A server over a database, which the first request opens. Without options the environment names it. Maintenance runs every 30 seconds:
 * analytics are refreshed, and silent runs marked stale. Throws `not_configured` for an unknown option.
 */
export function createServer(options: ServerOptions = {}): OptrailServer {
  assertOptionNames(options, SERVER_OPTION_NAMES, 'createServer');
  assertOptionNames(options.auth ?? {}, AUTH_OPTION_NAMES, 'auth of createServer');
  const {
    auth,
    allowedOrigins,
    rateLimit,
    metricsToken = readMetricsToken(),
    basePath,
    maxBodyBytes,
    timeoutMs,
    dashboard: files,
    logger,
    ...place
  } = options;
  const backend = openBackend(place);
  const access = createAccess(backend, { auth: { ...readTokenSettings(), ...auth }, allowedOrigins, rateLimit, metricsToken });
  const closing = new AbortController();
  const page = files === undefined ? undefined : dashboard(files);
  const instance = uuidv7();
  const app = createApp({ backend, ...access, instance, basePath, maxBodyBytes, timeoutMs, page, logger, closing: closing.signal });
  const underWay = new Set<Promise<unknown>>();
  let maintenance: NodeJS.Timeout | undefined;
  const startMaintenance = () => {
    // Several servers over one database each do it; the later ones find nothing to do.
    maintenance ??= setInterval(() => void backend.runMaintenance().catch(() => {}), MAINTENANCE_EVERY).unref();
  };
  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort();
    clearInterval(maintenance);
    await Promise.race([Promise.allSettled(underWay), after(GRACE)]);
    await backend.close();
  };
  return {
    instance,
    async fetch(request, info = {}) {
      if (!closing.signal.aborted) startMaintenance();
      const answering = Promise.resolve(app.fetch(request, info));
      underWay.add(answering);
      return answering.finally(() => underWay.delete(answering));
    },
    async open() {
      await backend.open();
      startMaintenance();
    },
    hasKeys: () => backend.hasKeys(),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
