import { describe, expect, test } from 'vitest';
import type { Row } from '../../src/database/port.js';
import { readPage, SCHEMA_README, tableUnder } from '../reference/markdown.js';
import { INSTALLS, useTrail } from '../support/trails.js';

const OURS = `(n.nspname = 'optrail' or (n.nspname = 'public' and c.relname like 'optimization\\_%'))`;
const OUR_FUNCTIONS = `(n.nspname = 'optrail' or (n.nspname = 'public' and p.proname ~ 'optimization|^get_top_runs'))`;

describe.each(INSTALLS)('what the migration leaves on $name', (install) => {
  const { sql } = useTrail(install);
  const names = (rows: Row[]): unknown[] => rows.map(({ name }) => name);

  test('every table, view and column has a comment', async () => {
    const bare = await sql(`
      select concat_ws('.', n.nspname, c.relname, a.attname) as name
      from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where ${OURS} and c.relkind in ('r', 'm', 'v')
        and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)
      order by c.relname, a.attnum`);
    expect(names(bare)).toEqual([]);
  });

  test('every function that callers use has a comment', async () => {
    const bare = await sql(`
      select p.proname as name from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
      where n.nspname = 'public' and ${OUR_FUNCTIONS} and obj_description(p.oid, 'pg_proc') is null`);
    expect(names(bare)).toEqual([]);
  });

  test('every constraint was named by hand, after its table', async () => {
    // NOT NULL has no name on PostgreSQL 15, and is left out.
    const constraints = await sql<{ name: string; kind: string; relation: string; columns: string }>(`
      select k.conname as name, k.contype as kind, c.relname as relation, (
        select string_agg(a.attname, '_' order by key.place) from unnest(k.conkey) with ordinality as key(number, place)
        join pg_attribute as a on a.attrelid = c.oid and a.attnum = key.number) as columns
      from pg_constraint as k join pg_class as c on c.oid = k.conrelid join pg_namespace as n on n.oid = c.relnamespace
      where ${OURS} and k.contype <> 'n' order by 1`);
    expect(constraints.length).toBeGreaterThan(70);
    const wrong = constraints.filter(({ name, kind, relation, columns }) => {
      if (kind === 'p') return name !== `${relation}_pkey`;
      const automatic = new RegExp(`^${relation}_(${columns}_(fkey|key|check)|check)\\d*$`);
      return !name.startsWith(`${relation}_`) || /_check\d*$/.test(name) || automatic.test(name);
    });
    expect(names(wrong)).toEqual([]);
  });

  test('every foreign key has an index', async () => {
    const keys = await sql<{ name: string; served: boolean }>(`
      select k.conname as name, exists (
        select from pg_index as i
        where i.indrelid = k.conrelid
          -- A look-up by the key implies that its columns are not null.
          and coalesce(pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$', true)
          -- It holds all columns of the key and begins with one. A run_id alone is one run, whatever stands between it and project_id.
          and k.conkey <@ i.indkey::smallint[]
          and i.indkey[0] = any (k.conkey)
      ) as served
      from pg_constraint as k join pg_class as c on c.oid = k.conrelid join pg_namespace as n on n.oid = c.relnamespace
      where ${OURS} and k.contype = 'f' order by 1`);
    expect(keys.length).toBeGreaterThan(8);
    expect(names(keys.filter(({ served }) => !served))).toEqual([]);
  });

  test('every function has a fixed search_path, or a body that was bound when it was made', async () => {
    const functions = await sql<{ name: string; path: string | null; bound: boolean }>(`
      select p.proname as name, p.prosqlbody is not null as bound,
        (select setting from unnest(p.proconfig) as setting where setting like 'search_path=%') as path
      from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
      where ${OUR_FUNCTIONS} order by 1`);
    expect(functions.length).toBeGreaterThan(30);
    expect(names(functions.filter(({ bound }) => bound))).toEqual([
      'are_scores',
      'are_tags',
      'can_be_best',
      'claims',
      'ids_if_few',
      'is_active_key',
      'is_allowed_transition',
      'is_score',
      'microseconds',
      'role_rank',
      'run_status',
      'uuid_v7',
    ]);
    expect(names(functions.filter(({ bound, path }) => !bound && path !== 'search_path=pg_catalog, pg_temp'))).toEqual([]);
  });

  test('who may execute what', async () => {
    const functions = await sql<{ name: string; definer: boolean; role: string }>(`
      select p.proname as name, p.prosecdef as definer, role
      from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
      cross join unnest(array['public', 'anon', 'authenticated', 'service_role']) as role
      where ${OUR_FUNCTIONS} and case role
        when 'public' then exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) where grantee = 0)
        else has_function_privilege(role, p.oid, 'execute') end
      order by 1`);
    const may = (wanted: string, asDefiner?: boolean) =>
      names(functions.filter(({ role, definer }) => role === wanted && (asDefiner === undefined || definer === asDefiner)));
    expect(may('public')).toEqual([]);
    expect(may('anon')).toEqual([]);
    expect(may('authenticated', true)).toEqual(['accessible_projects', 'find_rare_runs', 'sweep_stale_runs']);
    expect(may('service_role', true)).toEqual([
      'accessible_projects',
      'find_api_key',
      'find_rare_runs',
      'refresh_analytics',
      'sweep_stale_runs',
    ]);
    expect(may('authenticated', false)).not.toContain('refresh_optimization_analytics');
  });

  test('definer functions and views live by the rules', async () => {
    const definers = await sql(`select p.proname as name from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
      where ${OUR_FUNCTIONS} and p.prosecdef and n.nspname <> 'optrail'`);
    expect(names(definers)).toEqual([]);
    const views = await sql(`select c.relname as name from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${OURS} and c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false)`);
    expect(names(views)).toEqual([]);
  });

  test('the indexes are those of the README', async () => {
    const made = await sql<{ name: string; line: string }>(`
      select i.relname as name, pg_get_indexdef(i.oid) as line
      from pg_class as i join pg_index as x on x.indexrelid = i.oid join pg_class as c on c.oid = x.indrelid
      join pg_namespace as n on n.oid = c.relnamespace
      where ${OURS} and n.nspname = 'public' and i.relname not like '%\\_pkey' order by 1`);
    const documented = tableUnder(readPage(SCHEMA_README), 'Indexes').map(([name = '', on = '']) => ({
      name: name.replaceAll('`', ''),
      on,
    }));
    expect(names(made)).toEqual(names(documented).sort());
    for (const { name, on } of documented) {
      const line = made.find((index) => index.name === name)?.line.toLowerCase() ?? '';
      const [, columns = ''] = /`\(?([^`)]*)\)?`/.exec(on) ?? [];
      expect(line, name).toContain(`(${columns}`);
      expect(line.includes('unique'), name).toBe(on.startsWith('unique'));
      expect(line.includes(' where '), name).toBe(/completed|where there is one/.test(on));
    }
  });
});
