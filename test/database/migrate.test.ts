import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { assertSchema, type Migration, migrate, migrationStatus } from '../../src/database/migrate.js';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';
import { type Database, TRUSTED } from '../../src/database/port.js';
import { openPostgres } from '../../src/database/postgres.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import { MAJORS, type Major, startServer } from '../support/postgres.js';
import { asSuperuser, databaseUrl } from '../support/sql.js';

const NAMES = MIGRATIONS.map(({ name }) => name);
const open: Database[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
});

function connect(url: string): Database {
  const database = openPostgres({ url });
  open.push(database);
  return database;
}

/** The same migrations with another hash, as another version of the package would have them. */
function another(sha256 = 'f'.repeat(64)): Migration[] {
  // 001 holds the hashes of the others too, in two halves.
  const spellings = MIGRATIONS.flatMap((one) => [one.sha256, `${one.sha256.slice(0, 32)}' || '${one.sha256.slice(32)}`]);
  return MIGRATIONS.map((one) => ({ ...one, sha256, sql: spellings.reduce((sql, hash) => sql.replaceAll(hash, sha256), one.sql) }));
}

/** Everything a dump of the schema would show, as one text. */
async function shape(database: Database): Promise<unknown> {
  const [row] = await database.query(TRUSTED, {
    text: `select md5(string_agg(line, E'\\n' order by line)) as shape, count(*) as lines from (
      select format('%s %s %s %s', relkind, relnamespace::regnamespace, relname, relacl) as line from pg_class where relnamespace::regnamespace::text in ('public', 'optrail')
      union all select format('%s %s', oid::regprocedure, md5(prosrc)) from pg_proc where pronamespace::regnamespace::text in ('public', 'optrail')
      union all select format('%s %s', conname, pg_get_constraintdef(oid)) from pg_constraint where connamespace::regnamespace::text in ('public', 'optrail')
      union all select format('%s %s %s', tablename, policyname, qual) from pg_policies
      union all select format('%s %s', tgname, tgrelid::regclass) from pg_trigger where not tgisinternal) as lines`,
  });
  return row;
}

describe.each(MAJORS)('on an empty PostgreSQL %i', (major: Major) => {
  test('up, and again', async () => {
    const database = connect(await freshDatabase(major));
    await expect(assertSchema(database)).rejects.toMatchObject({
      code: 'schema_missing',
      hint: expect.stringContaining('npx optrail migrate'),
    });
    expect(await migrationStatus(database)).toEqual({ installed: [], pending: NAMES, mismatch: [] });

    expect(await migrate(database)).toEqual({ applied: NAMES, unchanged: [] });
    await assertSchema(database);
    const first = await shape(database);
    const status = await migrationStatus(database);
    expect(status).toMatchObject({ installed: MIGRATIONS.map(({ name, sha256 }) => ({ name, sha256 })), pending: [], mismatch: [] });

    expect(await migrate(database)).toEqual({ applied: [], unchanged: NAMES });
    for (const { sql } of MIGRATIONS) await database.script(sql);
    expect(await shape(database)).toEqual(first);
    expect(await migrationStatus(database)).toEqual(status);
  });

  test('20 at once in one database', async () => {
    const url = await freshDatabase(major);
    const results = await Promise.all(Array.from({ length: 20 }, () => migrate(connect(url))));
    for (const { applied, unchanged } of results) expect([...applied, ...unchanged]).toEqual(NAMES);
    await assertSchema(connect(url));
  });

  test('20 at once in eight databases', async () => {
    const urls = await Promise.all(Array.from({ length: 8 }, () => freshDatabase(major)));
    await Promise.all(Array.from({ length: 20 }, (_, at) => migrate(connect(urls[at % 8] ?? ''))));
    for (const url of urls) await assertSchema(connect(url));
  });

  test('20 at once in eight databases of a server that has none of the roles yet', async () => {
    const server = await startServer(major);
    onTestFinished(() => server.stop());
    const names = Array.from({ length: 8 }, (_, at) => `database_${at}`);
    for (const name of names) await asSuperuser(server.url, `create database ${name}`);
    const all = Array.from({ length: 20 }, (_, at) => connect(databaseUrl(server.url, `database_${at % 8}`)));
    await Promise.all(all.map((database) => migrate(database)));
    for (const database of all) await assertSchema(database);
    await Promise.all(open.splice(0).map((database) => database.close()));
  });

  test('by an ordinary owner', async () => {
    const url = await freshDatabase(major);
    const owner = `owner_${randomBytes(4).toString('hex')}`;
    const name = new URL(url).pathname.slice(1);
    await asSuperuser(
      url,
      `create role ${owner} login createrole nosuperuser; grant anon, authenticated, service_role to ${owner} with admin option; alter database ${name} owner to ${owner}`,
    );
    const database = connect(url.replace('postgres@', `${owner}@`));
    expect(await migrate(database)).toEqual({ applied: NAMES, unchanged: [] });
    await assertSchema(database);
    expect(await migrate(database, { recreate: true }, another())).toMatchObject({ applied: NAMES, setAside: expect.any(String) });
  });
});

