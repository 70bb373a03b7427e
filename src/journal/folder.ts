import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const EXTENSION = '.jsonl';

/** Makes the directory. Git must not take up what is in it, wherever it is. */
export function prepare(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const gitignore = join(directory, '.gitignore');
  if (!existsSync(gitignore)) writeFileSync(gitignore, '*\n');
}

/** The journals in a directory, the oldest first; none where there is no such directory. */
export function journalsIn(directory: string): string[] {
  return namesIn(directory)
    .filter((name) => name.endsWith(EXTENSION))
    .sort()
    .map((name) => join(directory, name));
}

/** Takes away what processes left that died while they made or ended a journal. */
export function sweepLeftovers(directory: string): void {
  const names = new Set(namesIn(directory));
  for (const name of names) {
    const journal = name.replace(/[.]lock[.]\d+$/, '');
    if (journal !== name && journal.endsWith(EXTENSION) && !names.has(journal)) rmSync(join(directory, name), { force: true });
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
