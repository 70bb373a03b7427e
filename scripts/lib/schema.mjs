import { readdir, readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';

/**
 * Lends a database in memory that holds what the migrations make, and nothing else.
 * @template T
 * @param {(database: PGlite) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSchema(work) {
  const database = await PGlite.create();
  try {
    for (const file of await migrationFiles()) await database.exec(await readFile(file, 'utf8'));
    return await work(database);
  } finally {
    await database.close();
  }
}

/**
 * Makes a data directory with the migrations applied, as small as it gets, and closes it in good order.
 * @param {string} directory
 * @param {readonly { sql: string }[]} migrations
 */
export async function migratedDirectory(directory, migrations) {
  const database = await PGlite.create(directory);
  for (const { sql } of migrations) await database.exec(sql);
  // The log of how it was made is 9 MB that nobody reads again: on to a new segment, and without the old one.
  await database.exec('set wal_recycle = off; select pg_switch_wal(); checkpoint;');
  await database.close();
}

async function migrationFiles() {
  const names = await readdir('migrations');
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  if (files.length === 0) throw new Error('migrations/ holds no .sql file');
  return files.map((name) => `migrations/${name}`);
}
