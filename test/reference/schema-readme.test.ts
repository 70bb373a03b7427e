import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentOf } from '../../src/store/content.js';
import { fixture } from './fixture.js';
import { blocksOf, codeIn, readPage, SCHEMA_README, tableUnder } from './markdown.js';
import { ENGINES, type Row, type Session } from './session.js';

type Check = (results: Row[][], session: Session, text: string) => void | Promise<void>;

const page = readPage(SCHEMA_README);
const blocks = blocksOf(page, 'sql');
const RECORDED = '0199d3a8-0000-7000-8000-00000000000a';
const EXAMPLE = contentOf({ input: 'Where is my invoice?', expectedOutput: 'billing' });
const PROGRAM = contentOf({ instruction: 'Answer with one label.' });
const ITERATION = 'record_optimization_iteration(p_iteration, p_program_hash, p_program)';
const SAMPLES = 'record_optimization_samples(p_project_id, p_samples, p_example_hashes, p_example_contents)';

async function rolesIn(session: Session, project: string): Promise<Record<string, unknown>> {
  const rows = await session.rows(`select user_id, role from optimization_project_members where project_id = '${project}'`);
  return Object.fromEntries(rows.map(({ user_id, role }) => [String(user_id).slice(0, 8), role]));
}

/** What stands in `public` and in `optrail` that was not there before the migration. */
const OBJECTS = `select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'optrail') and c.relname not like 'pg_stat%'
  union all select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'optrail') and proname not like 'pg_stat%'
  union all select nspname from pg_namespace where nspname = 'optrail'`;

/** By the heading of the block, in the order of the page: each finds what those before it left. */
const CHECKS: Record<string, Check> = {
  Status: ([rows]) => {
    expect(rows).toEqual([{ id: expect.any(String), run_name: 'its heart stopped', status: 'stale' }]);
  },
  'Content and hashes': ([rows]) => {
    expect(rows).toEqual([{ encode: EXAMPLE.hash }]);
  },
  'Runs and iterations': (results) => {
    expect(results.at(-1)).toEqual([{ initial_score: 0.5, best_iteration: 2, best_score: 0.75, iterations: 3 }]);
  },
  [ITERATION]: async (results, session, text) => {
    const stored = { id: '0199d3a8-0000-7000-8000-0000000000a3', iteration: 3, score: 0.8 };
    expect(results).toEqual([[stored]]);
    expect(await session.run(text)).toEqual([[stored]]);
    const [summary] = await session.rows(`select best_iteration, best_program from get_optimization_run_summary('${RECORDED}')`);
    expect(summary).toEqual({ best_iteration: 3, best_program: JSON.parse(PROGRAM.text) });
    await expect(session.run(text.replace('a3",', 'a4",'))).rejects.toMatchObject({ code: 'OT005' });
    const others = text.replace('a3",', 'a5",').replace('"iteration": 3', '"iteration": 9');
    await expect(session.run(others.replace('one label', 'two labels'))).rejects.toMatchObject({ code: 'OT002' });
  },
  [SAMPLES]: async (results, session, text) => {
    expect(results).toEqual([[{ stored: 2, existing: 0 }]]);
    expect(await session.run(text)).toEqual([[{ stored: 0, existing: 2 }]]);
  },
  [`${SAMPLES} (2)`]: ([rows]) => {
    const example = { input: 'Where is my invoice?', expected_output: 'billing' };
    expect(rows).toEqual([
      { iteration: 3, sample_index: 0, ...example, predicted_output: 'billing', score: 1, failed: false },
      { iteration: 4, sample_index: 0, ...example, predicted_output: null, score: null, failed: true },
    ]);
  },
  Placeholders: async (results, session) => {
    expect(results).toEqual([[{ iteration: 4, is_placeholder: false, score: 0.1 }]]);
    const [run] = await session.rows(
      `select iterations, samples_evaluated, failed_samples from optimization_runs where id = '${RECORDED}'`,
    );
    expect(run).toEqual({ iterations: 5, samples_evaluated: 2, failed_samples: 1 });
    const raw = `insert into optimization_samples (run_id, project_id, iteration, sample_index) values ('${RECORDED}', 'proj_123', 99, 0);`;
    await expect(session.run(raw)).rejects.toMatchObject({ code: '23503' });
  },
  Analytics: async (_, session) => {
    const [job] = await session.rows('select * from cron.job');
    expect(job).toEqual({ name: 'optrail-refresh', schedule: '0 * * * *', command: expect.any(String) });
    await session.run(`${job?.command};`);
    const [view] = await session.rows('select sum(total_runs)::int as runs from optimization_run_analytics');
    const [runs] = await session.rows('select count(*)::int as runs from optimization_runs');
    expect(view).toEqual(runs);
  },
  Events: async ([rows], session, text) => {
    const last = { run_id: RECORDED, position: expect.stringMatching(/^\d+:\d+:/), iterations: [4], status: null };
    expect(rows?.at(-1)).toEqual({ ...last, kind: 'iteration.recorded' });
    const here = text.replaceAll('745:745:', String(rows?.at(-1)?.position));
    expect(await session.run(here)).toEqual([[]]);
  },
  Identity: async (results, session) => {
    const [all] = await session.rows(
      "select count(*)::int as all, count(*) filter (where project_id = 'proj_123')::int as mine from optimization_runs",
    );
    expect(results[3]).toEqual([{ runs: all?.mine }]);
    expect(all?.mine).toBeLessThan(all?.all as number);
  },
  Members: async (_, session) => {
    expect(await rolesIn(session, 'proj_support')).toEqual({ '7c9e6679': 'owner', '9b2d7f54': 'viewer' });
  },
  'Members (2)': async (_, session, text) => {
    expect(await rolesIn(session, 'proj_support')).toEqual({ '7c9e6679': 'owner', '9b2d7f54': 'editor' });
    await session.run(text.replace('"7c9e6679', '"00000000').replace("'editor'", "'owner'"));
    expect(await rolesIn(session, 'proj_support')).toEqual({ '7c9e6679': 'owner', '9b2d7f54': 'editor' });
  },
  'Members (3)': async (_, session) => {
    expect(await rolesIn(session, 'proj_support')).toEqual({ '7c9e6679': 'owner' });
  },
  Remove: async (_, session) => {
    expect(await session.rows(OBJECTS)).toEqual([]);
    await session.install();
    expect((await session.rows(OBJECTS)).length).toBeGreaterThan(60);
  },
};

