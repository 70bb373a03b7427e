import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pgDump } from '@electric-sql/pglite-tools/pg_dump';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { unpackSeed } from '../../src/database/embedded/seed-file.js';
import { openUpgraded, type Upgraded } from '../../src/database/embedded/upgrade.js';
import { migrate, migrationStatus } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { type Database, TRUSTED } from '../../src/database/port.js';
import { openPostgres } from '../../src/database/postgres.js';
import { freshDatabase, temporaryDirectory } from '../support/databases.js';
import { MAJORS, type Major } from '../support/postgres.js';
import { asSuperuser } from '../support/sql.js';

/*
 * The fixture is the oldest released schema, that of commit 51162db: its 001, the rows that the code of that day wrote into a PostgreSQL 15
 * (pg_dump --data-only --column-inserts), and an embedded directory that it wrote the same rows into, packed as a seed file is.
 */
const OLD_001 = readFileSync('test/upgrade/fixture/001_optimization_runs.sql', 'utf8');
const ROWS = readFileSync('test/upgrade/fixture/data.sql', 'utf8');
const LATER = MIGRATIONS.slice(1);

/** A database of the oldest released schema with a row in every table. */
async function oldDatabase(major: Major): Promise<string> {
  const url = await freshDatabase(major);
  await asSuperuser(url, OLD_001);
  const superuser = new pg.Client({ connectionString: url });
  await superuser.connect();
  try {
    // The rows of the dump hold the counters that triggers would count again.
    await superuser.query("set session_replication_role = 'replica'");
    await superuser.query('delete from optrail.migrations; delete from optrail.analytics_state; delete from optrail.events_pruned');
    await superuser.query(ROWS);
    await superuser.query('refresh materialized view public.optimization_run_analytics');
  } finally {
    await superuser.end();
  }
  return url;
}

const TABLES = `select format('%s.%s', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'optrail') order by 1`;

/** Every row of every table, as JSON, without columns that a later version added. */
async function rowsOf(database: Database, columns?: Map<string, string[]>): Promise<Map<string, unknown[]>> {
  const rows = new Map<string, unknown[]>();
  for (const { name } of await database.query<{ name: string }>(TRUSTED, { text: TABLES })) {
    if (name === 'optrail.migrations') continue;
    const known = columns?.get(name);
    if (columns !== undefined && known === undefined) continue;
    const list = known === undefined ? 't.*' : known.map((column) => `t.${column}`).join(', ');
    const found = await database.query<{ row: unknown }>(TRUSTED, {
      text: `select to_jsonb(r) as row from (select ${list} from ${name} as t) as r order by to_jsonb(r)::text`,
    });
    rows.set(
      name,
      found.map(({ row }) => row),
    );
  }
  return rows;
}

const columnsOf = (rows: Map<string, unknown[]>) => new Map([...rows].map(([name, [first]]) => [name, Object.keys(first ?? {})]));

const tablesWithRows = (rows: Map<string, unknown[]>) => [...rows].filter(([, list]) => list.length > 0).map(([name]) => name);

const EVERY_TABLE = [
  'optrail.analytics_dirty',
  'optrail.analytics_rollup',
  'optrail.analytics_state',
  'optrail.api_keys',
  'optrail.event_listeners',
  'optrail.events',
  'optrail.events_pruned',
  'public.optimization_checkpoints',
  'public.optimization_examples',
  'public.optimization_iterations',
  'public.optimization_programs',
  'public.optimization_project_members',
  'public.optimization_projects',
  'public.optimization_runs',
  'public.optimization_samples',
];

