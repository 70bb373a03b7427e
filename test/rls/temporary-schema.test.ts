import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { freshDatabase } from '../support/databases.js';
import { MAJORS, type Major } from '../support/postgres.js';
import { asSuperuser } from '../support/sql.js';

/**
 * A caller may make objects in its own temporary schema (TEMP is PUBLIC's by default), and PostgreSQL looks for types there first
 * unless a function's search_path names pg_temp last. So everything that our SQL could look up is shadowed there by something that
 * tells under which role it runs; then everything that the caller may do is done.
 */
const STOLEN = 'ran with the rights of';

const ALARM = `
  create function pg_temp.alarm() returns boolean language plpgsql as $$
  begin
    if current_user not in ('authenticated', 'anon') then raise exception '${STOLEN} %', current_user; end if;
    return true;
  end $$`;

/** A domain with an alarm as its check, for every built-in type that a domain can be made of. */
const TYPES = `
  select format('create domain pg_temp.%I as pg_catalog.%I check (pg_temp.alarm())', t.typname, t.typname) as command
  from pg_catalog.pg_type as t
  where t.typnamespace = 'pg_catalog'::regnamespace and t.typtype in ('b', 'e', 'r') and t.typelem = 0 and t.typisdefined
    and has_type_privilege(t.oid, 'usage')`;

/** A function with an alarm as its body, for every built-in function whose name stands in ours. */
const FUNCTIONS = `
  select format('create function pg_temp.%I(%s) returns %s language plpgsql as $f$ begin perform pg_temp.alarm(); return null; end $f$',
    f.proname, (select string_agg(format_type(a, null), ', ') from unnest(f.proargtypes) as a), format_type(f.prorettype, null)) as command
  from pg_catalog.pg_proc as f
  where f.pronamespace = 'pg_catalog'::regnamespace and f.prokind = 'f' and not f.proretset and f.provariadic = 0
    and not exists (select from pg_catalog.pg_type as t where t.oid = any (f.proargtypes::oid[] || f.prorettype) and t.typtype = 'p')
    and exists (
      select from pg_catalog.pg_proc as ours
      where ours.pronamespace::regnamespace::text in ('optrail', 'public') and ours.prosrc ~ ('\\m' || f.proname || '\\('))`;

/** A table for each of ours, and for the catalogs, under the same name. */
const TABLES = `
  select format('create table pg_temp.%I (id text)', c.relname) as command from pg_catalog.pg_class as c
  where c.relkind in ('r', 'm') and c.relnamespace::regnamespace::text in ('optrail', 'public')
  union all select 'create table pg_temp.pg_tables (id text)' union all select 'create table pg_temp.pg_roles (id text)'`;

/** Each function that the caller may execute, called with nothing but nulls. */
const CALLS = `
  select format('select * from %s(%s)', p.oid::regproc,
    (select string_agg(format('null::%s', format_type(a, null)), ', ') from unnest(p.proargtypes) as a)) as command
  from pg_catalog.pg_proc as p
  where p.pronamespace::regnamespace::text in ('optrail', 'public') and has_function_privilege(p.oid, 'execute')
    and p.prorettype <> 'trigger'::regtype`;

const RUN = '0199a000-0000-7000-8000-00000000aaaa';

/** What a member does with rows of its own, so that triggers, constraints, defaults and policies run. */
const ROWS = [
  `insert into public.optimization_runs (id, project_id, run_name, optimizer_type, status, tags, config)
   values ('${RUN}', 'A', 'r', 'gepa', 'running', array['x'], '{"optimizer": "gepa"}')`,
  `select optrail.find_rare_runs('A', array['x'], null)`,
  `select optrail.find_rare_runs('B', array['x'], '{"a": 1}')`,
  'select optrail.sweep_stale_runs()',
  `insert into public.optimization_programs (project_id, program_hash, program) values ('A', sha256('p'), '{"a": 1}')`,
  `insert into public.optimization_examples (project_id, example_hash, input) values ('A', sha256('e'), '"x"')`,
  `insert into public.optimization_iterations (run_id, project_id, iteration, score, scores, program_hash)
   values ('${RUN}', 'A', 1, 0.5, '{"f1": 1}', sha256('p'))`,
  `insert into public.optimization_samples (run_id, project_id, iteration, sample_index, score, latency_ms, example_hash)
   values ('${RUN}', 'A', 1, 0, 1, 2, sha256('e'))`,
  `insert into public.optimization_checkpoints (run_id, project_id, state) values ('${RUN}', 'A', '{}')`,
  `update public.optimization_iterations set score = 0.7, decision = 'accepted' where run_id = '${RUN}'`,
  `update public.optimization_samples set score = 0, success = false where run_id = '${RUN}'`,
  `update public.optimization_runs set heartbeat_at = now() where id = '${RUN}'`,
  `update public.optimization_runs set declared_best_iteration = 1, tags = array['y'] where id = '${RUN}'`,
  `update public.optimization_runs set status = 'completed' where id = '${RUN}'`,
  `select public.get_optimization_run_summary('${RUN}', 'A')`,
  `select * from public.get_top_runs_by_score('A', 5, null, null)`,
  `select * from public.get_optimization_analytics('A')`,
  `insert into optrail.api_keys (project_id, name, prefix, secret_hash) values ('A', 'k', 'optrail_abcdefgh', sha256('k'))`,
  `update optrail.api_keys set revoked_at = now() where project_id = 'A'`,
  `insert into public.optimization_project_members (project_id, user_id) values ('A', 'someone')`,
  `update public.optimization_projects set name = 'other' where id = 'A'`,
  `delete from public.optimization_samples where run_id = '${RUN}'`,
  `delete from public.optimization_iterations where run_id = '${RUN}'`,
  `delete from public.optimization_runs where id = '${RUN}'`,
  `delete from public.optimization_projects where id = 'A'`,
];

