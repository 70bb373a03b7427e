// Makes the data directory that a new embedded database starts from. The last one stays where it still fits.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { register } from 'tsx/esm/api';
import { migratedDirectory } from './lib/schema.mjs';

register();
const { keyOf, packSeed, seedKey } = await import('../src/database/embedded/seed-file.js');
const { MIGRATIONS } = await import('../src/database/migrations.generated.js');

const destination = process.argv[2] ?? 'dist/database/embedded/seed.bin';
const key = seedKey(MIGRATIONS);
if (!existsSync(destination) || keyOf(readFileSync(destination)) !== key) {
  const folder = mkdtempSync(join(tmpdir(), 'optrail-seed-'));
  try {
    const directory = join(folder, 'data');
    await migratedDirectory(directory, MIGRATIONS);
    mkdirSync(dirname(destination), { recursive: true });
    // Renamed, since somebody may be reading the last one.
    writeFileSync(`${destination}.new`, packSeed(directory, key));
    renameSync(`${destination}.new`, destination);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