/** pg_cron is no part of PostgreSQL: this keeps what the real `cron.schedule` is given, which has these arguments. */
const CRON = `
  create schema cron;
  create table cron.job (name text, schedule text, command text);
  create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql
    as 'insert into cron.job values ($1, $2, $3); select 1::bigint';`;

const STOPPED = `
  insert into optimization_runs (project_id, run_name, optimizer_type, status, heartbeat_at)
  values ('proj_123', 'its heart stopped', 'gepa', 'running', now()), ('proj_123', 'its heart beats', 'gepa', 'running', now());
  alter table optimization_runs disable trigger before_update;
  update optimization_runs set heartbeat_at = now() - interval '46 seconds' where run_name = 'its heart stopped';
  alter table optimization_runs enable trigger before_update;`;

test('every SQL block has an assertion, and every assertion its block', () => {
  expect(blocks.map(({ name }) => name)).toEqual(Object.keys(CHECKS));
});

describe.each(ENGINES)('the SQL of the README on $name', ({ open }) => {
  let session: Session;

  beforeAll(async () => {
    session = await open();
    await session.run(fixture(400) + STOPPED + CRON);
  });
  afterAll(() => session?.close());

  test.each(blocks.slice(0, -1))('$name', async ({ name, text }) => {
    await CHECKS[name]?.(await session.run(text), session, text);
  });

  test('the picture of the status machine is what the database allows', async () => {
    const drawn = [...page.matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map(([, before, after]) => `${before} ${after}`);
    const states = ['pending', 'running', 'completed', 'failed', 'cancelled', 'stale'];
    const pairs = states.flatMap((before) => states.filter((after) => after !== before).map((after) => [before, after]));
    const allowed: string[] = [];
    for (const [before, after] of pairs) {
      const [row] = await session.rows(`select optrail.is_allowed_transition('${before}', '${after}') as may`);
      if (row?.may === true) allowed.push(`${before} ${after}`);
    }
    expect(drawn.sort()).toEqual(allowed.sort());
  });

  test('the picture of the tables has every foreign key', async () => {
    const drawn = [...page.matchAll(/^ {2}(\w+) [|}][|o]--o\{ (\w+) :/gm)].map(([, parent, child]) => `${parent} ${child}`);
    const keys = await session.rows(`select distinct confrelid::regclass || ' ' || conrelid::regclass as key
      from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`);
    expect(drawn.sort()).toEqual(keys.map(({ key }) => key).sort());
  });

  test('the table of functions has every function with its arguments', async () => {
    const documented = tableUnder(page, 'Functions').map(([signature = '']) => codeIn(signature)[0]);
    const rows = await session.rows(`select proname || '(' || array_to_string(proargnames[1:pronargs], ', ') || ')' as signature
      from pg_proc where pronamespace = 'public'::regnamespace and proname ~ 'optimization|top_runs'`);
    expect(documented.sort()).toEqual(rows.map(({ signature }) => signature ?? 'refresh_optimization_analytics()').sort());
  });

  // Last, since nothing is left after it.
  test.each(blocks.slice(-1))('$name', async ({ name, text }) => {
    await CHECKS[name]?.(await session.run(text), session, text);
  });
});

test('the table of error codes has every code that the migration raises', () => {
  const raised = new Set(readFileSync('migrations/001_optimization_runs.sql', 'utf8').match(/(?<=errcode = ')OT\d{3}/g));
  const documented = tableUnder(page, 'Error codes').flatMap(([code = '']) => codeIn(code));
  expect(documented.filter((code) => code.startsWith('OT'))).toEqual([...raised].sort());
});

test('the worked example of the hash is what the SDK stores', () => {
  expect(page).toContain(`printf '%s' '${EXAMPLE.text}' | sha256sum\n# ${EXAMPLE.hash}`);
  expect(page).toContain(`'${PROGRAM.hash}',\n  '${PROGRAM.text}'`);
});
