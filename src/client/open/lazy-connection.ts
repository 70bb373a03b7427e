import { openEmbedded } from '../../database/embedded/engine.js';
import { shippedSeed } from '../../database/embedded/shipped-seed.js';
import { openUpgraded } from '../../database/embedded/upgrade.js';
import { assertSchema } from '../../database/migrate.js';
import type { Database } from '../../database/port.js';
import { isOptrailError, OptrailError } from '../../errors.js';
import { type SampleStorage, SamplesHere } from '../../store/sample-ingest/storage.js';
import type { DirectConnection } from '../direct/direct-client.js';
import { type ClientOptions, type DatabaseTarget, databaseTargetOf, targetOf } from './target.js';

/** Opens a database with whatever schema it holds. */
export async function openTarget(target: DatabaseTarget): Promise<Database> {
  if (target.kind === 'embedded') return openEmbedded({ directory: target.directory, hangAfterMs: target.hangAfterMs });
  // Lazy import: embedded users do not load `pg`.
  const { openPostgres } = await import('../../database/postgres.js');
  return openPostgres(target.kind === 'postgres' ? { url: target.url } : { pool: target.pool });
}

/** Opens a database with this version's schema. The embedded one is ours to prepare; a server's schema changes only on `optrail migrate`. */
async function openReady(target: DatabaseTarget): Promise<Database> {
  if (target.kind === 'embedded') return openUpgraded({ ...target, seed: shippedSeed() });
  const database = await openTarget(target);
  try {
    await assertSchema(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Opens at the first call, once for all calls; after a failure the next call tries again. */
export class LazyConnection implements ClosableConnection {
  readonly #underWay = new Set<Promise<unknown>>();
  #opening: Promise<Database> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly target: () => DatabaseTarget,
    readonly samples: SampleStorage,
  ) {}

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
    this.#opening ??= openReady(this.target());
    try {
      return await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  async #end(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await this.samples.close();
    await (await this.#opening)?.close();
  }
}

/** Repeats a call once if the engine died during it: another engine has replaced it. */
async function twice<T>(database: Database, call: (database: Database) => Promise<T>): Promise<T> {
  try {
    return await call(database);
  } catch (error) {
    if (isOptrailError(error) && error.code === 'engine_failed' && error.retryable) return call(database);
    throw error;
  }
}

/** The connection that a handle closes. */
export interface ClosableConnection extends DirectConnection {
  close(): Promise<void>;
}

/** A connection of its own, opened by its first use, for a server that acts under several identities. */
export function connectionTo(options: ClientOptions): ClosableConnection {
  return new LazyConnection(() => databaseTargetOf(targetOf(options)), new SamplesHere());
}
