import { createDirectClient } from '../../client/direct/direct-client.js';
import { type ClosableConnection, connectionTo } from '../../client/open/lazy-connection.js';
import type { ClientOptions } from '../../client/open/target.js';
import type { TrailClient } from '../../client/port.js';
import type { Database, Identity } from '../../database/port.js';
import { ERROR_CODES, isOptrailError } from '../../errors.js';
import type { ApiKeyScope } from '../../schemas/key.js';
import type { ProjectRole } from '../../schemas/project.js';
import { readFigures } from '../../store/figures.js';
import { findKey, hasKeys } from '../../store/keys.js';
import { type Scope, scopeOf } from '../../store/scope.js';
import type { BackendFigures, Caller, EventFeed, Readiness, ServerBackend } from '../port.js';
import { asSystem, type TrustedAct } from './as-system.js';
import { DatabaseEvents } from './events/feed.js';
import { runMaintenance } from './maintenance.js';
import { schemaReadiness } from './readiness.js';

const ROLES: Readonly<Record<ApiKeyScope, ProjectRole>> = { read: 'viewer', write: 'editor', admin: 'owner' };

/** A trail for the server, on a connection of its own, which it closes. */
export function openBackend(options: ClientOptions): ServerBackend {
  return new DatabaseBackend(connectionTo(options));
}

/**
 * Everything that `clientOf` gives acts under the caller's identity. The rest acts with the connection's own rights, each for the
 * reason that stands in as-system.ts.
 */
class DatabaseBackend implements ServerBackend {
  readonly events: EventFeed;

  constructor(private readonly connection: ClosableConnection) {
    this.events = eventsOver(connection);
  }

  clientOf(caller: Caller): TrailClient {
    return createDirectClient(this.connection, identityOf(caller));
  }

  async findKey(hash: string): Promise<Extract<Caller, { kind: 'key' }> | null> {
    const found = await this.trusted('find a key', (scope) => findKey(scope, Buffer.from(hash, 'hex')));
    if (found === null) return null;
    const { id: keyId, projectId } = found;
    const role = ROLES[found.scope];
    return { kind: 'key', keyId, projectId, role, claims: { optrail_projects: { [projectId]: role }, optrail_key: keyId } };
  }

  async open(): Promise<void> {
    await this.connection.use(async () => {}, true);
  }

  hasKeys(): Promise<boolean> {
    return this.trusted('see whether there are keys', hasKeys);
  }

  async readiness(): Promise<Readiness> {
    try {
      return await this.connection.use(async (database) => {
        const { version, problem } = await schemaReadiness(database);
        const events = problem === null ? await this.events.detect() : this.events.mode;
        return { ready: problem === null, problem, database: database.kind, schemaVersion: version, events };
      }, true);
    } catch (error) {
      return { ready: false, problem: reasonOf(error), database: null, schemaVersion: null, events: this.events.mode };
    }
  }

  figures(): Promise<BackendFigures> {
    return this.trusted('read figures', async (scope, { pool }) => ({ ...(await readFigures(scope)), pool }));
  }

  runMaintenance(): Promise<void> {
    return this.trusted('tend the trail', runMaintenance);
  }

  async close(): Promise<void> {
    await this.events.close();
    await this.connection.close();
  }

  private trusted<T>(act: TrustedAct, call: (scope: Scope, database: Database) => Promise<T>): Promise<T> {
    return this.connection.use((database) => call(scopeOf(database, asSystem(act)), database), true);
  }
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
  return caller.kind === 'local' ? asSystem('act for the user of this machine') : { kind: 'claims', claims: caller.claims };
}

/** By the code alone, since anybody may ask and an error's own words name hosts and users. */
function reasonOf(error: unknown): string {
  return isOptrailError(error) ? ERROR_CODES[error.code] : ERROR_CODES.database_unreachable;
}
