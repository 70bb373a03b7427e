import { resolve } from 'node:path';
import { type Identity, TRUSTED } from '../../database/port.js';
import { isOptrailError, OptrailError, type OptrailErrorCode } from '../../errors.js';
import { assertOptionNames } from '../../schemas/did-you-mean.js';
import { ClaimsSchema } from '../../schemas/project.js';
import { validated } from '../../schemas/validate.js';
import { SamplesOnThread } from '../../store/sample-ingest/threaded.js';
import { type CheckedCall, clientOver } from '../checked-call.js';
import { createDirectClient, executeOn } from '../direct/direct-client.js';
import { type HttpConnection, openHttp, refuseIdentity } from '../http/http-client.js';
import type { ClientHandle, TrailClient } from '../port.js';
import { discoverServer } from './discover-server.js';
import { type ClosableConnection, LazyConnection } from './lazy-connection.js';
import { CLIENT_OPTION_NAMES, type ClientOptions, databaseTargetOf, type Target, targetOf } from './target.js';

export type { ClientOptions } from './target.js';

/** The helper functions over a connection, as its own role and under users' identities. */
export function handleOn(connection: ClosableConnection): ClientHandle {
  return handleOf(
    (identity) => createDirectClient(connection, identity),
    () => connection.close(),
  );
}

function handleOf(clientAs: (identity: Identity) => TrailClient, close: () => Promise<void>): ClientHandle {
  return {
    ...clientAs(TRUSTED),
    as: (claims) => clientAs({ kind: 'claims', claims: validated(ClaimsSchema, claims, ['claims']) }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Make = (call: CheckedCall) => Promise<unknown>;

/**
 * Routes each call: to the database, to the named server, or to the server that has the embedded directory open at present. So a script
 * records while `optrail serve` runs, and goes on when it ends.
 */
class RoutingClient {
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #connection = new LazyConnection(() => databaseTargetOf(this.target), new SamplesOnThread());
  #target: Target | undefined;
  #server: HttpConnection | undefined;
  #joined: HttpConnection | undefined;
  #closed = false;

  constructor(private readonly options: ClientOptions) {}

  get target(): Target {
    this.#target ??= targetOf(this.options);
    return this.#target;
  }

  as(identity: Identity): TrailClient {
    const direct = executeOn(this.#connection, identity);
    return clientOver((call) => this.#tracked(() => this.#make(call, direct, identity)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    await this.#connection.close();
  }

  async #tracked<T>(make: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new OptrailError('closed', 'The client was closed.', { hint: 'Create another one with createClient().' });
    const running = make();
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  async #make(call: CheckedCall, direct: Make, identity: Identity): Promise<unknown> {
    const { target } = this;
    if (target.kind === 'server') {
      this.#server ??= openHttp(target);
      return makeAs(identity, this.#server, call);
    }
    return target.kind === 'embedded' ? this.#inDirectory(target.directory, call, direct, identity) : direct(call);
  }

  async #inDirectory(directory: string, call: CheckedCall, direct: Make, identity: Identity): Promise<unknown> {
    const joined = this.#joined;
    if (joined !== undefined) {
      const answer = await makeAs(identity, joined, call).then(
        (value) => ({ value }),
        (error: unknown) => this.#leave(joined, call, error),
      );
      if (answer !== null) return answer.value;
    }
    try {
      return await direct(call);
    } catch (error) {
      const server = isOf(error, 'database_locked') ? await discoverServer(resolve(directory)) : null;
      if (server === null) throw error;
      this.#joined = server;
      return makeAs(identity, server, call);
    }
  }

  /** Forgets a joined server that is gone, and returns null: the call then reopens the directory. Rethrows other errors. */
  #leave(joined: HttpConnection, call: CheckedCall, error: unknown): null {
    if (!isOf(error, 'server_unreachable')) throw error;
    if (this.#joined === joined) this.#joined = undefined;
    if (!call.again) throw error;
    return null;
  }
}

/** A server decides the identity by the key or token: a call under another identity is refused. */
async function makeAs(identity: Identity, server: HttpConnection, call: CheckedCall): Promise<unknown> {
  return identity.kind === 'trusted' ? server.make(call) : refuseIdentity();
}

function isOf(error: unknown, code: OptrailErrorCode): boolean {
  return isOptrailError(error) && error.code === code;
}

/**
 * A client with options, another identity or a lifetime of its own. The database is opened by the first call. Without options the
 * environment names it: `OPTRAIL_URL` (a server, with `OPTRAIL_API_KEY`), then
 * `OPTRAIL_DATABASE_URL`, then `SUPABASE_DB_URL`, then an embedded database in `.optrail` beside the nearest package.json.
 *
 * On a database it acts as the connection's own role: on PostgreSQL that must be the schema's owner, a superuser or `service_role`.
 * On a server the key or token names the identity. If another process serves the embedded directory (`optrail serve`), calls go through
 * that server. Throws `not_configured` for an unknown option.
 */
export function createClient(options: ClientOptions = {}): ClientHandle {
  assertOptionNames(options, CLIENT_OPTION_NAMES, 'createClient');
  const chosen = new RoutingClient(options);
  const handle = handleOf(
    (identity) => chosen.as(identity),
    () => chosen.close(),
  );
  targets.set(handle, () => chosen.target);
  return handle;
}

/** The target of each client. */
const targets = new WeakMap<object, () => Target>();

/** The target of a client that `createClient` made; undefined for any other. */
export function targetOfClient(client: object): Target | undefined {
  return targets.get(client)?.();
}

let shared: ClientHandle | undefined;

/** The client behind the functions at top level: made at the first call, by the environment, one for the process. */
export function defaultClient(): ClientHandle {
  shared ??= createClient();
  return shared;
}

/** Closes the client behind the functions at top level, if one was opened; a later call opens another. */
export async function closeDefaultClient(): Promise<void> {
  const client = shared;
  shared = undefined;
  await client?.close();
}
