import { vi } from 'vitest';
import type { Trail } from './trails.js';

/** Waits until every transaction has ended that runs now, on the whole server: other tests' databases are on it, too. */
export async function othersEnded({ sql }: Pick<Trail, 'sql'>): Promise<void> {
  const [now] = await sql('select pg_snapshot_xmax(pg_current_snapshot())::text as xmax');
  const over = 'select where pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8';
  await vi.waitUntil(async () => (await sql(over, [String(now?.xmax)])).length > 0, { timeout: 20_000, interval: 20 });
}
