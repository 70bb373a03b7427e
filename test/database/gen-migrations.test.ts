import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { temporaryDirectory } from '../support/databases.js';

const SCRIPT = resolve('scripts/gen-migrations.mjs');
const ZEROS = '0'.repeat(64);
const SQL = `begin;\nselect '${ZEROS}'; -- sha256 of this file with these 64 digits as zeros\nselect '\`\${1} \\\\ $1';\ncommit;\n`;

function packageWith(sql: string): string {
  const root = temporaryDirectory();
  mkdirSync(join(root, 'migrations'));
  mkdirSync(join(root, 'src/database'), { recursive: true });
  writeFileSync(join(root, 'migrations/001_first.sql'), sql);
  return root;
}

function generate(root: string, ...flags: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [SCRIPT, ...flags], { cwd: root, encoding: 'utf8' });
}

test('each migration is embedded as it is, and holds its own hash', () => {
  expect(MIGRATIONS.length).toBeGreaterThan(0);
  for (const { name, sha256, sql } of MIGRATIONS) {
    expect(readFileSync(`migrations/${name}.sql`, 'utf8')).toBe(sql);
    expect(createHash('sha256').update(sql.replace(sha256, ZEROS)).digest('hex')).toBe(sha256);
  }
});

test('the hash is written once, and the text survives its way into TypeScript', async () => {
  const root = packageWith(SQL);
  expect(generate(root).status).toBe(0);
  const sealed = readFileSync(join(root, 'migrations/001_first.sql'), 'utf8');
  const sha256 = createHash('sha256').update(SQL).digest('hex');
  expect(sealed).toBe(SQL.replace(ZEROS, sha256));
  const generated = await import(join(root, 'src/database/migrations.generated.ts'));
  expect(generated.MIGRATIONS).toEqual([{ name: '001_first', sha256, sql: sealed }]);

  expect(generate(root, '--check').status).toBe(0);
  expect(generate(root).status).toBe(0);
  expect(readFileSync(join(root, 'migrations/001_first.sql'), 'utf8')).toBe(sealed);
});

test('--check changes nothing, and names what is out of date and the command', () => {
  const root = packageWith(SQL);
  generate(root);
  const file = join(root, 'migrations/001_first.sql');
  const edited = readFileSync(file, 'utf8').replace('commit', 'commit -- edited\n');
  writeFileSync(file, edited);
  const check = generate(root, '--check');
  expect(check.status).toBe(1);
  expect(check.stderr).toContain('migrations/001_first.sql');
  expect(check.stderr).toContain('src/database/migrations.generated.ts');
  expect(check.stderr).toContain('npm run gen');
  expect(readFileSync(file, 'utf8')).toBe(edited);
});

test.each([
  ['no hash', 'begin; commit;'],
  ['two hashes', `${SQL}-- ${'a'.repeat(64)}`],
  ['no mark', SQL.replace('of this file', '')],
])('a migration with %s is refused', (_, sql) => {
  const result = generate(packageWith(sql));
  expect(result.status).not.toBe(0);
  expect(result.stderr).toContain('001_first.sql');
});
