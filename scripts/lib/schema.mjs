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

async function migrationFiles() {
  const names = await readdir('migrations');
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  if (files.length === 0) throw new Error('migrations/ holds no .sql file');
  return files.map((name) => `migrations/${name}`);
}
