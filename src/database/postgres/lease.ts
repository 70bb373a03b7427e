import { OptrailError } from '../../errors.js';
import type { Channel, Reply } from '../channel.js';
import type { EncodedStatement } from '../types.js';
import { cancelQuery } from './cancel.js';
import { connectionError } from './connection-error.js';
import type { PoolClientLike, PoolLike } from './pool.js';
import { wireOf } from './wire.js';

/** One connection of a pool, taken for one piece of work and given back once. A connection that may be out of step leaves the pool. */
export class Lease implements Channel {
  readonly #client: PoolClientLike;
  readonly #wire: Channel;
  readonly #target: string;
  #returned = false;
  #broken = false;

  private constructor(client: PoolClientLike, target: string) {
    this.#client = client;
    this.#wire = wireOf(client);
    this.#target = target;
    // A pool listens to idle clients only; unheard, an error would end the process.
    client.on('error', ignore);
  }

  /** Rejects with `database_unreachable`, or with `database_busy` where the pool has no connection free. */
  static async take(pool: PoolLike, target: string): Promise<Lease> {
    try {
      return new Lease(await pool.connect(), target);
    } catch (error) {
      throw connectionError(error, target);
    }
  }

  alone(session: readonly EncodedStatement[], statement: EncodedStatement): Promise<Reply> {
    return this.#run(() => this.#wire.alone(session, statement));
  }

  send(statements: readonly EncodedStatement[]): Promise<Reply> {
    return this.#run(() => this.#wire.send(statements));
  }

  /** SQL text of several statements, which bring their own transactions. */
  async script(text: string): Promise<void> {
    try {
      await this.#run(async () => this.#client.query(text));
    } catch (error) {
      // It may have failed behind a `begin` of its own.
      await this.#run(async () => this.#client.query('rollback'));
      throw error;
    }
  }

  giveBack(): void {
    if (this.#returned) return;
    this.#returned = true;
    this.#release(this.#broken);
  }

  /** Cancels the running query and drops the connection, which also rolls back. */
  abandon(): void {
    if (this.#returned) return;
    this.#returned = true;
    void cancelQuery(this.#client).then(() => this.#release(true));
  }

  #release(drop: boolean): void {
    this.#client.removeListener('error', ignore);
    this.#client.release(drop);
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#returned) throw new OptrailError('aborted', 'The call was cancelled.');
    try {
      return await work();
    } catch (error) {
      const mapped = connectionError(error, this.#target);
      // What the server itself says leaves the connection in step, unless it says goodbye.
      if (mapped.sqlState === undefined || mapped.code === 'database_unreachable') this.#broken = true;
      throw mapped;
    }
  }
}

function ignore(): void {}
