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

/** Whether there is a database, or the beginnings of one. */
export function holdsDatabase(dataDir: string): boolean {
  return existsSync(join(dataDir, 'PG_VERSION'));
}

/** The file that stands there while a database is made. */
export function unfinishedMark(dataDir: string): string {
  return `${dataDir}.unfinished`;
}

export function isUnfinished(dataDir: string): boolean {
  return existsSync(unfinishedMark(dataDir));
}

/** Makes sure that there is our database or room for one. Rejects with `not_configured` where somebody else's files are. */
export function assertOurs(dataDir: string): void {
  if (holdsDatabase(dataDir) || isUnfinished(dataDir) || !existsSync(dataDir)) return;
  const [stranger] = readdirSync(dataDir);
  if (stranger === undefined) rmdirSync(dataDir);
  else
    throw new OptrailError('not_configured', `${dataDir} is no Optrail database, and not empty (${stranger}).`, {
      hint: 'Use another directory; or remove this one, if nobody needs what is in it.',
    });
}
