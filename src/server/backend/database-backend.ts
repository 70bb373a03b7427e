import { clientOver } from '../../client/checked-call.js';
import { executeOn } from '../../client/direct/direct-client.js';
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
import { FairShare, tenantOf } from '../fair-share.js';
import type { BackendFigures, Caller, EventFeed, Readiness, ServerBackend } from '../port.js';
import { asSystem, type TrustedAct } from './as-system.js';
import { DatabaseEvents } from './events/feed.js';
import { runMaintenance } from './maintenance.js';
import { schemaReadiness } from './readiness.js';

const ROLES: Readonly<Record<ApiKeyScope, ProjectRole>> = { read: 'viewer', write: 'editor', admin: 'owner' };

/** Most calls of one tenant at once, and half of the pool at most: a tenant that holds locks cannot take every connection. */
const CALLS_AT_ONCE = 4;
/** Most calls of one tenant that wait for their share. */
const CALLS_WAITING = 500;
/**
 * Bytes of the large columns of one list, as they are stored. PostgreSQL compresses 90-fold at most, so that a list takes 24 MiB or one
 * row; routes read on until a page is full.
 */
const PART_BYTES = 256 * 1024;
/** The pool gave no connection in time, which no SQLSTATE tells. */
const POOL_FULL = 'All connections to the database are in use.';
/** Time-out of one maintenance, in ms. */
const MAINTENANCE_WITHIN = 20_000;

/** The backend of a server, on a connection of its own, which it closes. */
export function openBackend(options: ClientOptions): ServerBackend {
  const max = (options.pool as { options?: { max?: number } } | undefined)?.options?.max;
  return new DatabaseBackend(connectionTo(options), Math.max(1, Math.min(CALLS_AT_ONCE, Math.floor((max ?? 10) / 2))));
}

/**
 * Everything that `clientOf` gives acts under the caller's identity. The rest acts with the connection's own rights, each for the
 * reason that stands in as-system.ts.
 */
class DatabaseBackend implements ServerBackend {
  readonly events: EventFeed;
  private readonly shares: FairShare;
  private maintenance: Promise<void> | undefined;

  constructor(
    private readonly connection: ClosableConnection,
    callsAtOnce: number,
  ) {
    this.events = eventsOver(connection);
    this.shares = new FairShare({ total: Number.POSITIVE_INFINITY, each: callsAtOnce, waiting: CALLS_WAITING });
  }

  clientOf(caller: Caller): TrailClient {
    const execute = executeOn(this.connection, identityOf(caller), PART_BYTES);
    if (caller.kind === 'local') return clientOver(execute);
    const tenant = tenantOf(caller);
    return clientOver((call) => this.shares.run(tenant, call.signal, () => execute(call)));
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
    this.maintenance ??= this.maintain().finally(() => {
      this.maintenance = undefined;
    });
    return this.maintenance;
  }

  private maintain(): Promise<void> {
    const signal = AbortSignal.timeout(MAINTENANCE_WITHIN);
    return this.connection.use((database) => runMaintenance(scopeOf(database, asSystem('run maintenance'), signal)), true);
  }

  async close(): Promise<void> {
    await this.events.close();
    await this.connection.close();
  }

  private trusted<T>(act: TrustedAct, call: (scope: Scope, database: Database) => Promise<T>): Promise<T> {
    return this.connection.use((database) => call(scopeOf(database, asSystem(act)), database), true);
  }
}

/** Committed events, read with the connection's own rights; missed events are read with the caller's. */
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

/** Public endpoint: report the code only; messages contain host and user names. */
function reasonOf(error: unknown): string {
  if (isOptrailError(error) && error.code === 'database_busy' && error.sqlState === undefined) return POOL_FULL;
  return isOptrailError(error) ? ERROR_CODES[error.code] : ERROR_CODES.database_unreachable;
}
