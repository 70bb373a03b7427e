import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { startServer } from '../support/postgres.js';
import { fixture } from './fixture.js';
import { anchorsOf, blocksOf, codeIn, proseOf, QUICK_REFERENCE, readPage, SCHEMA_README, tableUnder } from './markdown.js';
import { connect, SERVERS, type Session } from './session.js';

const page = readPage(QUICK_REFERENCE);

/** Every name that the first draft of the page gave to something. */
const NAMES = [
  // files
  'migrations/001_optimization_runs.sql',
  'migrations/OPTIMIZATION_SCHEMA_README.md',
  'migrations/QUICK_REFERENCE.md',
  'lib/types.optimization.ts',
  'lib/schemas.ts',
  'lib/supabase-optimization.ts',
  // tables and the materialized view
  'optimization_runs',
  'optimization_iterations',
  'optimization_samples',
  'optimization_run_analytics',
  // functions
  'get_optimization_run_summary',
  'get_top_runs_by_score',
  'refresh_optimization_analytics',
  // indexes
  'idx_optimization_runs_project_id',
  'idx_optimization_runs_status',
  'idx_optimization_runs_tags_gin',
  'idx_optimization_runs_config_gin',
  'idx_optimization_runs_performance',
  'idx_optimization_iterations_run_id',
  // helper functions
  'createOptimizationRun',
  'updateOptimizationRun',
  'createOptimizationIteration',
  'listOptimizationRuns',
  'getTopRunsByScore',
  'batchCreateOptimizationSamples',
  // schemas
  'CreateOptimizationRunSchema',
  'UpdateOptimizationRunSchema',
  'CreateOptimizationIterationSchema',
  'CreateOptimizationSampleSchema',
  'OptimizationRunFiltersSchema',
  // what it looked at
  'pg_tables',
  'pg_stat_user_indexes',
  'pg_stat_statements',
  'pg_policies',
];

test.each(NAMES)('the page names %s', (name) => {
  expect(new RegExp(`(?<![\\w/])${name.replaceAll('.', '\\.')}(?!\\w)`).test(page)).toBe(true);
});

type Proof = (session: Session) => void | Promise<void>;

async function refusal(session: Session, statement: string): Promise<string> {
  const result: unknown = await session.run(statement).catch((error: unknown) => error);
  return (result as { code?: string }).code ?? 'none';
}

const LEADERBOARD = "select * from optimization_runs where project_id = 'proj_123' and status = 'completed' order by";