/** Policies, grants, triggers, functions, columns and constraints, as text. */
async function objectsOf(database: Database): Promise<string[]> {
  const found = await database.query<{ line: string }>(TRUSTED, {
    text: `
      select format('policy %s.%s %s %s %s %s %s %s', schemaname, tablename, policyname, permissive, cmd, qual, with_check,
          (select string_agg(role::text, ',') from unnest(roles) as role where role not in ('postgres', current_user))) as line
        from pg_policies where schemaname in ('public', 'optrail')
      union all select format('table %s %s %s', c.oid::regclass, c.relrowsecurity, c.relforcerowsecurity) from pg_class as c
        where c.relnamespace::regnamespace::text in ('public', 'optrail') and c.relkind in ('r', 'm')
      union all select format('grant %s %s %s', c.oid::regclass, g.grantee::regrole, g.privilege_type)
        from pg_class as c cross join aclexplode(c.relacl) as g
        where c.relnamespace::regnamespace::text in ('public', 'optrail') and g.grantee <> c.relowner
      union all select format('column grant %s.%s %s %s', c.oid::regclass, a.attname, g.grantee::regrole, g.privilege_type)
        from pg_class as c join pg_attribute as a on a.attrelid = c.oid cross join aclexplode(a.attacl) as g
        where c.relnamespace::regnamespace::text in ('public', 'optrail')
      union all select format('function %s %s %s %s', p.oid::regprocedure, p.prosecdef, p.proconfig, md5(p.prosrc || coalesce(pg_get_function_sqlbody(p.oid), '')))
        from pg_proc as p where p.pronamespace::regnamespace::text in ('public', 'optrail')
      union all select format('execute %s %s', p.oid::regprocedure, g.grantee::regrole) from pg_proc as p cross join aclexplode(p.proacl) as g
        where p.pronamespace::regnamespace::text in ('public', 'optrail') and g.grantee <> p.proowner
      union all select format('trigger %s %s', t.tgrelid::regclass, pg_get_triggerdef(t.oid)) from pg_trigger as t
        where not t.tgisinternal and t.tgrelid::regclass::text ~ 'optimization|optrail'
      union all select format('column %s.%s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull)
        from pg_attribute as a join pg_class as c on c.oid = a.attrelid
        where c.relnamespace::regnamespace::text in ('public', 'optrail') and c.relkind in ('r', 'm') and a.attnum > 0 and not a.attisdropped
      union all select format('constraint %s %s', conname, pg_get_constraintdef(oid)) from pg_constraint
        where connamespace::regnamespace::text in ('public', 'optrail') and contype <> 'n'
      union all select format('index %s', pg_get_indexdef(x.indexrelid)) from pg_index as x join pg_class as c on c.oid = x.indrelid
        where c.relnamespace::regnamespace::text in ('public', 'optrail')
      order by 1`,
  });
  return found.map(({ line }) => line);
}

function open(url: string): Database {
  const database = openPostgres({ url });
  onTestFinished(() => database.close());
  return database;
}

describe.each(MAJORS)('a database of the oldest released schema on PostgreSQL %i', (major) => {
  test('is brought up to date with every row, and ends as a new database is', async () => {
    const url = await oldDatabase(major);
    const database = open(url);
    const before = await rowsOf(database);
    expect(tablesWithRows(before)).toEqual(EVERY_TABLE);
    const { pending, mismatch } = await migrationStatus(database);
    expect([pending, mismatch]).toEqual([LATER.map(({ name }) => name), []]);

    const { applied } = await migrate(database);
    expect(applied).toEqual(pending);
    expect(await rowsOf(database, columnsOf(before))).toEqual(before);
    expect(await objectsOf(database)).toEqual(await objectsOf(open(await freshDatabase(major, { migrated: true }))));

    expect(await migrate(database)).toMatchObject({ applied: [] });
    for (const { sql } of MIGRATIONS) await database.script(sql);
    expect(await rowsOf(database, columnsOf(before))).toEqual(before);

    const client = createClient({ databaseUrl: url });
    onTestFinished(() => client.close());
    const run = await client.createOptimizationRun({ projectId: 'triage', runName: 'after', optimizerType: 'gepa', status: 'completed' });
    expect(await client.getOptimizationRun(run.id)).toMatchObject({ runName: 'after' });
  });

  test('stays whole if the migration is cut in the middle', async () => {
    const url = await oldDatabase(major);
    const database = open(url);
    const [rows, objects] = [await rowsOf(database), await objectsOf(database)];
    for (const { sql } of LATER) {
      const half = new pg.Client({ connectionString: url });
      half.on('error', () => {});
      await half.connect();
      const [backend] = (await half.query<{ pid: number }>('select pg_backend_pid() as pid')).rows;
      // All of it has run but the commit.
      await half.query(sql.replace(/\ncommit;\s*$/, '\n'));
      await asSuperuser(url, 'select pg_terminate_backend($1)', [backend?.pid]);
      await half.end().catch(() => {});
    }
    expect(await objectsOf(database)).toEqual(objects);
    expect(await rowsOf(database)).toEqual(rows);
    expect((await migrate(database)).applied).toEqual(LATER.map(({ name }) => name));
  });

  test.runIf(spawnSync('psql', ['--version']).status === 0)('is brought up to date by psql as by migrate', async () => {
    const url = await oldDatabase(major);
    const refused = spawnSync('psql', [url, '-v', 'ON_ERROR_STOP=1', '-f', 'migrations/001_optimization_runs.sql'], { encoding: 'utf8' });
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain(`psql -f migrations/${LATER[0]?.name}.sql`);
    for (const { name } of LATER) execFileSync('psql', [url, '-v', 'ON_ERROR_STOP=1', '-f', `migrations/${name}.sql`], { stdio: 'pipe' });
    expect(await objectsOf(open(url))).toEqual(await objectsOf(open(await freshDatabase(major, { migrated: true }))));
    expect(await migrate(open(url))).toMatchObject({ applied: [] });
  });
});

