import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { freshDirectory } from '../support/databases.js';
import { cells, cli, cliHere, type Outcome } from './process.js';
import { HARMLESS, IDS, seed, WINNER } from './seed.js';

let db: string;
const folder = mkdtempSync(join(tmpdir(), 'optrail-cli-'));

beforeAll(async () => {
  db = freshDirectory();
  const client = createClient({ directory: db });
  await seed(client);
  await client.close();
});
afterAll(() => {
  for (const directory of [db, folder]) rmSync(directory, { recursive: true, force: true });
});

const on = (...args: string[]): Promise<Outcome> => cli([...args, '--db', db]);

describe('every command answers on stdout, names the database on stderr, and exits with 0', () => {
  test.each<[string, (stdout: string) => void]>([
    ['runs list', (out) => expect(out).toContain(HARMLESS)],
    [
      'runs list --output ndjson --limit 3',
      (out) =>
        expect(
          out
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line).projectId),
        ).toEqual(['other', 'other', 'other']),
    ],
    ['runs list --output csv', (out) => expect(out).toMatch(/^id,runName,.*\r\n.*\r\n/)],
    ['runs list --output md', (out) => expect(out).toMatch(/^[|] RUN [|] NAME /)],
    [
      'runs list --json --order final_score --limit 1',
      (out) => expect(JSON.parse(out)).toMatchObject({ data: [{ runName: 'loss' }], hasMore: true }),
    ],
    [`runs show ${IDS.triage}`, (out) => expect(out).toContain('0.8571 against 0 before: +0.8571')],
    [`runs show ${IDS.triage} --json`, (out) => expect(JSON.parse(out)).toMatchObject({ initialScore: 0, bestIteration: 2 })],
    [`iterations list ${IDS.triage}`, (out) => expect(cells(out)[3]).toContain('best')],
    [`iterations list ${IDS.triage} --json`, (out) => expect(JSON.parse(out)).toHaveLength(4)],
    [`samples list ${IDS.triage}#2`, (out) => expect(out).toContain('Charged twice')],
    [`samples list ${IDS.triage} --failed --json`, (out) => expect(JSON.parse(out)).toMatchObject([{ failed: true }])],
    [`best ${IDS.triage}`, (out) => expect(out).toBe(`${WINNER}\n`)],
    [`best ${IDS.triage} --json`, (out) => expect(JSON.parse(out)).toMatchObject({ text: WINNER })],
    ['leaderboard --project demo --json', (out) => expect(JSON.parse(out)).toMatchObject([{ rank: 1 }, { rank: 2 }, { rank: 3 }])],
    ['projects --json', (out) => expect(JSON.parse(out)).toMatchObject([{ id: 'demo' }, { id: 'other' }])],
    ['refresh --json', (out) => expect(JSON.parse(out)).toMatchObject({ refreshed: true })],
    ['migrate', (out) => expect(out).toBe('Nothing to do: the schema is up to date.\n')],
    ['migrate status', (out) => expect(cells(out)[1]?.slice(0, 2)).toEqual(['001_optimization_runs', 'installed'])],
  ])('%s', async (command, expectIt) => {
    const { code, stdout, stderr } = await on(...command.split(' '));
    expect(code, stderr).toBe(0);
    expect(stderr.split('\n')[0]).toBe(`database: ${db}`);
    expectIt(stdout);
  });
});

