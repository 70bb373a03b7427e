import type { Reply } from '../channel.js';
import type { Row } from '../port.js';
import { type EncodedStatement, type Field, rowReader } from '../types.js';
import type { WireConnection } from './pool.js';

/**
 * Several statements in one network round trip, as a query class that `pg` clients accept (as pg-cursor is one).
 *
 * All of them go out before a single Sync, so PostgreSQL runs them as one implicit transaction: they are stored together or
 * not at all, an error skips the rest, and what was set transaction-locally ends with the Sync. `pg`'s own pipelining
 * sends a Sync after each statement instead, where a BEGIN that fails would let the next statement run outside the transaction,
 * as the connection's own role. Statements are unnamed, as transaction poolers need.
 */
export class Batch {
  /** Called once, with an error or with the last statement's reply. `pg` wraps it where a `query_timeout` is set. */
  callback: (error: unknown, reply?: Reply) => void;
  readonly #statements: readonly EncodedStatement[];
  #reply: Reply = { rows: [], command: '' };
  #rows: Row[] = [];
  #read = rowReader([]);
  #failure: { error: unknown } | undefined;

  constructor(statements: readonly EncodedStatement[], callback: Batch['callback']) {
    this.#statements = statements;
    this.callback = callback;
  }

  submit(connection: WireConnection): void {
    connection.stream.cork?.();
    try {
      for (const { text, values } of this.#statements) {
        connection.parse({ text });
        connection.bind({ values: values.map(asBuffer) });
        connection.describe({ type: 'P', name: '' });
        connection.execute({});
      }
      connection.sync();
    } finally {
      connection.stream.uncork?.();
    }
  }

  handleRowDescription(message: { fields: Field[] }): void {
    this.#read = rowReader(message.fields);
  }

  // An exception here would end in the socket's listener; it is kept for the end of the batch.
  handleDataRow(message: { fields: (string | null)[] }): void {
    if (this.#failure !== undefined) return;
    try {
      this.#rows.push(this.#read(message.fields));
    } catch (error) {
      this.#failure = { error };
    }
  }

  handleCommandComplete(message: { text: string }): void {
    this.#reply = { rows: this.#rows, command: message.text };
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleCopyInResponse(connection: WireConnection): void {
    connection.sendCopyFail('COPY FROM STDIN is not supported');
  }

  handleCopyData(): void {}

  handlePortalSuspended(): void {}

  handleError(error: unknown, connection: WireConnection): void {
    if (!isFromServer(error)) {
      this.#settle(error);
      return;
    }
    // PostgreSQL reports an error before it rolls back: until it is ready again, the locks of the failed transaction are held.
    // `pg` has let go of this query by now, so the connection itself says when that is.
    const over = (): void => {
      connection.off('readyForQuery', over);
      connection.off('end', over);
      this.#settle(error);
    };
    connection.on('readyForQuery', over);
    connection.on('end', over);
  }

  // A deferred constraint speaks at the Sync, so nothing is certain before this.
  handleReadyForQuery(): void {
    if (this.#failure === undefined) this.#settle(undefined, this.#reply);
    else this.#settle(this.#failure.error);
  }

  #settle(error: unknown, reply?: Reply): void {
    const callback = this.callback;
    this.callback = () => {};
    callback(error, reply);
  }
}

// What `pg` itself reports, such as a lost connection, has no severity, and nothing follows it.
function isFromServer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error && error.severity !== undefined;
}

// pg sends a Buffer in binary, and anything else as text.
function asBuffer(value: string | Uint8Array | null): string | Buffer | null {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}
