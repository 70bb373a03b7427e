import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';

/** What a database was asked for so far, and what it takes on disk. */
export interface Counters {
  transactions: number;
  statements: number;
  bytes: number;
}

/** Read after a moment, since sessions hand in what they counted at most once a second. */
export async function countersOf(admin: Pool, databases: readonly string[]): Promise<Map<string, Counters>> {
  await delay(3000);
  const { rows } = await admin.query<{ name: string } & Record<keyof Counters, string>>(
    `select d.datname as name, d.xact_commit + d.xact_rollback as transactions, pg_database_size(d.datid) as bytes,
      (select coalesce(sum(s.calls), 0) from pg_stat_statements as s where s.dbid = d.datid) as statements
      from pg_stat_database as d where d.datname = any($1)`,
    [databases],
  );
  return new Map(
    rows.map(({ name, transactions, statements, bytes }) => [
      name,
      { transactions: Number(transactions), statements: Number(statements), bytes: Number(bytes) },
    ]),
  );
}

const NOTHING: Counters = { transactions: Number.NaN, statements: Number.NaN, bytes: Number.NaN };

/** The difference for each of so many trials. */
export function perTrial(before: Counters = NOTHING, after: Counters = NOTHING, trials = 1): Counters {
  return {
    transactions: (after.transactions - before.transactions) / trials,
    statements: (after.statements - before.statements) / trials,
    bytes: (after.bytes - before.bytes) / trials,
  };
}