describe('a reader that has seen enough', () => {
  test('is no error', async () => {
    const args = ['samples', 'list', IDS.triage, '--limit', '5000', '--output', 'ndjson', '--quiet', '--db', db];
    expect(await cli(args, { watch: (_, { end }) => end() })).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('wrong usage exits with 2 and changes nothing', () => {
  test.each([
    ['runs list --bogus', "unknown option '--bogus'"],
    ['run list', "unknown command 'run'"],
    ['runs show', "missing required argument 'run'"],
    ['runs show latest another', 'too many arguments'],
    ['runs list --limit 0', 'whole number from 1 to 1000'],
    ['runs list --after yesterday', 'a date, a time or an age'],
    ['runs list --status done', 'Allowed are pending, running'],
    ['runs list --output xml', 'Allowed choices are table, json, ndjson, csv, md'],
    ['runs list --db mysql://user:secret@host/db', '--db is not a PostgreSQL URL'],
    ['demo --seed -1', 'whole number from 0'],
  ])('%s', async (command, message) => {
    const { code, stdout, stderr } = await cliHere(command.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: ');
    expect(stderr).toContain(message);
    expect(stderr).toContain('fix: ');
    expect(stderr).not.toContain('secret');
  });

  test('a group without a command shows its help', async () => {
    expect(await cli(['runs'])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: optrail runs') });
  });

  test('as JSON where JSON was asked for, and only that', async () => {
    const { code, stderr } = await cli(['runs', 'list', '--bogus', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage', message: "unknown option '--bogus'" } });
    const contradiction = await cli(['runs', 'list', '--json', '--output', 'csv'], { cwd: folder });
    expect(contradiction).toMatchObject({ code: 2, stdout: '' });
    expect(JSON.parse(contradiction.stderr).error.message).toContain('contradict each other');
  });
});

describe('an error', () => {
  test('is one JSON object where JSON was asked for', async () => {
    const { code, stdout, stderr } = await on('runs', 'show', 'no such run', '--json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({
      error: { code: 'not_found', message: 'There is no run "no such run".', hint: expect.any(String) },
    });
  });

  test('has a stack only for who debugs', async () => {
    const args = ['runs', 'show', 'no such run', '--db', db];
    const [plain, debugged] = await Promise.all([cli(args), cli(['best', 'latest'], { cwd: folder, env: { OPTRAIL_DEBUG: '1' } })]);
    expect(plain.stderr).not.toContain('    at ');
    expect(debugged.stderr).toContain('    at ');
  });

  test('names the process that has the directory', async () => {
    const client = createClient({ directory: db });
    await client.listProjects();
    try {
      const { code, stderr } = await on('runs', 'list');
      expect(code).toBe(1);
      expect(stderr).toContain(`error: ${db} is in use by process ${process.pid}.\nfix: `);
    } finally {
      await client.close();
    }
  });

  test('masks the password of a database that does not answer', async () => {
    const { code, stderr } = await cli(['runs', 'list', '--db', 'postgresql://someone:secret@127.0.0.1:1/none']);
    expect(code).toBe(1);
    expect(stderr).toContain('database: postgresql://someone:***@127.0.0.1:1/none');
    expect(stderr).not.toContain('secret');
  });
});

describe('before the first run', () => {
  test('a list is empty, says what to do, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await cli(['runs', 'list', '--json'], { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ data: [], hasMore: false, nextCursor: null });
    expect(stderr).toBe(
      `database: ${join(folder, '.optrail')} (not made yet)\nThere is nothing here yet: npx optrail demo records a first run.\n`,
    );
    expect(existsSync(join(folder, '.optrail'))).toBe(false);
  });

  test('the environment says where', async () => {
    const env = { SUPABASE_DB_URL: 'postgresql://a:b@127.0.0.1:1/supabase', OPTRAIL_DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/optrail' };
    expect((await cli(['projects'], { cwd: folder, env })).stderr).toContain('database: postgresql://a:***@127.0.0.1:1/optrail\n');
  });
});

describe('help', () => {
  test('names every command, its options and examples', async () => {
    const { code, stdout, stderr } = await cli([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of ['demo', 'runs', 'iterations', 'samples', 'best', 'leaderboard', 'projects', 'migrate', 'refresh']) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
    }
    expect(stdout).toContain('Examples:');
  });

  test('of a command has the global options too', async () => {
    const { code, stdout } = await cli(['runs', 'list', '--help']);
    expect(code).toBe(0);
    for (const option of ['--tag', '--cursor', '--json', '--db', '--quiet', '--no-color']) expect(stdout).toContain(option);
  });

  test('--version is the version of the package', async () => {
    expect(await cli(['--version'])).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });
});
