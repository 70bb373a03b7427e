import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { freshDatabase, temporaryDirectory } from '../support/databases.js';
import { MAJORS } from '../support/postgres.js';
import { asSuperuser } from '../support/sql.js';
import { INSTALLS } from '../support/trails.js';
import { blocksOf, QUICK_REFERENCE, readPage, SCHEMA_README } from './markdown.js';

const LANGUAGES = ['bash', 'psql', 'crontab'];
const blocks = [QUICK_REFERENCE, SCHEMA_README]
  .flatMap((file) => blocksOf(readPage(file)))
  .filter(({ language }) => LANGUAGES.includes(language));

/** What the tests below run. A block that is not named here fails. */
const RUN = [
  'bash: 1. Run Migration',
  'bash: 1. Run Migration (2)',
  'psql: Issue: Constraint violation',
  'psql: Migration Checklist',
  'bash: Content and hashes',
  'crontab: Analytics',
  'bash: Backup',
];

test('every command of both pages is run', () => {
  expect(blocks.map(({ language, name }) => `${language}: ${name}`)).toEqual(RUN);
});

function blockOf(language: string, name: string): string {
  return blocks.find((block) => block.language === language && block.name === name)?.text ?? '';
}

function majorOf(program: string): number {
  const { stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return Number(/\) (\d+)/.exec(stdout ?? '')?.[1] ?? 0);
}

const needs = (isThere: boolean) => test.skipIf(!isThere && process.env.CI !== 'true');
const withPsql = needs(majorOf('psql') > 0);
const withPgDump = needs(majorOf('pg_dump') >= 15);

async function shell(command: string, url = '', cwd = '.'): Promise<string> {
  const env = { ...process.env, SUPABASE_DB_URL: url, OPTRAIL_DATABASE_URL: '' };
  const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', command], { env, cwd });
  return stdout + stderr;
}

async function psql(url: string, commands: string): Promise<string> {
  const file = join(temporaryDirectory(), 'commands.sql');
  writeFileSync(file, commands);
  return shell(`psql "$SUPABASE_DB_URL" -X --no-align -v ON_ERROR_STOP=1 -f ${file}`, url);
}

async function runsIn(url: string, view = 'optimization_runs'): Promise<number> {
  const [row] = await asSuperuser(url, `select count(*)::int as runs from ${view}`);
  return row?.runs as number;
}

const A_RUN = "insert into optimization_runs (project_id, run_name, optimizer_type, status) values ('proj_123', 'x', 'gepa', 'completed')";

describe.each(MAJORS)('on PostgreSQL %i', (major) => {
  withPsql('psql installs, and installs once', async () => {
    const url = await freshDatabase(major);
    const command = blockOf('bash', '1. Run Migration');
    expect(await shell(command, url)).toContain('001_optimization_runs is installed');
    expect(await shell(command, url)).toContain('nothing was changed');
  });

  test('so does npx optrail migrate', async () => {
    const url = await freshDatabase(major);
    const folder = temporaryDirectory();
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{}');
    symlinkSync(resolve('dist/cli/main.js'), join(folder, 'node_modules/.bin/optrail'));
    await shell(`chmod +x ${resolve('dist/cli/main.js')}`);
    await shell(blockOf('bash', '1. Run Migration (2)'), url, folder);
    expect(await runsIn(url)).toBe(0);
  });

  withPsql('\\d+ shows the rule that an error names', async () => {
    const shown = await psql(await freshDatabase(major, { migrated: true }), blockOf('psql', 'Issue: Constraint violation'));
    expect(shown).toMatch(/"optimization_runs_counts_range" CHECK .*declared_iterations >= 0/);
  });

  withPsql('the checklist lists tables, view, indexes and functions', async () => {
    const shown = await psql(await freshDatabase(major, { migrated: true }), blockOf('psql', 'Migration Checklist'));
    const names = shown.split('\n').map((line) => line.split('|')[1]);
    expect(names).toEqual(
      expect.arrayContaining([
        'optimization_projects',
        'optimization_project_members',
        'optimization_runs',
        'optimization_iterations',
        'optimization_samples',
        'optimization_programs',
        'optimization_checkpoints',
        'optimization_examples',
        'optimization_run_analytics',
        'idx_optimization_runs_status',
        'idx_optimization_runs_performance',
        'idx_optimization_iterations_run_id',
        'get_optimization_run_summary',
        'get_top_runs_by_score',
        'refresh_optimization_analytics',
      ]),
    );
  });

  withPsql('\\di by the name of the tables misses the indexes', async () => {
    const shown = await psql(await freshDatabase(major, { migrated: true }), '\\di optimization_*');
    expect(shown).toContain('optimization_runs_pkey');
    expect(shown).not.toContain('idx_');
  });

  withPsql('the line for cron refreshes', async () => {
    const url = await freshDatabase(major, { migrated: true });
    await asSuperuser(url, A_RUN);
    const [, schedule, command = ''] = /^((?:\S+ ){5}) *(.+)$/.exec(blockOf('crontab', 'Analytics').trim()) ?? [];
    expect(schedule).toBe('0 * * * * ');
    await shell(command, url);
    expect(await runsIn(url, 'optimization_run_analytics')).toBe(1);
  });
});

test('the shell makes the hash that the page says', async () => {
  const command = blockOf('bash', 'Content and hashes');
  const [, hash] = /^# ([0-9a-f]{64})$/m.exec(command) ?? [];
  expect(await shell(command)).toBe(`${hash}  -\n`);
});

// An older pg_dump refuses a newer server: 15 will do.
withPgDump('the backup of an ordinary owner holds every row, and restores', async () => {
  const trail = await INSTALLS.find(({ name }) => name === 'PostgreSQL 15, ordinary owner')?.open();
  const folder = temporaryDirectory();
  try {
    await trail?.sql(A_RUN);
    await expect(shell(blockOf('bash', 'Backup').replace('--enable-row-security', ''), trail?.url, folder)).rejects.toThrow(
      'row-level security',
    );
    await shell(blockOf('bash', 'Backup'), trail?.url, folder);
  } finally {
    await trail?.close();
  }
  const copy = await freshDatabase(15);
  await shell('psql "$SUPABASE_DB_URL" -Xq -v ON_ERROR_STOP=1 -f backup.sql', copy, folder);
  expect(await runsIn(copy)).toBe(1);
});
