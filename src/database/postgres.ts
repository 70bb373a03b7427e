import { OptrailError } from '../errors.js';
import { abortable } from './abort.js';
import type { Database, Elsewhere, Identity, Listening, PoolFigures, QueryOptions, Row, Statement, Transaction } from './port.js';
import { Lease } from './postgres/lease.js';
import { listenOn } from './postgres/listen.js';
import { OwnPool } from './postgres/own-pool.js';
import type { PoolLike } from './postgres/pool.js';
import { describeTarget } from './postgres/target.js';
import { OUTPUT_FORM, sessionStatements } from './session.js';
import { runTransaction } from './transaction.js';
import { type EncodedStatement, encodeStatement } from './types.js';

export type { PoolLike } from './postgres/pool.js';

export type PostgresOptions =
  | {
      /** A `postgresql://` URL. The pool over it is ours: `close()` ends it. */
      url: string;
      /** Connections at most; 10 where it is left out. */
      maxConnections?: number | undefined;
    }
  | {
      /** The caller's own pool. It is never closed, and no setting of it is changed. */
      pool: PoolLike;
    };

/**
 * PostgreSQL by URL or through the caller's pool. It connects with the first statement, not before.
 *
 * A single statement costs one network round trip, under claims too; a transaction of n statements costs n + 1.
 */
export function openPostgres(options: PostgresOptions): Database {
  if ('pool' in options) return new Postgres(options.pool, describeTarget(undefined, options.pool.options), null, async () => {});
  const { url, maxConnections = 10 } = options;
  const pool = new OwnPool(url, maxConnections);
  return new Postgres(pool, describeTarget(url, undefined), { kind: 'postgres', url }, () => pool.end());
}

function sessionOf(identity: Identity): EncodedStatement[] {
  return [OUTPUT_FORM, ...sessionStatements(identity)].map(encodeStatement);
}

class Postgres implements Database {
  readonly kind = 'postgres';
  readonly target: string;
  readonly elsewhere: Elsewhere | null;
  readonly #pool: PoolLike;
  readonly #end: () => Promise<void>;
  readonly #listening = new Set<Listening>();
  #closing: Promise<void> | undefined;

  constructor(pool: PoolLike, target: string, elsewhere: Elsewhere | null, end: () => Promise<void>) {
    this.#pool = pool;
    this.target = target;
    this.elsewhere = elsewhere;
    this.#end = end;
  }

  get pool(): PoolFigures | null {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    if (totalCount === undefined || idleCount === undefined || waitingCount === undefined) return null;
    return { total: totalCount, idle: idleCount, waiting: waitingCount };
  }

  query<R extends Row = Row>(identity: Identity, statement: Statement, options: QueryOptions = {}): Promise<R[]> {
    return this.#withLease(options.signal, async (lease) => {
      const reply = await lease.alone(sessionOf(identity), encodeStatement(statement));
      return reply.rows as R[];
    });
  }

  transaction<T>(identity: Identity, work: (transaction: Transaction) => Promise<T>, options: QueryOptions = {}): Promise<T> {
    return this.#withLease(options.signal, (lease) => runTransaction(lease, sessionOf(identity), work, options.signal));
  }

  script(text: string): Promise<void> {
    return this.#withLease(undefined, (lease) => lease.script(text));
  }

  async listen(channel: string, heard: (payload: string) => void): Promise<Listening | null> {
    if (this.#closing !== undefined) throw new OptrailError('closed', 'The client was closed.');
    const listening = await listenOn(this.#pool, this.target, channel, heard);
    if (listening === null) return null;
    this.#listening.add(listening);
    void listening.ended.then(() => this.#listening.delete(listening));
    return listening;
  }

  close(): Promise<void> {
    // A pool ends when all of its connections have come back.
    this.#closing ??= Promise.all([...this.#listening].map((each) => each.close())).then(this.#end);
    return this.#closing;
  }

  async #withLease<T>(signal: AbortSignal | undefined, work: (lease: Lease) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw new OptrailError('closed', 'The client was closed.');
    let lease: Lease | undefined;
    const run = async (): Promise<T> => {
      lease = await Lease.take(this.#pool, this.target);
      try {
        // The signal may have fired while the pool was connecting: nothing may be sent any more.
        signal?.throwIfAborted();
        return await work(lease);
      } finally {
        lease.giveBack();
      }
    };
    return abortable(signal, run, () => lease?.abandon());
  }
}
