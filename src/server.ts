import { storedSecret } from './client/direct/secret.js';
import { createDirectClient } from './client/direct.js';
import type { TrailClient } from './client/port.js';
import { readTokenSettings } from './config.js';
import { TRUSTED } from './database/port.js';
import { type ClientOptions, type ClosableConnection, connectionTo } from './open.js';
import type { ApiKeyScope } from './schemas/key.js';
import type { ProjectRole } from './schemas/project.js';
import { type AccessOptions, type AuthOptions, createAccess } from './server/access/access.js';
import { createApp } from './server/app.js';
import type { ConnectionInfo } from './server/env.js';
import type { Trail } from './server/port.js';
import { findKey } from './store/keys.js';
import { scopeOf } from './store/scope.js';

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
}

/** The REST server as a function of requests, to be mounted where requests come in. */
export interface OptrailServer {
  fetch(request: Request, info?: ConnectionInfo): Promise<Response>;
  /** Ends streams, lets writes under way finish, and closes the database. */
  close(): Promise<void>;
}

/** A server over a trail, which the first request opens. Without options the environment says where it is. */
export function createServer(options: ServerOptions = {}): OptrailServer {
  const { auth, allowedOrigins, rateLimit, basePath, maxBodyBytes, timeoutMs, ...place } = options;
  const trail = trailOver(connectionTo(place));
  const access = createAccess(trail, { auth: { ...readTokenSettings(), ...auth }, allowedOrigins, rateLimit });
  const closing = new AbortController();
  const app = createApp({ trail, ...access, basePath, maxBodyBytes, timeoutMs, closing: closing.signal });
  return {
    fetch: async (request, info = {}) => app.fetch(request, info),
    async close() {
      closing.abort();
      await trail.close();
    },
  };
}

const ROLES: Readonly<Record<ApiKeyScope, ProjectRole>> = { read: 'viewer', write: 'editor', admin: 'owner' };

/** The trail as the server uses it, over a connection that it closes. */
function trailOver(connection: ClosableConnection): Trail {
  // The functions of administration and views join the client when it has them.
  return {
    clientOf: (caller) =>
      createDirectClient(connection, caller.kind === 'local' ? TRUSTED : { kind: 'claims', claims: caller.claims }) as TrailClient,
    async findKey(secret) {
      const { hash } = await storedSecret(secret);
      const found = await connection.use((database) => findKey(scopeOf(database, TRUSTED), hash), true);
      if (found === null) return null;
      const { id: keyId, projectId } = found;
      const role = ROLES[found.scope];
      return { kind: 'key', keyId, projectId, role, claims: { optrail_projects: { [projectId]: role }, optrail_key: keyId } };
    },
    close: () => connection.close(),
  } as Trail;
}
