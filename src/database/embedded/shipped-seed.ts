import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MIGRATIONS } from '../migrations.generated.js';
import type { SeedOffer } from './messages.js';
import { seedKey } from './seed-file.js';

/** The seed that `scripts/seed.mjs` puts beside the compiled code, as the one to take; undefined where there is none. */
export function shippedSeed(): SeedOffer | undefined {
  const file = ['./seed.bin', '../../../dist/database/embedded/seed.bin']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
  if (file === undefined) return undefined;
  try {
    return { file, key: seedKey(MIGRATIONS) };
  } catch {
    // Bundled by somebody, the engine's package is no longer there to say its version.
    return undefined;
  }
}
