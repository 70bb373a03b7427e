import { describe, expect, test } from 'vitest';
import { INSTALLS, useTrail } from '../support/trails.js';
import { CHECKS, NOT_ASKED } from './advisor.js';

const TESTED = INSTALLS.filter(({ name }) => ['PGlite', 'PostgreSQL 15, ordinary owner', 'PostgreSQL 18, ordinary owner'].includes(name));

/** What each check must find, so that one that finds nothing is known to look. */
const BAD_EXAMPLE = `
  create table public.bad_parent (id int primary key, other int unique);
  create table public.bad (parent int references public.bad_parent, api_key text, kind regproc);
  create index bad_one on public.bad (api_key); create index bad_two on public.bad (api_key);
  create policy always on public.bad for update to authenticated using (true);
  create policy slow on public.bad for update to authenticated using (current_setting('x', true) = 'user_metadata');
  create table public.bad_bare (id int primary key); alter table public.bad_bare enable row level security;
  create view public.bad_view as select 1 as one; create materialized view public.bad_copy as select 1 as one;
  create schema auth; create table auth.users (id int primary key);
  create table public.bad_user (id int primary key references auth.users);
  create function public.bad_function() returns int language sql security definer as 'select 1';
  grant select on public.bad, public.bad_copy to anon, authenticated;`;

/** No extension comes with PostgreSQL's own binaries in every install. */
const WITHOUT_EXAMPLE = ['0014 extension_in_public'];

describe.each(TESTED)("Supabase's database advisor on $name", (install) => {
  const trail = useTrail(install);
  const findings = async (sql: string) => (await trail.sql<{ finding: string }>(sql)).map(({ finding }) => finding).sort();

  test.each(CHECKS)('$lint finds nothing but what has its reason', async ({ sql, exceptions = {} }) => {
    expect(await findings(sql)).toEqual(Object.keys(exceptions).sort());
  });

  test('each check finds what is wrong in a bad example', async () => {
    await trail.database.script(BAD_EXAMPLE);
    for (const { lint, sql, exceptions = {} } of CHECKS) {
      if (WITHOUT_EXAMPLE.includes(lint)) continue;
      expect((await findings(sql)).length, lint).toBeGreaterThan(Object.keys(exceptions).length);
    }
  });
});

test('every check of the advisor is asked, or says why not', () => {
  const named = [...CHECKS.map(({ lint }) => lint), ...Object.keys(NOT_ASKED)].join(' ').match(/\b00\d\d\b/g);
  const all = Array.from({ length: 29 }, (_, index) => `00${String(index + 1).padStart(2, '0')}`).filter((number) => number !== '0012');
  expect(named?.sort()).toEqual(all);
});
