import type { Database, Statement, Transaction } from './port.js';
import { TRUSTED } from './port.js';

/**
 * Moves Optrail's tables, views and functions out of `public` into a schema of their own, and renames schema `optrail`, all in
 * one transaction. The data stays readable there; triggers and functions need not work any more.
 *
 * @param isStale asked once nobody else migrates: whether what is there now must still go
 * @returns the name of the schema that now holds the tables, or undefined where another process was faster
 */
export function setAside(database: Database, isStale: (transaction: Transaction) => Promise<boolean>): Promise<string | undefined> {
  return database.transaction(TRUSTED, async (transaction) => {
    await transaction.query({ text: "select pg_advisory_xact_lock(hashtext('optrail: set aside'))" });
    if (!(await isStale(transaction))) return undefined;
    const [clock] = await transaction.query<{ name: string }>({
      text: "select 'optrail_old_' || to_char(clock_timestamp() at time zone 'UTC', 'YYYYMMDD_HH24MISS_MS') as name",
    });
    const name = clock?.name ?? 'optrail_old';
    await transaction.query({ text: `create schema ${name}` });
    for (const { command } of await transaction.query<{ command: string }>(movesTo(name))) await transaction.query({ text: command });
    await transaction.query({ text: `alter schema optrail rename to ${name}_internal` });
    return name;
  });
}

/** One ALTER for each object, with its name quoted by PostgreSQL. Sequences, indexes and policies follow their tables. */
function movesTo(schema: string): Statement {
  return {
    text: `
      select format('alter %s public.%I set schema ${schema}',
               case relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, relname) as command
        from pg_catalog.pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
         and relname like 'optimization\\_%' and not relispartition
      union all
      select format('alter routine %s set schema ${schema}', oid::regprocedure)
        from pg_catalog.pg_proc
       where pronamespace = 'public'::regnamespace and proname ~ '(^|_)optimization_|^get_top_runs_by_score$'
      union all
      select format('alter type public.%I set schema ${schema}', typname)
        from pg_catalog.pg_type
       where typnamespace = 'public'::regnamespace and typname like 'optimization\\_%' and typtype in ('e', 'd')`,
  };
}

/** Counts the projects and runs that would be set aside. */
export async function countTenants(database: Database): Promise<{ projects: number; runs: number }> {
  const [count] = await database.query<{ projects: number; runs: number }>(TRUSTED, {
    text: 'select (select count(*)::int from public.optimization_projects) as projects, (select count(*)::int from public.optimization_runs) as runs',
  });
  return count ?? { projects: 0, runs: 0 };
}
