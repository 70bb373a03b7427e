import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes Optrail's directory with a `.gitignore` of its own that ignores everything in it, and returns where PGlite keeps its data.
 */
export function prepareDirectory(directory: string): string {
  const dataDir = join(directory, 'data');
  mkdirSync(dataDir, { recursive: true });
  const gitignore = join(directory, '.gitignore');
  if (!existsSync(gitignore)) writeFileSync(gitignore, '*\n');
  return dataDir;
}
