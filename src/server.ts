import { uuidv7 } from 'uuidv7';
import type { ClientOptions } from './client/open/target.js';
import { readMetricsToken, readTokenSettings } from './config.js';
import { type AccessOptions, type AuthOptions, createAccess } from './server/access/access.js';
import { createApp } from './server/app.js';
import { openBackend } from './server/backend/database-backend.js';
import type { ConnectionInfo } from './server/env.js';
import type { Logger } from './server/http/log.js';
import { dashboard } from './server/page.js';

/** Milliseconds between two times that the analytics are brought up to date, and silent runs marked stale. */
const TEND_EVERY = 30_000;
/** Milliseconds that requests under way have to end in when the server stops. */
const GRACE = 1_500;

/** Where the trail is, as `createClient` takes it, and how it is served. */
export interface ServerOptions extends ClientOptions, AccessOptions {
  /** Who is let in beside API keys. What of `jwtSecret`, `jwksUrl`, `audience` and `issuer` is left out, the environment says. */
  auth?: AuthOptions | undefined;
  /** What Prometheus shows to read `/metrics`, 16 characters or more; where it is left out, `OPTRAIL_METRICS_TOKEN` says. */
  metricsToken?: string | undefined;
  /** Path that the API is mounted below, like `/api/optrail`; none where it is left out. */
  basePath?: string | undefined;
  /** Largest body that is read whole, in bytes, decompressed: 32 MiB where it is left out. */
  maxBodyBytes?: number | undefined;
  /** Milliseconds in which an answer has to begin: 30,000 where it is left out. */
  timeoutMs?: number | undefined;
  /** Directory of the dashboard's files, which are then served at `/`. */
  dashboard?: string | undefined;
  /** Told of each request, as pino is: route, status, time and caller, never what was asked or answered. */
  logger?: Logger | undefined;
}

/** The REST server as a function of requests, to be mounted where requests come in. */
export interface OptrailServer {
  /** What `/healthz` answers with, to tell this server from every other. */
  readonly instance: string;
  fetch(request: Request, info?: ConnectionInfo): Promise<Response>;
  /** Opens the database, which the first request does too; rejects with why it can not be. */
  open(): Promise<void>;
  /** Whether there is an API key that opens anything. */
  hasKeys(): Promise<boolean>;
  /** Says goodbye to those who follow a run, lets requests under way end, and closes the database. */
  close(): Promise<void>;
}

/**
 * A server over a trail, which the first request opens. Without options the environment says where it is. From then on it also tends the
 * trail: every 30 seconds the analytics are brought up to date, and runs that fell silent are marked stale.
 */
export function createServer(options: ServerOptions = {}): OptrailServer {
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
  const trail = openBackend(place);
  const access = createAccess(trail, { auth: { ...readTokenSettings(), ...auth }, allowedOrigins, rateLimit, metricsToken });
  const closing = new AbortController();
  const page = files === undefined ? undefined : dashboard(files);
  const instance = uuidv7();
  const app = createApp({ trail, ...access, instance, basePath, maxBodyBytes, timeoutMs, page, logger, closing: closing.signal });
  const underWay = new Set<Promise<unknown>>();
  let tending: NodeJS.Timeout | undefined;
  const tend = () => {
    // Of several servers over one trail each does it, and finds nothing left to do.
    tending ??= setInterval(() => void trail.runMaintenance().catch(() => {}), TEND_EVERY).unref();
  };
  let closed: Promise<void> | undefined;
  const close = async () => {
    closing.abort();
    clearInterval(tending);
    await Promise.race([Promise.allSettled(underWay), after(GRACE)]);
    await trail.close();
  };
  return {
    instance,
    async fetch(request, info = {}) {
      if (!closing.signal.aborted) tend();
      const answering = Promise.resolve(app.fetch(request, info));
      underWay.add(answering);
      return answering.finally(() => underWay.delete(answering));
    },
    async open() {
      await trail.open();
      tend();
    },
    hasKeys: () => trail.hasKeys(),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
