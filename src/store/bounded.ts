import type { Row, Statement } from '../database/port.js';
import { isPartial, markPartial } from '../schemas/partial.js';
import type { Scope } from './scope.js';

/** Columns that the bound adds to a query. */
interface Bound {
  bytes_before: number;
  rows_found: number;
}

/**
 * The first rows of a query whose large columns take less than `bytes` as they are stored, compressed; at least one row, if any. The list
 * is marked partial if there are more. Without a bound all rows are read. PostgreSQL knows these sizes without reading the values.
 */
export async function queryWithin<R extends Row>(
  scope: Scope,
  { text, values = [] }: Statement,
  columns: readonly string[],
  bytes: number | undefined,
): Promise<R[]> {
  if (bytes === undefined) return scope.query<R>({ text, values });
  const size = columns.map((column) => `coalesce(pg_column_size(page.${column}), 0)`).join(' + ');
  const rows = await scope.query<R & Bound>({
    text: `select * from (
        select page.*, count(*) over () as rows_found,
          coalesce(sum(${size}) over (rows between unbounded preceding and 1 preceding), 0)::float8 as bytes_before
        from (${text}) as page
      ) as page where bytes_before < $${values.length + 1}`,
    values: [...values, bytes],
  });
  const found = rows[0]?.rows_found ?? 0;
  const list = rows.map(({ bytes_before: _, rows_found: __, ...row }) => row as unknown as R);
  return list.length < found ? markPartial(list) : list;
}

/** The rows mapped; the list stays marked if it was. */
export function mapRows<R, T>(rows: readonly R[], map: (row: R) => T): T[] {
  const mapped = rows.map(map);
  return isPartial(rows) ? markPartial(mapped) : mapped;
}
