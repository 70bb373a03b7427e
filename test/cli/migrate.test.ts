import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { TRUSTED } from '../../src/database/port.js';
import { openPostgres } from '../../src/database/postgres.js';
import { freshDatabase, temporaryDirectory } from '../support/databases.js';
import { cells, cliHere, type Outcome } from './process.js';

const NAMES = MIGRATIONS.map(({ name }) => name);
const APPLIED = NAMES.map((name) => `Applied ${name}.\n`).join('');

const on = (db: string, ...args: string[]): Promise<Outcome> => cliHere([...args, '--db', db]);

describe.each([15, 18] as const)('on PostgreSQL %i', (major) => {
  test('applies the schema once, and says what it did', async () => {
    const db = await freshDatabase(major);
    const before = await on(db, 'runs', 'list');
    expect(before).toMatchObject({ code: 1, stdout: '' });
    expect(before.stderr).toContain('fix: Run `npx optrail migrate`.');

    expect(cells((await on(db, 'migrate', 'status')).stdout)[1]).toEqual(['001_optimization_runs', 'pending', '-']);
    expect(await on(db, 'migrate')).toMatchObject({ code: 0, stdout: APPLIED });
    expect(await on(db, 'migrate')).toMatchObject({ code: 0, stdout: 'Nothing to do: the schema is up to date.\n' });
    expect(JSON.parse((await on(db, 'migrate', '--json')).stdout)).toEqual({ applied: [], unchanged: NAMES });
    expect(cells((await on(db, 'migrate', 'status')).stdout)[1]?.[1]).toBe('installed');
    expect(await on(db, 'runs', 'list')).toMatchObject({ code: 0, stdout: '' });
  });

  test('sets a schema of another version aside when told to', async () => {
    const db = await freshDatabase(major, { migrated: true });
    const database = openPostgres({ url: db });
    await database.query(TRUSTED, { text: "update optrail.migrations set sha256 = repeat('0', 64)" });
    await database.close();

    const refused = await on(db, 'migrate');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('`npx optrail migrate --recreate`');
    expect(cells((await on(db, 'migrate', 'status')).stdout)[1]?.[1]).toBe('differs');
    const preview = await on(db, 'migrate', '--recreate');
    expect(preview).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^This would set aside .* 0 projects and 0 runs.*\nNothing was changed/),
    });
    expect(cells((await on(db, 'migrate', 'status')).stdout)[1]?.[1]).toBe('differs');
    const { code, stdout } = await on(db, 'migrate', '--recreate', '--yes');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The schema that was there is now optrail_old_\w+, with its data\.\nApplied 001_optimization_runs\.\n/);
  });
});

describe('on an embedded database', () => {
  test('makes it where there is none; status makes nothing', async () => {
    const db = join(temporaryDirectory(), 'trail');
    expect(cells((await on(db, 'migrate', 'status')).stdout)[1]?.[1]).toBe('pending');
    expect(existsSync(db)).toBe(false);
    expect(await on(db, 'migrate')).toMatchObject({ code: 0, stdout: APPLIED });
    expect(cells((await on(db, 'migrate', 'status')).stdout)[1]?.[1]).toBe('installed');
  });

  test('not among files of somebody else', async () => {
    const db = temporaryDirectory();
    mkdirSync(join(db, 'data'));
    writeFileSync(join(db, 'thesis.txt'), 'years of work');
    const { code, stderr } = await on(db, 'migrate');
    expect(code).toBe(1);
    expect(stderr).toContain(`${db} is no Optrail database, and not empty`);
    expect(stderr).toContain(`fix: Use a directory of its own, like --db ${join(db, '.optrail')}.`);
    expect(existsSync(join(db, '.gitignore'))).toBe(false);
  });
});
