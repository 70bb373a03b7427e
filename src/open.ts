import { join, resolve } from 'node:path';
import { createDirectClient, type DirectConnection } from './client/direct.js';
import type { ClientHandle } from './client/port.js';
import { validated } from './client/validate.js';
import { keepsFiles, postgresUrl, readSettings, trailDirectory } from './config.js';
import { openEmbedded } from './database/embedded/engine.js';
import { MEMORY } from './database/embedded/messages.js';
import { shippedSeed } from './database/embedded/shipped-seed.js';
import { assertSchema, migrate } from './database/migrate.js';
import { type Database, TRUSTED } from './database/port.js';
import type { PoolLike } from './database/postgres.js';
import { isOptrailError, OptrailError } from './errors.js';
import { FileJournal } from './journal/file.js';
import { journalsIn } from './journal/folder.js';
import type { JournalOwner, OpenJournal, OpenLeftovers } from './journal/port.js';
import { ClaimsSchema } from './schemas/project.js';
import { ExampleMemory } from './store/example-memory.js';

/** Where the trail is. At most one of the four; with none, the environment says (see {@link createClient}). */
export interface ClientOptions {
  /** A `postgresql://` URL of a database that `optrail migrate` has prepared. */
  databaseUrl?: string | undefined;
  /** Your own `pg.Pool`, on such a database. It is used and never closed. */
  pool?: PoolLike | undefined;
  /** A directory for the embedded database, created and migrated where it is new. One process at a time may have it open. */
  directory?: string | undefined;
  /** An embedded database that ends with the process. */
  memory?: boolean | undefined;
  /**
   * Of an embedded database: milliseconds after which a statement without an answer counts as hung, and the engine is started
   * anew. 120,000 where it is left out.
   */
  hangAfterMs?: number | undefined;
}

/** A database that can be opened. */
export type Place =
  | { kind: 'postgres'; url: string }
  | { kind: 'pool'; pool: PoolLike }
  | { kind: 'embedded'; directory: string; hangAfterMs?: number | undefined };

/** The place that options name, or the environment where they name none. Rejects with `not_configured`. */
function placeOf(options: ClientOptions): Place {
  const { databaseUrl, pool, directory, memory, hangAfterMs } = options;
  const given = [databaseUrl, pool, directory, memory || undefined].filter((option) => option !== undefined);
  if (given.length > 1) {
    throw new OptrailError('not_configured', 'createClient takes one of databaseUrl, pool, directory and memory.', { path: 'options' });
  }
  if (hangAfterMs !== undefined) assertHangAfter(hangAfterMs, (databaseUrl ?? pool) !== undefined);
  if (pool !== undefined) return { kind: 'pool', pool };
  if (databaseUrl !== undefined) return { kind: 'postgres', url: postgresUrl(databaseUrl, 'databaseUrl') };
  if (directory !== undefined) return { kind: 'embedded', directory, hangAfterMs };
  if (memory) return { kind: 'embedded', directory: MEMORY, hangAfterMs };
  const { target } = readSettings();
  return target.kind === 'embedded' ? { ...target, hangAfterMs } : target;
}

function assertHangAfter(hangAfterMs: number, isServer: boolean): void {
  if (!isServer && hangAfterMs >= 1_000 && hangAfterMs <= 86_400_000) return;
  const message = isServer ? 'hangAfterMs is an option of the embedded database.' : 'hangAfterMs must lie between a second and a day.';
  throw new OptrailError('not_configured', message, {
    path: 'hangAfterMs',
    hint: isServer ? 'Leave it out; statement_timeout is what PostgreSQL calls it.' : 'Leave it out for two minutes.',
  });
}

/** Opens a database as it is found, whatever schema it holds. */
export async function openPlace(place: Place): Promise<Database> {
  if (place.kind === 'embedded') return openEmbedded({ directory: place.directory, hangAfterMs: place.hangAfterMs });
  // Who keeps the trail in a directory need not wait until the driver of a server is loaded.
  const { openPostgres } = await import('./database/postgres.js');
  return openPostgres(place.kind === 'postgres' ? { url: place.url } : { pool: place.pool });
}

