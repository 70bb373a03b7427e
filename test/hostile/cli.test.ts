import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { cliHere, type Outcome } from '../cli/process.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import { ABSENT, aRun } from '../support/records.js';
import type { Entry } from './entries.js';
import { NAMES } from './list.js';

const RUN = '01941f29-7c00-7000-8000-000000000001';
const FORMULA = /^[=+\-@\t]/;
const NO_CONTROLS = /[^\P{Cc}\n]/u;
const NOTHING_HIDDEN = /[^\P{Cc}\n]|\p{Cf}/u;

/** What is typed, and what must come back. Nothing typed may change what is stored. */
interface CliRow {
  entry: Entry;
  typed: readonly string[];
  code: number;
  /** Looks at what was said; fails by itself. */
  check?: (outcome: Outcome) => void;
}

const said = (text: string) => (outcome: Outcome) => expect(outcome.stderr).toContain(text);
const list = (...rest: string[]): readonly string[] => ['runs', 'list', '--project', 'hostile', '--limit', '1000', ...rest];

/** The cells of CSV, as RFC 4180 has them. */
function csvCells(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}

const ROWS: readonly CliRow[] = [
  {
    entry: 'formulas in a CSV cell',
    typed: list('--output', 'csv'),
    code: 0,
    check({ stdout }) {
      const [header = [], ...rows] = csvCells(stdout);
      expect(rows).toHaveLength(NAMES.length);
      const names = rows.map((row) => row[header.indexOf('runName')] ?? '');
      expect(names.filter((name) => FORMULA.test(name))).toEqual([]);
      expect(names.filter((name) => name.startsWith("'")).length).toBeGreaterThanOrEqual(5);
    },
  },
  {
    entry: 'formulas in a CSV cell',
    typed: ['samples', 'list', RUN, '--output', 'csv'],
    code: 0,
    check({ stdout }) {
      const texts = csvCells(stdout).flat();
      expect(texts.filter((text) => FORMULA.test(text) && Number.isNaN(Number(text)))).toEqual([]);
    },
  },
  {
    entry: 'CR LF, bidi and zero-width in a name',
    typed: list(),
    code: 0,
    check: ({ stdout }) => {
      expect(stdout).not.toMatch(NOTHING_HIDDEN);
      expect(stdout.trimEnd().split('\n')).toHaveLength(NAMES.length + 1);
    },
  },
  {
    entry: 'CR LF, bidi and zero-width in a name',
    typed: list('--output', 'md'),
    code: 0,
    check: ({ stdout }) => {
      expect(stdout).not.toMatch(NO_CONTROLS);
      expect(stdout).not.toMatch(/<(script|img)/);
      expect(stdout.trimEnd().split('\n')).toHaveLength(NAMES.length + 2);
    },
  },
  {
    entry: 'CR LF, bidi and zero-width in a name',
    typed: list('--output', 'ndjson'),
    code: 0,
    check: ({ stdout }) => {
      const lines = stdout.trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line).runName).sort()).toEqual([...NAMES].sort());
      expect(stdout).not.toMatch(NO_CONTROLS);
    },
  },
  ...NAMES.slice(0, 5).map(
    (name): CliRow => ({
      entry: 'a path as a name',
      typed: ['runs', 'show', '--project', 'hostile', '--json', '--', name],
      code: 0,
      check: ({ stdout }) => expect(JSON.parse(stdout)).toMatchObject({ runName: name }),
    }),
  ),
  ...['../../etc/shadow', '%2e%2e', `${ABSENT}/../${RUN}`, "' or true --", '__proto__x', 'x'.repeat(9_000), '\u202e', '#best'].map(
    (text): CliRow => ({ entry: 'a path as a name', typed: ['runs', 'show', text], code: 1, check: said('There is no run') }),
  ),
  { entry: 'lone surrogates', typed: ['runs', 'show', 'half \ud83d'], code: 2 },
  { entry: 'NUL in text and in JSON', typed: ['runs', 'list', '--search', 'a\u0000b'], code: 2, check: said('NUL') },
  { entry: 'a name of 9 KB', typed: ['runs', 'list', '--project', 'x'.repeat(9_000)], code: 2, check: said('200 characters') },
  { entry: 'a name of 9 KB', typed: ['runs', 'list', '--tag', 'x'.repeat(9_000)], code: 2, check: said('200 characters') },
  { entry: 'NaN and infinities', typed: ['runs', 'list', '--min-score', 'NaN'], code: 2 },
  { entry: '1e400', typed: ['runs', 'list', '--max-score', '1e400'], code: 2 },
  { entry: 'int4 and int8 overflow', typed: ['samples', 'list', `${RUN}#4294967296`], code: 2 },
  { entry: 'int4 and int8 overflow', typed: ['runs', 'list', '--limit', '9223372036854775808'], code: 2 },
  { entry: 'times out of range', typed: ['runs', 'list', '--after', 'infinity'], code: 2 },
  { entry: 'times out of range', typed: ['runs', 'list', '--before', '+275761-01-01'], code: 2 },
  { entry: 'SQL in sort, filter, cursor and JSON path', typed: ['runs', 'list', '--order', 'id; drop table x'], code: 2 },
  {
    entry: 'SQL in sort, filter, cursor and JSON path',
    typed: ['runs', 'list', '--cursor', "' or true --"],
    code: 2,
    check: said('cursor'),
  },
  { entry: 'SQL in sort, filter, cursor and JSON path', typed: list('--search', "'; drop table optimization_runs; --"), code: 0 },
  {
    entry: 'LIKE metacharacters',
    typed: list('--search', '100%_\\', '--json'),
    code: 0,
    check: ({ stdout }) => expect(JSON.parse(stdout).data).toMatchObject([{ runName: '100%_\\' }]),
  },
  { entry: 'markup in a prompt', typed: ['best', RUN], code: 0, check: ({ stdout }) => expect(stdout).toBe('<script>alert(1)</script>\n') },
];

