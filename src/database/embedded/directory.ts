import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * To be called by the owner of the directory before the engine makes its files there; what it returns is called once the engine
 * is open. A first start that was killed between the two leaves files that no engine can open and that hold nothing yet: they
 * are removed, and made anew.
 */
export function beginMaking(directory: string): () => void {
  const mark = join(directory, 'unfinished');
  const dataDir = join(directory, 'data');
  if (existsSync(mark)) {
    rmSync(dataDir, { recursive: true, force: true });
    mkdirSync(dataDir);
  }
  if (existsSync(join(dataDir, 'PG_VERSION'))) return () => {};
  writeFileSync(mark, 'The making of the database in data/ was interrupted. It is made anew at the next start.\n');
  return () => rmSync(mark, { force: true });
}
