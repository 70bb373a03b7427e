import type { Identity, Queries, Row, Statement, Transaction } from '../database/port.js';
import { OptrailError } from '../errors.js';

/** A database seen by one caller for one call: every statement of the store runs through one of these. */
export interface Scope extends Transaction {
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
}

export function scopeOf(database: Queries, identity: Identity, signal?: AbortSignal): Scope {
  const options = { signal };
  return {
    query: <R extends Row>(statement: Statement) => database.query<R>(identity, statement, options),
    transaction: (work) => database.transaction(identity, work, options),
  };
}

/**
 * The row of a statement that always gives one. The embedded engine has been seen to lose a statement without an error,
 * so that a missing row is never taken for an empty answer.
 */
export function theRow<R>(rows: readonly R[], what: string): R {
  const row = rows[0];
  if (row !== undefined) return row;
  throw new OptrailError('engine_failed', `The database answered ${what} without a row.`, {
    hint: 'Nothing can be said of what was stored; read it back before you try again.',
  });
}
