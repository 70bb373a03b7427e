import type { MiddlewareHandler } from 'hono';
import { createDirectClient } from './client/direct.js';
import type { TrailClient } from './client/port.js';
import { type Identity, TRUSTED } from './database/port.js';
import { OptrailError } from './errors.js';
import { type ClientOptions, type ClosableConnection, connectionTo } from './open.js';
import { DatabaseEvents } from './operations/events/feed.js';
import { createApp } from './server/app.js';
import type { ConnectionInfo, ServerEnv } from './server/env.js';
import type { Caller, EventFeed, Trail } from './server/port.js';

export interface AuthOptions {
  /** Whether whoever sends no Authorization is taken for the user of this machine. Only for a server that nobody else can reach. */
  open?: boolean | undefined;
}

/** Where the trail is, as `createClient` takes it, and how it is served. */
export interface ServerOptions extends ClientOptions {
  auth?: AuthOptions | undefined;
  /** Path that the API is mounted below, like `/api/optrail`; none where it is left out. */
  basePath?: string | undefined;
  /** Largest body that is read whole, in bytes, decompressed: 32 MiB where it is left out. */
  maxBodyBytes?: number | undefined;
  /** Milliseconds in which an answer has to begin: 30,000 where it is left out. */
  timeoutMs?: number | undefined;
}

/** The REST server as a function of requests, to be mounted where requests come in. */
export interface OptrailServer {
  fetch(request: Request, info?: ConnectionInfo): Promise<Response>;
  /** Ends streams, lets writes under way finish, and closes the database. */
  close(): Promise<void>;
}

/** A server over a trail, which the first request opens. Without options the environment says where it is. */
export function createServer(options: ServerOptions = {}): OptrailServer {
  const { auth = {}, basePath, maxBodyBytes, timeoutMs, ...place } = options;
  const trail = trailOver(connectionTo(place));
  const closing = new AbortController();
  const app = createApp({ trail, gate: gateOf(auth), basePath, maxBodyBytes, timeoutMs, closing: closing.signal });
  return {
    fetch: async (request, info = {}) => app.fetch(request, info),
    async close() {
      closing.abort();
      await trail.close();
    },
  };
}

function gateOf({ open }: AuthOptions): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    if (open !== true || context.req.header('authorization') !== undefined) {
      throw new OptrailError('unauthenticated', 'This server knows no keys and no tokens.');
    }
    context.set('caller', { kind: 'local' });
    await next();
  };
}

/** The trail as the server uses it, over a connection that it closes. */
function trailOver(connection: ClosableConnection): Trail {
  const events = eventsOver(connection);
  // The functions of administration and views join the client when it has them.
  return {
    clientOf: (caller) => createDirectClient(connection, identityOf(caller)) as TrailClient,
    events,
    async close() {
      await events.close();
      await connection.close();
    },
  } as Trail;
}

/** What is committed, as it is committed, with the connection's own rights; what somebody missed, with theirs. */
function eventsOver(connection: ClosableConnection): EventFeed {
  const feed = new DatabaseEvents(() => connection.use(async (database) => database, true));
  return {
    since: (caller, topic, position) => feed.since(identityOf(caller), topic, position),
    follow: (listener) => feed.follow(listener),
    poke: () => feed.poke(),
    get mode() {
      return feed.mode;
    },
    detect: () => feed.detect(),
    close: () => feed.close(),
  };
}

function identityOf(caller: Caller): Identity {
  return caller.kind === 'local' ? TRUSTED : { kind: 'claims', claims: caller.claims };
}
