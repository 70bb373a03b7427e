import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OptrailError } from '../../errors.js';

/**
 * Makes Optrail's directory with a `.gitignore` of its own that ignores everything in it, and returns where PGlite keeps its data.
 */
export function prepareDirectory(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const gitignore = join(directory, '.gitignore');
  if (!existsSync(gitignore)) writeFileSync(gitignore, '*\n');
  return join(directory, 'data');
}

/** Whether there is a database. It comes into its place whole, so that there is no half of one. */
export function holdsDatabase(dataDir: string): boolean {
  return existsSync(join(dataDir, 'PG_VERSION'));
}

/** Makes room for a database that is to be moved there. Rejects with `not_configured` where somebody else's files are. */
export function assertFree(dataDir: string): void {
  if (!existsSync(dataDir)) return;
  const [stranger] = readdirSync(dataDir);
  if (stranger === undefined) rmdirSync(dataDir);
  else
    throw new OptrailError('not_configured', `${dataDir} is no Optrail database, and not empty (${stranger}).`, {
      hint: 'Use another directory; or remove this one, if nobody needs what is in it.',
    });
}