describe('psql and migrate are the same', () => {
  const psql = spawnSync('psql', ['--version']).status === 0;

  test('psql is there in CI', () => {
    expect(psql || process.env.CI !== 'true').toBe(true);
  });

  test.runIf(psql)('psql, then migrate, then psql', async () => {
    const url = await freshDatabase(18);
    const file = `migrations/${NAMES[0]}.sql`;
    execFileSync('psql', [url, '-v', 'ON_ERROR_STOP=1', '-f', file], { stdio: 'pipe' });
    const database = connect(url);
    await assertSchema(database);
    const before = await shape(database);
    expect(await migrate(database)).toEqual({ applied: [], unchanged: NAMES });
    const again = spawnSync('psql', [url, '-v', 'ON_ERROR_STOP=1', '-f', file], { encoding: 'utf8' });
    expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining('nothing was changed') });
    expect(await shape(database)).toEqual(before);
  });

  test('what migrate makes is what the file makes', async () => {
    const [one, other] = [connect(await freshDatabase(18)), connect(await freshDatabase(18, { migrated: true }))];
    await migrate(one);
    expect(await shape(one)).toEqual(await shape(other));
  });
});

describe('a schema made by other files', () => {
  test.each<[string, () => Promise<Database>]>([
    ['PostgreSQL 15', async () => connect(await freshDatabase(15, { migrated: true }))],
    ['PostgreSQL 18', async () => connect(await freshDatabase(18, { migrated: true }))],
    [
      'PGlite',
      async () => {
        const directory = freshDirectory();
        const database = await openEmbedded({ directory });
        onTestFinished(async () => {
          await database.close();
          rmSync(directory, { recursive: true, force: true });
        });
        return database;
      },
    ],
  ])('is refused, and set aside on demand with its data on %s', async (_, connected) => {
    const database = await connected();
    await database.query(TRUSTED, { text: "insert into optimization_projects (id, name) values ('p', 'kept')" });
    await database.script(
      'create table public.somebody_elses (id int); create function public.optimizations() returns int language sql return 1',
    );

    const mismatch = { code: 'schema_mismatch', hint: expect.stringContaining('npx optrail migrate --recreate') };
    await expect(assertSchema(database, another())).rejects.toMatchObject(mismatch);
    await expect(migrate(database, {}, another())).rejects.toMatchObject(mismatch);
    expect(await migrationStatus(database, another())).toMatchObject({
      pending: [],
      mismatch: MIGRATIONS.map(({ name, sha256 }) => ({ name, installed: sha256, expected: 'f'.repeat(64) })),
    });

    const result = await migrate(database, { recreate: true }, another());
    expect(result).toEqual({ applied: NAMES, unchanged: [], setAside: expect.stringMatching(/^optrail_old_\d{8}_\d{6}_\d{3}$/) });
    await assertSchema(database, another());
    const count = async (table: string): Promise<unknown> =>
      (await database.query(TRUSTED, { text: `select count(*) as n from ${table}` }))[0]?.n;
    expect(await count('public.optimization_projects')).toBe(0);
    expect(await count(`${result.setAside}.optimization_projects`)).toBe(1);
    expect(await count(`${result.setAside}.optimization_run_analytics`)).toBe(0);
    expect(await count(`${result.setAside}_internal.migrations`)).toBe(NAMES.length);
    expect(await count('public.somebody_elses')).toBe(0);
    expect(await database.query(TRUSTED, { text: 'select public.optimizations() as one' })).toEqual([{ one: 1 }]);

    expect(await migrate(database, { recreate: true }, another())).toEqual({ applied: [], unchanged: NAMES });
    expect(await migrate(database, { recreate: true }, another('e'.repeat(64)))).toMatchObject({
      applied: NAMES,
      setAside: expect.any(String),
    });
  });

  test('is set aside once, whoever asks', async () => {
    const url = await freshDatabase(18, { migrated: true });
    const results = await Promise.all(Array.from({ length: 5 }, () => migrate(connect(url), { recreate: true }, another())));
    expect(results.filter((result) => result.setAside !== undefined)).toHaveLength(1);
    await assertSchema(connect(url), another());
  });

  test('by a later version says that the package is behind', async () => {
    const database = connect(await freshDatabase(18, { migrated: true }));
    await database.query(TRUSTED, { text: `insert into optrail.migrations (name, sha256) values ('999_later', repeat('a', 64))` });
    await expect(assertSchema(database)).rejects.toMatchObject({
      code: 'schema_mismatch',
      hint: expect.stringContaining('Update the optrail package'),
    });
    await expect(migrate(database)).rejects.toMatchObject({ code: 'schema_mismatch' });
  });

  test('that lacks the last migration is brought up to date', async () => {
    const later: Migration = {
      name: '999_later',
      sha256: 'a'.repeat(64),
      sql: `begin; insert into optrail.migrations (name, sha256) values ('999_later', repeat('a', 64)); commit;`,
    };
    const database = connect(await freshDatabase(18, { migrated: true }));
    await expect(assertSchema(database, [...MIGRATIONS, later])).rejects.toMatchObject({
      code: 'schema_mismatch',
      message: expect.stringContaining('999_later'),
    });
    expect(await migrate(database, {}, [...MIGRATIONS, later])).toEqual({ applied: ['999_later'], unchanged: NAMES });
  });

  test('a migration that fails leaves nothing behind', async () => {
    const database = connect(await freshDatabase(18));
    const failing: Migration = {
      name: '001_failing',
      sha256: 'a'.repeat(64),
      sql: 'begin; create table half (id int); select 1/0; commit;',
    };
    await expect(migrate(database, {}, [failing])).rejects.toMatchObject({ sqlState: '22012' });
    expect(await database.query(TRUSTED, { text: "select to_regclass('half') as half" })).toEqual([{ half: null }]);
  });
});