/** That what the first draft said can't stand, by its cell in the page's last table. */
const PROOFS: Record<string, Proof> = {
  "`import ... from '@/lib/...'`": () => expect(existsSync('lib')).toBe(false),
  '`result.error.errors`': () => {
    const { error } = z.string().safeParse(1);
    expect(error?.issues).toHaveLength(1);
    expect(error).not.toHaveProperty('errors');
  },
  '`const run` inside `try`, `error.message`': () => {
    // Compiled in snippets.test.ts.
  },
  "`get_optimization_run_summary('550e8400-...')`": async (session) => {
    expect(await refusal(session, "SELECT * FROM get_optimization_run_summary('550e8400-...');")).toBe('22P02');
  },
  'runs by status without `LIMIT`': async (session) => {
    expect(await session.plan(`${LEADERBOARD} created_at desc`)).toMatch(/^Sort/);
  },
  "`config->>'model' = 'gpt-4'`": async (session) => {
    const condition = "from optimization_runs where config->>'model' = 'gpt-4'";
    expect(await session.rows(`select ${condition};`)).toEqual([]);
    await session.run('set enable_seqscan = off;');
    expect(await session.plan(`select ${condition}`)).not.toContain('gin');
    await session.run('reset enable_seqscan;');
  },
  '`ORDER BY final_score DESC`': async (session) => {
    expect(await session.plan(`${LEADERBOARD} final_score desc limit 10`)).toContain('Sort');
    expect(await session.plan(`${LEADERBOARD} final_score desc nulls last limit 10`)).not.toContain('Sort');
  },
  "`'public.' || tablename`": async (session) => {
    const draft = `SELECT tablename, pg_total_relation_size('public.' || tablename) AS size FROM pg_tables WHERE tablename LIKE 'optimization%';`;
    expect(await session.rows(draft)).not.toContainEqual(expect.objectContaining({ tablename: 'optimization_run_analytics' }));
    await session.run(
      'create schema optrail_old; create table optrail_old.optimization_runs (); create table optrail_old.optimization_models ();',
    );
    expect(await refusal(session, draft)).toBe('42P01');
    await session.run('drop table optrail_old.optimization_models;');
    const sizes = (await session.rows(draft)).filter(({ tablename }) => tablename === 'optimization_runs').map(({ size }) => size);
    expect(sizes).toHaveLength(2);
    expect(sizes[0]).toBe(sizes[1]);
  },
  '`tablename`, `indexname` in `pg_stat_user_indexes`': async (session) => {
    for (const name of ['tablename', 'indexname'])
      expect(await refusal(session, `SELECT ${name} FROM pg_stat_user_indexes;`)).toBe('42703');
  },
  '`pg_stat_statements` at once': async () => {
    const server = await startServer(18, { shared_preload_libraries: '' });
    try {
      const other = await connect(server.url);
      await other.run('CREATE EXTENSION pg_stat_statements;');
      expect(await refusal(other, 'SELECT query FROM pg_stat_statements;')).toBe('55000');
      await other.close();
    } finally {
      await server.stop();
    }
  },
  '"Test with service_role key temporarily"': async (session) => {
    const [[seen]] = (await session.as('service_role', 'select count(distinct project_id)::int as projects from optimization_runs')) as [
      [object],
    ];
    expect(seen).toEqual({ projects: 10 });
  },
  '`\\di optimization_*`': () => {
    // Run in shell.test.ts.
  },
  '`\\dt`, `\\di`, `\\d+` as SQL': async (session) => {
    for (const command of ['\\dt optimization_*', '\\di optimization_*', '\\d+ optimization_runs']) {
      expect(await refusal(session, command)).toBe('42601');
    }
  },
  '`SET final_score = ...`, `iterations = ...`': async (session) => {
    for (const name of ['final_score', 'iterations'])
      expect(await refusal(session, `UPDATE optimization_runs SET ${name} = 1;`)).toBe('428C9');
  },
};

describe.each(SERVERS)('what changed from the first draft, on $name', ({ open }) => {
  let session: Session;

  beforeAll(async () => {
    session = await open();
    await session.run(fixture(4000));
  });
  afterAll(() => session?.close());

  test('each change has its proof', () => {
    expect(tableUnder(page, 'Changed from the First Draft').map(([draft]) => draft)).toEqual(Object.keys(PROOFS));
  });

  test.each(Object.entries(PROOFS))('%s', async (_, proof) => {
    await proof(session);
  });
});

test.each([QUICK_REFERENCE, SCHEMA_README])('the links of %s lead somewhere', (file) => {
  const links = [...proseOf(readPage(file)).matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)];
  expect(links.length).toBeGreaterThan(10);
  for (const [link, path, anchor] of links) {
    const target = path ? join(dirname(file), path) : file;
    expect(existsSync(target), link).toBe(true);
    if (anchor !== undefined) expect(anchorsOf(readPage(target)), link).toContain(anchor);
  }
});

test.each([QUICK_REFERENCE, SCHEMA_README])('no statement hides in the prose of %s, where nothing would run it', (file) => {
  const run = [QUICK_REFERENCE, SCHEMA_README].flatMap((one) => blocksOf(readPage(one)).flatMap(({ text }) => text.split('\n')));
  const [prose = ''] = proseOf(readPage(file)).split('## Changed from the First Draft');
  const statement = /^(?:select|with|insert into|update|delete from|analyze|create|alter|drop|grant|\\\w\S*) \S/i;
  const hidden = codeIn(prose).filter((code) => statement.test(code) && !run.includes(code));
  expect(hidden).toEqual([]);
});
