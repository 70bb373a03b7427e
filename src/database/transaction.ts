import { OptrailError } from '../errors.js';
import { abortable } from './abort.js';
import { BEGIN, type Channel, COMMIT, type Reply, ROLLBACK } from './channel.js';
import type { Row, Statement, Transaction } from './port.js';
import { type EncodedStatement, encodeStatement } from './types.js';

/**
 * Runs `work` in one transaction of a channel, behind the statements that make its session; its error rolls back and is thrown on as it is.
 * A signal rolls back without waiting for `work`, whose later statements are refused.
 */
export async function runTransaction<T>(
  channel: Channel,
  session: readonly EncodedStatement[],
  work: (transaction: Transaction) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const transaction = new OpenTransaction(channel, session);
  try {
    const result = await abortable(signal, () => work(transaction));
    await transaction.commit();
    return result;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

class OpenTransaction implements Transaction {
  readonly #channel: Channel;
  /** Goes out with the first statement, so that it costs no round trip of its own. */
  #opening: readonly EncodedStatement[];
  #begun = false;
  #over = false;
  #failure: unknown;
  #last: Promise<unknown> = Promise.resolve();

  constructor(channel: Channel, session: readonly EncodedStatement[]) {
    this.#channel = channel;
    this.#opening = [BEGIN, ...session];
  }

  async query<R extends Row = Row>(statement: Statement): Promise<R[]> {
    if (this.#over) throw new OptrailError('closed', 'The transaction is over.');
    const reply = await this.#inTurn(encodeStatement(statement));
    return reply.rows as R[];
  }

  async commit(): Promise<void> {
    this.#over = true;
    await this.#last;
    if (!this.#begun) return;
    const { command } = await this.#inTurn(COMMIT);
    // PostgreSQL answers the commit of a transaction in which a statement failed with a rollback, and calls it success.
    if (command !== 'COMMIT')
      throw this.#failure ?? new OptrailError('database_error', 'The transaction was rolled back instead of committed.');
  }

  /** Never fails: a connection on which a rollback fails is broken, and its owner drops it. */
  async rollback(): Promise<void> {
    this.#over = true;
    await this.#last;
    if (this.#begun) await this.#inTurn(ROLLBACK).catch(() => {});
  }

  #inTurn(statement: EncodedStatement): Promise<Reply> {
    const turn = this.#last.then(() => this.#send(statement));
    this.#last = turn.catch((error: unknown) => {
      this.#failure ??= error;
    });
    return turn;
  }

  #send(statement: EncodedStatement): Promise<Reply> {
    const opening = this.#opening;
    this.#opening = [];
    this.#begun = true;
    return this.#channel.send([...opening, statement]);
  }
}
