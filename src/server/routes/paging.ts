import { list, type Reply } from '../http/reply.js';
import { MOST_ROWS } from './shapes.js';

/**
 * One page of what is read in order: a row more than asked for says that there is another page. Where that would be more than may be read
 * at once, the row is looked for behind the page.
 */
export async function pageOf<Row>(
  limit: number,
  read: (limit: number, last?: Row) => Promise<readonly Row[]>,
  cursorOf: (last: Row) => string,
): Promise<Reply> {
  const rows = await read(Math.min(limit + 1, MOST_ROWS));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  if (last === undefined) return list([]);
  const hasMore = rows.length > limit || (rows.length === MOST_ROWS && (await read(1, last)).length > 0);
  return list(page, hasMore ? cursorOf(last) : null);
}
