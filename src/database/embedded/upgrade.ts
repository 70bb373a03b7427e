import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { migrate, migrationStatus } from '../migrate.js';
import type { Migration } from '../migration.js';
import { MIGRATIONS } from '../migrations.generated.js';
import type { Database } from '../port.js';
import { type EmbeddedOptions, openEmbedded } from './engine.js';
import { MEMORY } from './messages.js';

/** The schema changes that were made to an embedded database when it was opened. */
export interface Upgraded {
  directory: string;
  /** The data as it was before; null for a database that had no schema. */
  copy: string | null;
  applied: readonly string[];
}

/**
 * Opens an embedded database with this version's schema. A new one is made; one of an older version is brought up to date, after its
 * data was copied to `data.before-<migration>` beside it. Rejects with `schema_mismatch` if a newer version made it.
 */
export async function openUpgraded(
  options: EmbeddedOptions,
  upgraded: (upgrade: Upgraded) => void = warnOfUpgrade,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<Database> {
  const found = await openEmbedded(options);
  try {
    const { installed, pending, mismatch } = await migrationStatus(found, migrations);
    const [first] = pending;
    if (first === undefined && mismatch.length === 0) return found;
    if (options.directory === MEMORY || installed.length === 0 || first === undefined || mismatch.length > 0) {
      const { applied } = await migrate(found, {}, migrations);
      if (applied.length > 0) upgraded({ directory: options.directory, copy: null, applied });
      return found;
    }
    // The engine writes to its files whenever it likes: only those of a closed one can be copied.
    await found.close();
    return await upgradeDirectory(options, first, upgraded, migrations);
  } catch (error) {
    await found.close();
    throw error;
  }
}

async function upgradeDirectory(
  options: EmbeddedOptions,
  first: string,
  upgraded: (upgrade: Upgraded) => void,
  migrations: readonly Migration[],
): Promise<Database> {
  const directory = resolve(options.directory);
  const copy = setAsideCopy(directory, first);
  const database = await openEmbedded(options);
  try {
    const { applied } = await migrate(database, {}, migrations);
    if (applied.length > 0) upgraded({ directory, copy, applied });
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Copies the data of a directory. A copy that a kill cut short is made anew; a whole one of an earlier attempt is kept. */
function setAsideCopy(directory: string, migration: string): string {
  const copy = join(directory, `data.before-${migration}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(join(directory, 'data'), unfinished, { recursive: true, preserveTimestamps: true });
  renameSync(unfinished, copy);
  return copy;
}

function warnOfUpgrade({ directory, copy, applied }: Upgraded): void {
  if (copy === null) return;
  process.emitWarning(
    `The schema of ${directory} was brought up to date (${applied.join(', ')}); every row was kept. The data as it was is in ${copy}: ` +
      'to go back, put it in place of the folder data while nothing has it open. Remove it when you no longer need it.',
    'OptrailUpgrade',
  );
}
