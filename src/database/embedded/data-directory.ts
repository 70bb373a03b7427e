import { readFileSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { holdsDatabase } from './directory.js';
import type { SeedOffer } from './messages.js';
import { unpackSeed } from './seed-file.js';

/**
 * Opens the database in a directory; makes it where there is none, from the seed where that fits. It is made in a directory
 * beside it and then renamed: a start that was killed leaves nothing that the next one would take for a database.
 * Whoever calls has the lock.
 */
export async function openDataDirectory(dataDir: string, seed: SeedOffer | undefined): Promise<PGlite> {
  if (holdsDatabase(dataDir)) return PGlite.create({ dataDir });
  const making = `${dataDir}.making`;
  rmSync(making, { recursive: true, force: true });
  if (seed !== undefined && plant(seed, making)) {
    await moveInto(making, dataDir);
    try {
      return await openPlanted(dataDir);
    } catch {
      // Seconds old and never used: nothing is lost with it.
      rmSync(dataDir, { recursive: true, force: true });
    }
  }
  await (await PGlite.create({ dataDir: making })).close();
  await moveInto(making, dataDir);
  return PGlite.create({ dataDir });
}

/** A seed that does not fit, or is missing or damaged, costs the seconds that initdb takes, and nothing else. */
function plant({ file, key }: SeedOffer, directory: string): boolean {
  try {
    unpackSeed(readFileSync(file), key, directory);
    return true;
  } catch {
    rmSync(directory, { recursive: true, force: true });
    return false;
  }
}

async function openPlanted(dataDir: string): Promise<PGlite> {
  const engine = await PGlite.create({ dataDir });
  // The ledger says when the migrations came into this database, not when the package was built.
  await engine.query('update optrail.migrations set applied_at = clock_timestamp()');
  return engine;
}

/** On Windows a virus scanner may hold new files for a moment. */
async function moveInto(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return renameSync(from, to);
    } catch (error) {
      const isHeld = ['EPERM', 'EACCES', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '');
      if (!isHeld || attempt === 20) throw error;
      await sleep(50);
    }
  }
}