function oldDirectory(): string {
  const directory = temporaryDirectory();
  unpackSeed(readFileSync('test/upgrade/fixture/embedded.seed'), 'upgrade', join(directory, 'data'));
  return directory;
}

describe('an embedded directory of the oldest released schema', () => {
  test('is brought up to date when it is opened, with a copy set aside', async () => {
    const directory = oldDirectory();
    const found = await openEmbedded({ directory });
    const before = await rowsOf(found);
    await found.close();
    expect(tablesWithRows(before)).toEqual(EVERY_TABLE.filter((name) => name !== 'optrail.event_listeners'));

    const upgrades: Upgraded[] = [];
    const database = await openUpgraded({ directory }, (upgrade) => upgrades.push(upgrade));
    expect(await rowsOf(database, columnsOf(before))).toEqual(before);
    await database.close();
    const copy = join(directory, `data.before-${LATER[0]?.name}`);
    expect(upgrades).toEqual([{ directory, copy, applied: LATER.map(({ name }) => name) }]);

    const again = await openUpgraded({ directory }, (upgrade) => upgrades.push(upgrade));
    await again.close();
    expect(upgrades).toHaveLength(1);

    const old = await PGlite.create(copy);
    const { rows } = await old.query<{ name: string }>('select name from optrail.migrations');
    await old.close();
    expect(rows).toEqual([{ name: '001_optimization_runs' }]);
  });

  test('stays as it is if a migration fails, and says where the copy is only when it is done', async () => {
    const directory = oldDirectory();
    const broken = [...MIGRATIONS, { name: '998_broken', sha256: 'b'.repeat(64), sql: 'begin; select 1/0; commit;' }];
    const upgrades: Upgraded[] = [];
    await expect(openUpgraded({ directory }, (upgrade) => upgrades.push(upgrade), broken)).rejects.toMatchObject({ sqlState: '22012' });
    expect(upgrades).toEqual([]);
    expect(existsSync(join(directory, `data.before-${LATER[0]?.name}`))).toBe(true);
    const database = await openUpgraded({ directory }, (upgrade) => upgrades.push(upgrade));
    expect(await database.query(TRUSTED, { text: 'select count(*)::int as runs from public.optimization_runs' })).not.toEqual([
      { runs: 0 },
    ]);
    await database.close();
  });

  test('of a newer version is refused, with what it needs', async () => {
    const directory = oldDirectory();
    const database = await openUpgraded({ directory }, () => {});
    await database.query(TRUSTED, { text: "insert into optrail.migrations (name, sha256) values ('999_later', repeat('a', 64))" });
    await database.close();
    await expect(openUpgraded({ directory })).rejects.toMatchObject({
      code: 'schema_mismatch',
      hint: 'Update the optrail package to the version that brought 999_later.',
    });
  });
});

test('the oldest 001 and all files after it make the schema of the new 001, by the dump', { timeout: 180_000 }, async () => {
  const dumped = async (sql: readonly string[]) => {
    const database = await PGlite.create();
    for (const text of sql) await database.exec(text);
    const dump = await pgDump({ pg: database, args: ['--schema-only'] });
    return (await dump.text()).replaceAll(/^\\(un)?restrict .*$/gm, '');
  };
  const upgraded = await dumped([OLD_001, ...LATER.map(({ sql }) => sql)]);
  expect(upgraded).toBe(await dumped([MIGRATIONS[0]?.sql ?? '']));
});
