import pg from 'pg';

/** A pool of one connection that writes the plan of every statement, nested ones included, into `plans`. */
export interface Observed {
  pool: pg.Pool;
  /** Names of the indexes used by what ran since the last call, in the order they first appear. */
  indexes(): string[];
  /** Names of the tables that what ran since the last call read from one end to the other. */
  scans(): string[];
}

/** PostgreSQL's own auto_explain, so that a plan inside a function is seen as it was run and not as it might be. */
export function observedPool(url: string): Observed {
  const plans: string[] = [];
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('connect', (client) => {
    client.on('notice', (notice) => plans.push(notice.message ?? ''));
    void client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
      set client_min_messages = log`);
  });
  const named = (pattern: RegExp) => [
    ...new Set(plans.splice(0).flatMap((plan) => [...plan.matchAll(pattern)].map((match) => match[1] ?? ''))),
  ];
  return {
    pool,
    indexes: () => named(/(?:using|Bitmap Index Scan on) (\w+)/g),
    scans: () => named(/Seq Scan on (\w+)/g),
  };
}
