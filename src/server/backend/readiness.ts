import { migrationStatus } from '../../database/migrate.js';
import type { Database } from '../../database/port.js';

/** Whether the database holds this version's schema: the newest migration there is, and what is wrong with it. */
export async function schemaReadiness(database: Database): Promise<{ version: string | null; problem: string | null }> {
  const { installed, pending, mismatch } = await migrationStatus(database);
  const version = installed.at(-1)?.name ?? null;
  if (version === null) return { version, problem: 'The database holds no Optrail schema: run `npx optrail migrate`.' };
  if (mismatch.length > 0) return { version, problem: 'The database holds another version of the Optrail schema.' };
  if (pending.length > 0) return { version, problem: `The schema lacks ${pending.join(', ')}: run \`npx optrail migrate\`.` };
  return { version, problem: null };
}
