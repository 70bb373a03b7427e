import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import type { SeedOffer } from '../../src/database/embedded/messages.js';
import { packSeed, seedKey, unpackSeed } from '../../src/database/embedded/seed-file.js';
import { migrate } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { type Database, TRUSTED } from '../../src/database/port.js';
import { temporaryDirectory } from '../support/databases.js';
import { runNode } from '../support/node.js';

const folder = mkdtempSync(join(tmpdir(), 'optrail-seed-test-'));
const key = seedKey(MIGRATIONS);
const seed: SeedOffer = { file: join(folder, 'seed.bin'), key };

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/seed.mjs', seed.file], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function open(directory: string, offer: SeedOffer | undefined = seed): Promise<Database> {
  const database = await openEmbedded({ directory, seed: offer });
  onTestFinished(() => database.close());
  return database;
}

/** A seed file made from the good one. */
function seedOf(name: string, change: (bytes: Buffer) => Buffer): SeedOffer {
  const file = join(folder, name);
  writeFileSync(file, change(readFileSync(seed.file)));
  return { file, key };
}

const flipped = (bytes: Buffer, at: number): Buffer => {
  bytes[at] = (bytes[at] ?? 0) ^ 255;
  return bytes;
};

describe('a new directory', () => {
  test('is migrated when it opens, as of now, and keeps what is stored', async () => {
    const directory = temporaryDirectory();
    const begun = Date.now();
    const database = await open(directory);
    expect(await migrate(database)).toEqual({ applied: [], unchanged: MIGRATIONS.map(({ name }) => name) });
    const [row] = await database.query(TRUSTED, { text: 'select applied_at from optrail.migrations' });
    expect(Date.parse(String(row?.applied_at))).toBeGreaterThan(begun - 60_000);
    expect(await database.query(TRUSTED, { text: 'select from optimization_runs' })).toEqual([]);
    await database.script("insert into optimization_projects (id, name) values ('kept', 'kept')");
    await database.close();
    expect(existsSync(join(directory, 'data.unfinished'))).toBe(false);
    expect(await (await open(directory)).query(TRUSTED, { text: 'select id from optimization_projects' })).toEqual([{ id: 'kept' }]);
  });

  test('holds what initdb and the migrations make, and nothing else', async () => {
    const planted = await open(temporaryDirectory());
    const made = await open(temporaryDirectory(), undefined);
    await migrate(made);
    const objects = { text: 'select pg_describe_object(classid, objid, 0) as name from pg_depend where objid > 16383 order by 1' };
    const settings = { text: 'select name, setting from pg_settings order by 1' };
    const roles = { text: 'select rolname, rolsuper, rolbypassrls, rolpassword is null as open from pg_authid order by 1' };
    for (const question of [objects, settings, roles]) {
      expect(await planted.query(TRUSTED, question)).toEqual(await made.query(TRUSTED, question));
    }
  });

  test("is not made in a folder of somebody's", async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'data'));
    writeFileSync(join(directory, 'data', 'mine.csv'), '1,2');
    await expect(open(directory)).rejects.toMatchObject({ code: 'not_configured', message: expect.stringContaining('mine.csv') });
    expect(readFileSync(join(directory, 'data', 'mine.csv'), 'utf8')).toBe('1,2');
  });
});

describe('a seed that is of no use', () => {
  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['damaged', (bytes) => flipped(bytes, bytes.length - 1000)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['empty', () => Buffer.alloc(0)],
    ['of another PGlite', (bytes) => flipped(bytes, bytes.indexOf('pglite ') + 'pglite '.length)],
    ['of another schema', (bytes) => flipped(bytes, bytes.indexOf(MIGRATIONS[0]?.sha256 ?? ''))],
  ])('%s, is refused before anything is written', (name, change) => {
    const { file } = seedOf(name, change);
    const target = join(temporaryDirectory(), 'data');
    expect(() => unpackSeed(readFileSync(file), key, target)).toThrow();
    expect(existsSync(target)).toBe(false);
  });

  test.each<[string, () => SeedOffer]>([
    ['damaged', () => seedOf('damaged again', (bytes) => flipped(bytes, bytes.length - 1000))],
    ['missing', () => ({ file: join(folder, 'none'), key })],
    ['refused by the engine', () => ofAnotherCatalogue()],
  ])('%s, leaves the work to initdb', { timeout: 120_000 }, async (_, offer) => {
    const directory = temporaryDirectory();
    const database = await open(directory, offer());
    expect((await migrate(database)).applied).toEqual(MIGRATIONS.map(({ name }) => name));
    expect(existsSync(join(directory, 'data.unfinished'))).toBe(false);
  });

  /** As if its PostgreSQL were another one, though PGlite says the same version. */
  function ofAnotherCatalogue(): SeedOffer {
    const unpacked = join(folder, 'unpacked');
    unpackSeed(readFileSync(seed.file), key, unpacked);
    const control = join(unpacked, 'global/pg_control');
    writeFileSync(control, flipped(readFileSync(control), 12));
    return seedOf('another catalogue', () => packSeed(unpacked, key));
  }
});

describe('a start that is killed', () => {
  test('leaves its mark, and whatever it had made is made anew', async () => {
    const directory = temporaryDirectory();
    const database = await open(directory);
    await database.script("insert into optimization_projects (id, name) values ('half', 'half')");
    await database.close();
    rmSync(join(directory, 'data/global/pg_control'));
    writeFileSync(join(directory, 'data.unfinished'), '');
    expect(await (await open(directory)).query(TRUSTED, { text: 'select id from optimization_projects' })).toEqual([]);
  });

  test.each([
    ['from the seed', true],
    ['by initdb', false],
  ])('%s, leaves nothing that the next one takes for a database', { timeout: 300_000 }, async (_, seeded) => {
    for (const delay of seeded ? [0, 15, 80, 300] : [100, 1500]) {
      const directory = temporaryDirectory();
      const starting = runNode(
        `const { openEmbedded } = await import(dist('database/embedded/engine.js'));
         await openEmbedded({ directory: process.argv[1], ...(process.argv[2] ? { seed: { file: process.argv[2], key: process.argv[3] } } : {}) });
         setInterval(() => {}, 1000);`,
        directory,
        ...(seeded ? [seed.file, key] : []),
      );
      const hasBegun = () => existsSync(join(directory, 'data.unfinished'));
      // A start that is quicker than this look at it is killed when it is over.
      while (!hasBegun() && !existsSync(join(directory, 'data/PG_VERSION'))) await new Promise((resolve) => setTimeout(resolve, 1));
      await new Promise((resolve) => setTimeout(resolve, delay));
      starting.child.kill('SIGKILL');
      await starting.ended;

      const database = await open(directory);
      await migrate(database);
      expect(await database.query(TRUSTED, { text: 'select count(*) as n from optimization_runs' })).toEqual([{ n: 0 }]);
      await database.close();
      expect(existsSync(join(directory, 'data.unfinished'))).toBe(false);
    }
  });
});