/** The errors of everything that a caller may do, of a login role that was given `authenticated` or `anon` and nothing else. */
async function attack(url: string, role: 'authenticated' | 'anon'): Promise<string[]> {
  const login = `intruder_${randomBytes(4).toString('hex')}`;
  await asSuperuser(url, `create role ${login} login; grant ${role} to ${login}`);
  const caller = new pg.Client({ connectionString: url.replace('postgres@', `${login}@`) });
  onTestFinished(() => caller.end());
  await caller.connect();
  await caller.query(`set role ${role}`);
  await caller.query(
    `select set_config('request.jwt.claims', '{"sub": "owner-of-a", "optrail_projects": {"A": "owner"}, "optrail_key": "0199a000-0000-7000-8000-00000000bbbb"}', false)`,
  );
  const commandsOf = async (text: string) => (await caller.query<{ command: string }>(text)).rows.map(({ command }) => command);
  const [types, functions, tables, calls] = [
    await commandsOf(TYPES),
    await commandsOf(FUNCTIONS),
    await commandsOf(TABLES),
    await commandsOf(CALLS),
  ];
  const reads = (await commandsOf(TABLES)).map((command) => command.replace(/create table pg_temp[.](\S+).*/, 'select * from $1'));
  expect(types.length).toBeGreaterThan(50);
  expect(functions.length).toBeGreaterThan(20);
  const errors: string[] = [];
  const attempt = (command: string) => caller.query(command).catch((error: Error) => errors.push(`${command}: ${error.message}`));
  await caller.query(ALARM);
  for (const command of [...functions, ...tables, ...types]) await attempt(command);
  const shadowed = types.length + functions.length + tables.length - errors.length;
  expect(shadowed).toBeGreaterThan(90);
  for (const [key, claims] of [
    ['a key', null],
    ['a member', '{"sub": "owner-of-a"}'],
  ]) {
    if (claims !== null) await caller.query('select set_config($1, $2, false)', ['request.jwt.claims', claims]);
    for (const schema of ['public', 'optrail']) for (const read of reads) await attempt(read.replace('from ', `from ${schema}.`));
    for (const command of [...calls, ...ROWS]) await attempt(command);
    errors.push(`(as ${key})`);
  }
  return errors;
}

const SETUP = `
  insert into public.optimization_projects (id, name) values ('A', 'A'), ('B', 'B');
  insert into public.optimization_project_members (project_id, user_id, role) values ('A', 'owner-of-a', 'owner');
  insert into public.optimization_runs (project_id, run_name, optimizer_type, tags)
  select p, 'r', 'gepa', array['x'] from unnest(array['A', 'B']) as p, generate_series(1, 1100)`;

describe.each(MAJORS)('what a caller makes in pg_temp on PostgreSQL %i', (major: Major) => {
  test.each(['authenticated', 'anon'] as const)('never runs with the rights of another role, as %s', async (role) => {
    const url = await freshDatabase(major, { migrated: true });
    await asSuperuser(url, SETUP);
    expect((await attack(url, role)).filter((error) => error.includes(STOLEN))).toEqual([]);
  });

  test('did so in the oldest released schema, so that this test would see it', async () => {
    const url = await freshDatabase(major);
    await asSuperuser(url, readFileSync('test/upgrade/fixture/001_optimization_runs.sql', 'utf8'));
    await asSuperuser(url, SETUP);
    expect((await attack(url, 'authenticated')).filter((error) => error.includes(STOLEN)).length).toBeGreaterThan(3);
  });
});
