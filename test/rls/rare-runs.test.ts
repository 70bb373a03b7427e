import { expect, test } from 'vitest';
import { openPostgres } from '../../src/database/postgres.js';
import { freshDatabase } from '../support/databases.js';
import { MAJORS } from '../support/postgres.js';
import { asSuperuser } from '../support/sql.js';

test.each(MAJORS)('a search tells nothing about the runs of other tenants on PostgreSQL %i', async (major) => {
  const url = await freshDatabase(major, { migrated: true });
  await asSuperuser(
    url,
    `insert into public.optimization_projects (id, name) values ('A', 'A'), ('B', 'B');
     insert into public.optimization_runs (project_id, run_name, optimizer_type, tags)
     select 'A', 'r', 'gepa', case when n <= 10 then array['t'] else '{}' end from generate_series(1, 1100) as n;`,
  );
  const database = openPostgres({ url });
  try {
    const member = { kind: 'claims', claims: { sub: 'someone', optrail_projects: { A: 'viewer' } } } as const;
    const search = () =>
      database.query<{ ids: string[] | null }>(member, { text: "select optrail.find_rare_runs('A', array['t'], null) as ids" });
    const before = await search();
    expect(before[0]?.ids).toHaveLength(10);
    // The tag is on more runs of another tenant than the search looks at.
    await asSuperuser(
      url,
      `insert into public.optimization_runs (project_id, run_name, optimizer_type, tags)
       select 'B', 'r', 'gepa', array['t'] from generate_series(1, 6000)`,
    );
    const after = await search();
    expect(after[0]?.ids?.toSorted()).toEqual(before[0]?.ids?.toSorted());
    expect(await database.query(member, { text: "select optrail.find_rare_runs('B', array['t'], null) as ids" })).toEqual([{ ids: [] }]);
  } finally {
    await database.close();
  }
});
