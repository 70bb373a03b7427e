import { describe, expect, test } from 'vitest';
import { migrate } from '../../src/database/migrate.js';
import { type Database, TRUSTED } from '../../src/database/port.js';
import { openPostgres } from '../../src/database/postgres.js';
import { freshDatabase } from '../support/databases.js';
import { MAJORS, type Major } from '../support/postgres.js';
import { asOwner, INSTALLS } from '../support/trails.js';

/** As Supabase sets a new project up: whatever is created is everybody's. */
const SUPABASE = ['tables', 'functions', 'sequences'].flatMap((kind) => [
  `alter default privileges grant all on ${kind} to anon, authenticated, service_role`,
  `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role`,
]);

/** Every right that somebody beside the owner has on anything of Optrail's. */
const RIGHTS = `
  with granted as (
    select format('relation %s', c.oid::regclass) as object, c.relowner as owner, (aclexplode(c.relacl)).*
      from pg_class as c where c.relnamespace in ('public'::regnamespace, 'optrail'::regnamespace)
    union all
    select format('column %s.%s', c.oid::regclass, a.attname), c.relowner, (aclexplode(a.attacl)).*
      from pg_class as c join pg_attribute as a on a.attrelid = c.oid where c.relnamespace in ('public'::regnamespace, 'optrail'::regnamespace)
    union all
    select format('function %s', p.oid::regprocedure), p.proowner, (aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))).*
      from pg_proc as p where p.pronamespace in ('public'::regnamespace, 'optrail'::regnamespace)
    union all
    select format('schema %s', n.nspname), n.nspowner, (aclexplode(n.nspacl)).* from pg_namespace as n where n.nspname = 'optrail')
  select format('%s: %s to %s', object, privilege_type, case grantee when 0 then 'public' else grantee::regrole::text end) as "right"
  from granted where grantee <> owner order by 1`;

async function rightsOf(database: Database): Promise<unknown[]> {
  const rows = await database.query(TRUSTED, { text: RIGHTS });
  return rows.map((row) => row.right);
}

async function rightsAfterInstall(url: string): Promise<unknown[]> {
  const database = openPostgres({ url });
  try {
    for (const text of SUPABASE) await database.query(TRUSTED, { text });
    await migrate(database);
    return await rightsOf(database);
  } finally {
    await database.close();
  }
}

describe.each(MAJORS)('on PostgreSQL %i', (major: Major) => {
  test.each(['superuser', 'ordinary owner'])("default privileges like Supabase's leave the same rights, for a %s", async (owner) => {
    const install = INSTALLS.find(({ name }) => name === `PostgreSQL ${major}, ${owner}`);
    const plain = await install?.open();
    if (plain === undefined) throw new Error(`nothing installs as ${owner}`);
    const expected = await rightsOf(plain.database).finally(() => plain.close());
    const empty = await freshDatabase(major);
    const url = owner === 'superuser' ? empty : await asOwner(empty);
    expect(await rightsAfterInstall(url)).toEqual(expected);
    expect(expected.filter((right) => /to (anon|public)$/.test(String(right)))).toEqual([]);
    expect(expected.filter((right) => /TRUNCATE|REFERENCES|TRIGGER|MAINTAIN|WITH GRANT/.test(String(right)))).toEqual([]);
    expect(expected.length).toBeGreaterThan(100);
  });
});
