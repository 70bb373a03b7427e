import { resolve } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { OptrailError } from '../../errors.js';
import { acquireLock, type Lock } from '../../processes/lock.js';
import { abortable } from '../abort.js';
import type { Channel } from '../channel.js';
import type { Database, Elsewhere, EnginePort, Identity, QueryOptions, Row, Statement, Transaction } from '../port.js';
import { channelOf, queryIn, transactionIn } from './calls.js';
import { assertOurs, prepareDirectory } from './directory.js';
import { Host } from './host.js';
import { MEMORY, type SeedOffer } from './messages.js';

export interface EmbeddedOptions {
  /** Where the data is kept, or `memory://` for a database that ends with the process. */
  directory: string;
  /** Milliseconds after which a statement without an answer counts as hung; {@link HANG_AFTER_MS} where it is left out. */
  hangAfterMs?: number | undefined;
  /** What a new directory is made of, migrated already; without it initdb makes an empty database. */
  seed?: SeedOffer | undefined;
}

/**
 * Two minutes: a hundred times what the slowest statement of Optrail's own takes on a million runs. While the engine works it
 * can answer nothing, not even that it lives, so that only time tells a long statement from one that will never end.
 */
const HANG_AFTER_MS = 120_000;

/**
 * PostgreSQL inside this process: PGlite in a worker thread, one statement or transaction at a time.
 *
 * One process has the directory; a second one is refused with `database_locked`. What a resolved promise acknowledged
 * survives the death of the process, kill -9 included. A power cut is not covered: PGlite has no fsync.
 * A cancelled statement that the engine has begun runs to its end, and its outcome is dropped.
 * An engine that hangs, crashes or loses a statement is ended, and the next call starts another on the same directory, under
 * the same lock; the call it happened to is refused with `engine_failed`, which is retryable unless the statement itself is to blame.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Database> {
  const { directory, hangAfterMs = HANG_AFTER_MS, seed } = options;
  if (directory === MEMORY) return new Embedded(MEMORY, await Host.start({ dataDir: MEMORY }, hangAfterMs));

  const target = resolve(directory);
  const dataDir = prepareDirectory(target);
  const lock = await acquireLock(target);
  const start = (): Promise<Host> => Host.start({ dataDir, seed }, hangAfterMs);
  try {
    assertOurs(dataDir);
    return new Embedded(target, await start(), { lock, start });
  } catch (error) {
    lock.release();
    throw error;
  }
}

class Embedded implements Database {
  readonly kind = 'embedded';
  readonly target: string;
  readonly pool = null;
  readonly elsewhere: Elsewhere = { kind: 'embedded', lend: (hand, options = {}) => this.#lend(hand, options) };
  readonly #durable: { lock: Lock; start: () => Promise<Host> } | undefined;
  #host: Host;
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(target: string, host: Host, durable?: { lock: Lock; start: () => Promise<Host> }) {
    this.target = target;
    this.#host = host;
    this.#durable = durable;
  }

  query<R extends Row = Row>(identity: Identity, statement: Statement, options: QueryOptions = {}): Promise<R[]> {
    return queryIn<R>(this.#inTurn, identity, statement, options);
  }

  transaction<T>(identity: Identity, work: (transaction: Transaction) => Promise<T>, options: QueryOptions = {}): Promise<T> {
    return transactionIn(this.#inTurn, identity, work, options);
  }

  script(text: string): Promise<void> {
    return this.#inTurn(undefined, async (_, host) => {
      await host.ask({ kind: 'script', text });
    });
  }

  async listen(): Promise<null> {
    return null;
  }

  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => this.#shutDown());
    return this.#closing;
  }

  #lend(hand: (port: EnginePort) => void, options: QueryOptions): Promise<void> {
    return this.#inTurn(options.signal, async (_, host) => {
      const { port1, port2 } = new MessageChannel();
      const returned = host.ask({ kind: 'lend', port: port1 });
      hand(port2);
      await returned;
    });
  }

  /** Everything goes through one queue, since the engine has one session. */
  readonly #inTurn = async <T>(signal: AbortSignal | undefined, work: (channel: Channel, host: Host) => Promise<T>): Promise<T> => {
    if (this.#closing !== undefined) throw new OptrailError('closed', 'The client was closed.');
    return abortable(signal, () => {
      const turn = this.#last.then(async () => {
        signal?.throwIfAborted();
        const host = await this.#liveHost();
        return work(channelOf(host), host);
      });
      this.#last = turn.catch(() => {});
      return turn;
    });
  };

  /** After a failure a new engine opens the same directory; what was in memory is gone. */
  async #liveHost(): Promise<Host> {
    if (!this.#host.alive && this.#durable !== undefined) {
      await this.#host.stop();
      this.#host = await this.#durable.start();
    }
    return this.#host;
  }

  async #shutDown(): Promise<void> {
    try {
      if (this.#host.alive) await this.#host.ask({ kind: 'close' });
    } finally {
      await this.#host.stop();
      this.#durable?.lock.release();
    }
  }
}
