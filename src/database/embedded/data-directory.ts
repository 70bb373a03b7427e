import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { holdsDatabase, isUnfinished, unfinishedMark } from './directory.js';
import type { SeedOffer } from './messages.js';
import { unpackSeed } from './seed-file.js';

/**
 * Opens the database in a directory; makes it where there is none, from the seed where that fits. While it is made a mark
 * stands beside it: a start that finds one begins anew, since nobody was told of what is there. Whoever calls has the lock.
 */
export async function openDataDirectory(dataDir: string, seed: SeedOffer | undefined): Promise<PGlite> {
  if (isUnfinished(dataDir)) rmSync(dataDir, { recursive: true, force: true });
  else if (holdsDatabase(dataDir)) return PGlite.create({ dataDir });
  writeFileSync(unfinishedMark(dataDir), '');
  const engine = (seed === undefined ? undefined : await plant(seed, dataDir)) ?? (await PGlite.create({ dataDir }));
  rmSync(unfinishedMark(dataDir));
  return engine;
}

/** Undefined where the seed does not fit, or is missing or damaged: that costs the seconds that initdb takes, and nothing else. */
async function plant({ file, key }: SeedOffer, dataDir: string): Promise<PGlite | undefined> {
  try {
    unpackSeed(readFileSync(file), key, dataDir);
    const engine = await PGlite.create({ dataDir });
    // The ledger says when the migrations came into this database, not when the package was built.
    await engine.query('update optrail.migrations set applied_at = clock_timestamp()');
    return engine;
  } catch {
    rmSync(dataDir, { recursive: true, force: true });
    return undefined;
  }
}