async function openReady(place: Place): Promise<Database> {
  // A new directory then comes with the schema; a database that is there already is opened as it is.
  const database = place.kind === 'embedded' ? await openEmbedded({ ...place, seed: shippedSeed() }) : await openPlace(place);
  try {
    // The embedded database is ours to prepare; a server's schema changes only when somebody says so.
    if (place.kind === 'embedded') await migrate(database);
    else await assertSchema(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Opens at the first call, once for all calls; an opening that failed is tried again by the next call. */
class LazyConnection implements ClosableConnection {
  readonly examples = new ExampleMemory();
  readonly #underWay = new Set<Promise<unknown>>();
  #opening: Promise<Database> | undefined;
  #closing: Promise<void> | undefined;

  constructor(private readonly place: () => Place) {}

  async use<T>(call: (database: Database) => Promise<T>, again: boolean): Promise<T> {
    if (this.#closing !== undefined)
      throw new OptrailError('closed', 'The client was closed.', { hint: 'Create another one with createClient().' });
    const running = this.#open().then((database) => (again ? twice(database, call) : call(database)));
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #open(): Promise<Database> {
    this.#opening ??= openReady(this.place());
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await (await this.#opening)?.close();
  }
}

/** Where the engine died under a call, the call is made once more on the engine that takes its place. */
async function twice<T>(database: Database, call: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await call(database);
  } catch (error) {
    if (isOptrailError(error) && error.code === 'engine_failed' && error.retryable) return call(database);
    throw error;
  }
}

/** What a handle stands on, and closes. */
export interface ClosableConnection extends DirectConnection {
  close(): Promise<void>;
}

/** The helper functions over a connection, as its own role and under users' identities. */
export function handleOn(connection: ClosableConnection): ClientHandle {
  const close = () => connection.close();
  return {
    ...createDirectClient(connection, TRUSTED),
    as(claims) {
      return createDirectClient(connection, { kind: 'claims', claims: validated(ClaimsSchema, claims, ['claims']) });
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * A handle on a trail, for those who want several, another identity, or to say when it closes. The database is opened by
 * the first call. Without options the environment says where: `OPTRAIL_DATABASE_URL`, then `SUPABASE_DB_URL`, then an
 * embedded database in `.optrail` beside the nearest package.json.
 *
 * Acts as the connection's own role: on PostgreSQL that must be the schema's owner, a superuser or `service_role`.
 */
export function createClient(options: ClientOptions = {}): ClientHandle {
  const place = () => placeOf(options);
  const handle = handleOn(new LazyConnection(place));
  places.set(handle, place);
  return handle;
}

/** A connection of one's own on a trail, opened by its first use, for whoever acts under several identities. */
export function connectionTo(options: ClientOptions): ClosableConnection {
  return new LazyConnection(() => placeOf(options));
}

/** Where each client's database is: its journals lie beside it. */
const places = new WeakMap<object, () => Place>();

/** Where the journals of a database are kept, and what they call it; null where none are kept unless asked for. */
export function journalPlace(place: Place): { directory: string; target: string | null } | null {
  if (place.kind === 'embedded') {
    return place.directory === MEMORY ? null : { directory: join(resolve(place.directory), 'journal'), target: resolve(place.directory) };
  }
  if (!keepsFiles()) return null;
  return { directory: join(trailDirectory(), 'journal'), target: place.kind === 'postgres' ? databaseName(place.url) : null };
}

/** Host and database: what tells a database from another, without who comes to it. */
function databaseName(url: string): string {
  const { host, pathname } = new URL(url);
  return `postgresql://${host}${pathname}`;
}

/** The journal of a run beside the database that it is recorded into. */
export const openJournal: OpenJournal = (owner) => {
  const { directory, target } = placeOfJournal(owner);
  return directory === null ? undefined : FileJournal.of({ directory, runId: owner.runId, target });
};

/** What earlier attempts at a run left; a journal that a living process has is not touched. */
export const openLeftovers: OpenLeftovers = async (owner) => {
  const { directory } = placeOfJournal(owner);
  const journals: FileJournal[] = [];
  for (const file of directory === null ? [] : journalsIn(directory)) {
    if (!file.includes(owner.runId.toLowerCase())) continue;
    const journal = await FileJournal.open(file).catch(() => null);
    if (journal !== null) journals.push(journal);
  }
  return journals;
};

function placeOfJournal({ client = defaultClient(), option }: JournalOwner): { directory: string | null; target: string | null } {
  const place = option === false ? undefined : places.get(client)?.();
  const usual = place === undefined ? null : journalPlace(place);
  const named = typeof option === 'string' ? resolve(option) : null;
  const directory = named ?? usual?.directory ?? (option === true ? join(trailDirectory(), 'journal') : null);
  return { directory, target: usual?.target ?? null };
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