/** What `--db` may be led to by a command that writes: into nobody's files, and not to tell a password. */
const PLACES: readonly [db: string, code: number, text: string][] = [
  ['', 2, '--db is empty'],
  ['file:///etc/passwd', 2, 'not a PostgreSQL URL'],
  ['http://someone:secret@127.0.0.1/', 2, 'holds a user name or a password'],
  ['postgresql://someone:sec%ret@127.0.0.1:1/x', 1, ''],
  ['postgresql://someone:secret@[::1/x', 2, 'not a URL'],
  ['/etc', 1, 'is no Optrail database'],
  ['/dev/null', 1, 'ENOTDIR'],
  ['/proc/self/../../etc', 1, 'is no Optrail database'],
];

const engines = [
  ['PGlite', async () => freshDirectory()],
  ['PostgreSQL 15', () => freshDatabase(15, { migrated: true })],
  ['PostgreSQL 18', () => freshDatabase(18, { migrated: true })],
] as const;

/** Each command opens PGlite anew, which takes it a second: there the first row of each entry has to do. */
const rowsOn = (engine: string) =>
  engine === 'PGlite' ? ROWS.filter(({ entry }, index) => ROWS.findIndex((row) => row.entry === entry) === index) : ROWS;

describe.each(engines)('hostile input on the command line, on %s', (engine, make) => {
  let db: string;
  beforeAll(async () => {
    db = await make();
    const client = createClient(db.startsWith('postgres') ? { databaseUrl: db } : { directory: db });
    await client.createOptimizationRun(aRun('prompts', { id: RUN, status: 'running' }));
    await client.createOptimizationIteration({ runId: RUN, iteration: 1, score: 1, program: '<script>alert(1)</script>' });
    await client.batchCreateOptimizationSamples(
      NAMES.map((text, sampleIndex) => ({
        runId: RUN,
        iteration: 1,
        sampleIndex,
        input: text,
        feedback: text,
        errorMessage: text,
        score: -1,
      })),
    );
    for (const runName of NAMES) await client.createOptimizationRun(aRun('hostile', { runName }));
    await client.close();
  });
  afterAll(() => {
    if (existsSync(db)) rmSync(db, { recursive: true, force: true });
  });

  test('every entry is answered or refused as it must be, and nothing is changed by it', { timeout: 120_000 }, async () => {
    const everything = () => cliHere([...list('--output', 'ndjson'), '--db', db]);
    const before = await everything();
    for (const { entry, typed, code, check } of rowsOn(engine)) {
      const outcome = await cliHere(['--db', db, ...typed]);
      const what = `${entry}: ${typed.join(' ').slice(0, 80)}\n${outcome.stderr}`;
      expect(outcome.code, what).toBe(code);
      expect(outcome.stderr, what).not.toContain('a fault of optrail');
      expect(outcome.stderr, what).not.toMatch(NOTHING_HIDDEN);
      if (code !== 0) expect(outcome.stdout, what).toBe('');
      check?.(outcome);
    }
    expect(await everything()).toEqual(before);
  });
});

test.each(PLACES)('--db %j', async (db, code, text) => {
  const outcome = await cliHere(['migrate', '--db', db]);
  expect(outcome, outcome.stderr).toMatchObject({ code, stdout: '' });
  expect(outcome.stderr).toContain('error: ');
  expect(outcome.stderr).not.toContain('a fault of optrail');
  expect(outcome.stderr).not.toMatch(NOTHING_HIDDEN);
  expect(outcome.stderr).not.toMatch(/sec%?ret/);
  expect(outcome.stderr).toContain(text);
});

test('bytes that are no UTF-8 name no run, and break nothing', () => {
  const typed = `exec "$0" dist/cli/main.js runs show "$(printf 'a\\377\\300\\257b')" --db postgresql://u@127.0.0.1:1/none`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', typed, process.execPath], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('error: ');
  expect(stderr).not.toContain('a fault of optrail');
});
