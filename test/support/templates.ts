import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { migrate } from '../../src/database/migrate.js';
import { asSuperuser, databaseUrl } from './sql.js';

/** The database with all migrations, on each server, that others are copied from. */
export const TEMPLATE = 'optrail_template';

export async function makePostgresTemplate(serverUrl: string): Promise<void> {
  await asSuperuser(serverUrl, `create database ${TEMPLATE}`);
  const files = readdirSync('migrations').filter((name) => /^\d{3}_.*[.]sql$/.test(name));
  for (const file of files.sort()) await asSuperuser(databaseUrl(serverUrl, TEMPLATE), readFileSync(`migrations/${file}`, 'utf8'));
}

/** Its first start takes PGlite four seconds, so that an empty database is kept from one test run to the next. */
export async function makeEmbeddedTemplate(): Promise<string> {
  const empty = join(tmpdir(), `optrail-test-pglite-${pgliteVersion()}`);
  if (!existsSync(empty)) await makeEmpty(empty);
  const directory = mkdtempSync(join(tmpdir(), 'optrail-embedded-'));
  cpSync(empty, directory, { recursive: true });
  const database = await openEmbedded({ directory });
  await migrate(database);
  await database.close();
  return directory;
}

async function makeEmpty(destination: string): Promise<void> {
  const unfinished = mkdtempSync(`${destination}-`);
  const database = await openEmbedded({ directory: unfinished });
  await database.close();
  try {
    renameSync(unfinished, destination);
  } catch {
    // Another test run was faster.
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function pgliteVersion(): string {
  return (JSON.parse(readFileSync('node_modules/@electric-sql/pglite/package.json', 'utf8')) as { version: string }).version;
}
