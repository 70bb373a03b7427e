import pg from 'pg';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import type { TrailClient } from '../../src/client/port.js';
import type { Identity, SqlValue } from '../../src/database/port.js';
import type { OptrailError } from '../../src/errors.js';
import { ABSENT } from '../support/records.js';
import { INSTALLS, useTrail } from '../support/trails.js';
import { ADMINISTRATION_CALLS, RUN_A, RUN_B, SDK_CALLS } from './scenarios.js';
import { fill, fillProject } from './tenants.js';

const TESTED = INSTALLS.filter(({ name }) => !name.includes('15'));
const STRANGER = { sub: 'owner-of-b' };

/** What only triggers, defaults and the recording of an identity write; by table, and whether an INSERT may give it. */
const KEPT =
  /^(recorded_|best_)|^(attempt|analytics_dirty|created_at|updated_at|created_by|failed|metric|model|rank_score|improvement|improvement_pct)$/;
const IDENTITY: Record<string, readonly string[]> = {
  optimization_projects: ['id'],
  optimization_project_members: ['project_id', 'user_id'],
  optimization_runs: ['id', 'project_id', 'optimizer_type', 'config', 'direction', 'score_max', 'parent_run_id'],
  optimization_iterations: ['run_id', 'project_id', 'iteration'],
  optimization_samples: ['run_id', 'project_id', 'iteration', 'sample_index'],
  optimization_programs: ['project_id', 'program_hash', 'program', 'program_text'],
  optimization_examples: ['project_id', 'example_hash', 'input', 'expected_output'],
};

/** Claims that name no project, whatever they try. */
const IDLE_CLAIMS: unknown[] = [
  null,
  {},
  [],
  'owner-of-a',
  7,
  { sub: null },
  { sub: '' },
  { sub: ['owner-of-a'] },
  { sub: { sub: 'owner-of-a' } },
  { sub: "owner-of-a' or true --" },
  { role: 'service_role' },
  { optrail_projects: 'A' },
  { optrail_projects: ['A'] },
  { optrail_projects: null },
  { optrail_projects: { A: null } },
  { optrail_projects: { A: 'boss' } },
  { optrail_projects: { A: 'OWNER' } },
  { optrail_projects: { A: { role: 'owner' } } },
  { app_metadata: { optrail_projects: { A: 'owner' } } },
];

/** An absent run and one of another tenant must look alike: each call, with the id it is about. */
const ORACLES = Object.entries(SDK_CALLS).filter(
  ([name]) => !/^(list|refresh|search|getTop|getOptimizationAnalytics|createOptimizationRun)/.test(name),
);

async function saidOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    (result) => ({ result }),
    ({ code, message, hint, path, constraint }: OptrailError) => ({ code, message, hint, path, constraint }),
  );
}
/** With the ids taken out, since those the caller knows already. */
const shapeOf = (said: unknown) =>
  JSON.stringify(said)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replaceAll(/\b(A|absent)\b/g, 'PROJECT');

describe.each(TESTED)('tenants on $name', (install) => {
  const trail = useTrail(install);
  let stranger: TrailClient;
  beforeAll(async () => {
    await fill(trail);
    stranger = trail.client.as(STRANGER);
  });

  const as = (claims: unknown, text: string, values?: readonly SqlValue[]) => {
    const identity: Identity = { kind: 'claims', claims: claims as Record<string, unknown> };
    return trail.database.query(identity, values === undefined ? { text } : { text, values });
  };

  test.each(ORACLES)('%s says of a run of another tenant what it says of one that is not there', async (_, call) => {
    const [foreign, absent] = [await saidOf(call(stranger, RUN_A)), await saidOf(call(stranger, ABSENT))];
    expect(shapeOf(foreign)).toBe(shapeOf(absent));
  });

  test.each(Object.entries(ADMINISTRATION_CALLS))(
    '%s says of a project of another tenant what it says of one that is not there',
    async (_, call) => {
      const [foreign, absent] = [await saidOf(call(stranger, 'A', ABSENT)), await saidOf(call(stranger, 'absent', ABSENT))];
      expect(shapeOf(foreign)).toBe(shapeOf(absent));
    },
  );

  test('a project of another tenant and one that is not there are refused alike', async () => {
    const inProject: ((projectId: string) => Promise<unknown>)[] = [
      (projectId) => stranger.createOptimizationRun({ projectId, runName: 'x', optimizerType: 'gepa' }),
      (projectId) => stranger.createOptimizationRun({ id: RUN_A, projectId, runName: 'x', optimizerType: 'gepa' }),
      (projectId) => stranger.createOptimizationIteration({ runId: RUN_A, projectId, iteration: 1 }),
      (projectId) => stranger.createOptimizationIteration({ runId: RUN_B, projectId, iteration: 1 }),
      (projectId) => stranger.createOptimizationSample({ runId: RUN_A, projectId, iteration: 1, sampleIndex: 0 }),
      (projectId) => stranger.updateOptimizationRun(RUN_A, { notes: 'x' }, { projectId }),
      (projectId) => stranger.updateOptimizationIteration(RUN_A, 1, { score: 1 }, { projectId }),
      (projectId) => stranger.deleteOptimizationRun(RUN_A, { projectId }),
      (projectId) => stranger.getOptimizationRun(RUN_A, { projectId }),
      (projectId) => stranger.listOptimizationRuns({ projectId, count: true }),
      (projectId) => stranger.listOptimizationRuns({ projectId, tags: ['rare'], count: true }),
      (projectId) => stranger.listOptimizationRuns({ parentRunId: projectId === 'A' ? RUN_A : ABSENT }),
      (projectId) => stranger.getTopRunsByScore(projectId),
      (projectId) => stranger.getOptimizationAnalytics(projectId),
      (projectId) => stranger.searchOptimizationTrail(projectId, 'a'),
      (projectId) => as(STRANGER, "insert into optimization_project_members (project_id, user_id) values ($1, 'x')", [projectId]),
    ];
    for (const call of inProject) {
      const [foreign, absent] = [await saidOf(call('A')), await saidOf(call('absent'))];
      expect(shapeOf(foreign), String(call)).toBe(shapeOf(absent));
    }
    await expect(inProject[0]?.('A')).rejects.toMatchObject({ code: 'forbidden', sqlState: '42501' });
    expect(await trail.sql("select from optimization_projects where id = 'absent'")).toEqual([]);
  });

  test("a list of no project in particular is one of one's own", async () => {
    const { data, total } = await stranger.listOptimizationRuns({ count: true });
    expect([...new Set(data.map(({ projectId }) => projectId))]).toEqual(['B']);
    expect(total).toBe(data.length);
    expect((await stranger.listProjects()).map(({ id }) => id)).toEqual(['B']);
  });

  test('ids of another tenant are free: they tell nothing and disturb nothing', async () => {
    const run = await stranger.createOptimizationRun({ id: RUN_A, projectId: 'B', runName: 'mine', optimizerType: 'gepa' });
    expect(run).toMatchObject({ id: RUN_A, projectId: 'B', runName: 'mine', createdBy: 'owner-of-b' });
    const [iteration] = await trail.client.getOptimizationIterations(RUN_A, { projectId: 'A' });
    const mine = await stranger.createOptimizationIteration({ id: iteration?.id, runId: RUN_A, iteration: 1, score: 0 });
    expect(mine).toMatchObject({ id: iteration?.id, projectId: 'B', score: 0 });
    expect(await stranger.getOptimizationSamples(RUN_A)).toEqual([]);
    expect(await trail.client.getOptimizationIterations(RUN_A, { projectId: 'A' })).toEqual([iteration]);
    expect(await stranger.deleteOptimizationRun(RUN_A)).toBe(true);
    expect(await trail.client.getOptimizationRun(RUN_A)).toMatchObject({ projectId: 'A' });
  });

  test("nothing can be attached to what is another tenant's", async () => {
    const [{ program_hash: program } = {}] = await trail.sql<{ program_hash: Uint8Array }>(
      "select program_hash from optimization_iterations where project_id = 'A'",
    );
    const [{ example_hash: example } = {}] = await trail.sql<{ example_hash: Uint8Array }>(
      "select example_hash from optimization_samples where project_id = 'A'",
    );
    const attempts: [constraint: string, text: string, values: SqlValue[]][] = [
      [
        'optimization_runs_parent_fkey',
        "insert into optimization_runs (project_id, run_name, optimizer_type, parent_run_id) values ('B', 'x', 'gepa', $1)",
        [RUN_A],
      ],
      [
        'optimization_iterations_run_fkey',
        "insert into optimization_iterations (run_id, project_id, iteration) values ($1, 'B', 1)",
        [RUN_A],
      ],
      [
        'optimization_samples_iteration_fkey',
        "insert into optimization_samples (run_id, project_id, iteration, sample_index) values ($1, 'B', 1, 1)",
        [RUN_A],
      ],
      [
        'optimization_iterations_program_fkey',
        "insert into optimization_iterations (run_id, project_id, iteration, program_hash) values ($1, 'B', 9, $2)",
        [RUN_B, program ?? null],
      ],
      [
        'optimization_iterations_program_fkey',
        "update optimization_iterations set program_hash = $2 where run_id = $1 and project_id = 'B'",
        [RUN_B, program ?? null],
      ],
      [
        'optimization_samples_example_fkey',
        "insert into optimization_samples (run_id, project_id, iteration, sample_index, example_hash) values ($1, 'B', 1, 9, $2)",
        [RUN_B, example ?? null],
      ],
      [
        'optimization_samples_example_fkey',
        "update optimization_samples set example_hash = $2 where run_id = $1 and project_id = 'B'",
        [RUN_B, example ?? null],
      ],
    ];
    for (const [constraint, text, values] of attempts) {
      await expect(as(STRANGER, text, values), text).rejects.toMatchObject({ code: 'constraint_violation', constraint });
    }
    const both = { sub: 'owner-of-b', optrail_projects: { A: 'editor' } };
    await expect(as(both, "update optimization_runs set project_id = 'B' where id = $1", [RUN_A])).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(
      as(both, "update optimization_iterations set run_id = $1, project_id = 'B' where run_id = $2", [RUN_B, RUN_A]),
    ).rejects.toMatchObject({ code: 'forbidden' });
    const foreignParent = { projectId: 'B', runName: 'x', optimizerType: 'gepa', parentRunId: RUN_A };
    const [foreign, absent] = [
      await saidOf(stranger.createOptimizationRun(foreignParent)),
      await saidOf(stranger.createOptimizationRun({ ...foreignParent, parentRunId: ABSENT })),
    ];
    expect(foreign).toMatchObject({ code: 'constraint_violation', constraint: 'optimization_runs_parent_fkey' });
    expect(shapeOf(foreign)).toBe(shapeOf(absent));
  });

  test('a content that another tenant stored is stored again, and never read from theirs', async () => {
    await stranger.createOptimizationIteration({ runId: RUN_B, iteration: 5, program: { only: 'A' } });
    await stranger.createOptimizationSample({ runId: RUN_B, iteration: 5, sampleIndex: 0, input: { only: 'A' } });
    expect(await stranger.getOptimizationSamples(RUN_B, 5)).toMatchObject([{ input: { only: 'A' } }]);
    const stored = await trail.sql(
      `select (select count(*) from optimization_programs where program = '{"only": "A"}') as programs, (select count(*) from optimization_examples where input = '{"only": "A"}') as examples`,
    );
    expect(stored).toEqual([{ programs: 2, examples: 2 }]);
  });

  test.each(IDLE_CLAIMS)('claims of %j see and write nothing', async (claims) => {
    const write = "insert into optimization_runs (project_id, run_name, optimizer_type) values ('A', 'x', 'gepa')";
    await expect(as(claims, write)).rejects.toMatchObject({ code: 'forbidden' });
    if (claims === null) return;
    expect(await as(claims, 'select from optimization_runs')).toEqual([]);
    expect(await as(claims, 'select from optrail.accessible_projects()')).toEqual([]);
  });

  test('a key acts in each of its projects by its role there, and in no other', async () => {
    const key = trail.client.as({ optrail_projects: { A: 'viewer', B: 'editor', absent: 'owner' } });
    expect((await key.listProjects()).map(({ id }) => id)).toEqual(['A', 'B']);
    await expect(key.updateOptimizationRun(RUN_A, { notes: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await key.updateOptimizationRun(RUN_B, { notes: 'x' })).toMatchObject({ notes: 'x' });
    await expect(key.createOptimizationRun({ projectId: 'absent', runName: 'x', optimizerType: 'gepa' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await key.createOptimizationRun({ projectId: 'B', runName: 'x', optimizerType: 'gepa' })).toMatchObject({ createdBy: null });
  });

  test('a member who is sent away, or made less, may do less at once', async () => {
    const member = trail.client.as({ sub: 'changing' });
    await trail.sql("insert into optimization_project_members (project_id, user_id, role) values ('A', 'changing', 'editor')");
    expect(await member.updateOptimizationRun(RUN_A, { notes: 'mine' })).toMatchObject({ notes: 'mine' });
    await trail.sql("update optimization_project_members set role = 'viewer' where user_id = 'changing'");
    await expect(member.updateOptimizationRun(RUN_A, { notes: 'mine?' })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await member.getOptimizationRun(RUN_A)).toMatchObject({ notes: 'mine' });
    await trail.sql("delete from optimization_project_members where user_id = 'changing'");
    expect(await member.getOptimizationRun(RUN_A)).toBeNull();
  });

  test('an editor obeys the status machine, and is stamped by the same triggers', async () => {
    const editor = trail.client.as({ sub: 'editor-of-a' });
    const run = await editor.createOptimizationRun({ projectId: 'A', runName: 'x', optimizerType: 'gepa', status: 'running' });
    await editor.createOptimizationIteration({ runId: run.id, iteration: 1, score: 0.5 });
    await editor.createOptimizationSample({ runId: run.id, iteration: 1, sampleIndex: 0, totalTokens: 3 });
    const done = await editor.updateOptimizationRun(run.id, { status: 'completed' });
    expect(done).toMatchObject({
      createdBy: 'editor-of-a',
      bestScore: 0.5,
      finalScore: 0.5,
      iterations: 1,
      samplesEvaluated: 1,
      totalTokens: 3,
    });
    await expect(editor.updateOptimizationRun(run.id, { status: 'running' })).rejects.toMatchObject({ code: 'invalid_status_transition' });
  });

  test('an owner of a project deletes it with all that is in it', async () => {
    await trail.client.createOptimizationSample({
      runId: (await trail.client.createOptimizationRun({ projectId: 'C', runName: 'x', optimizerType: 'gepa' })).id,
      iteration: 1,
      sampleIndex: 0,
      input: 1,
    });
    const owner = { optrail_projects: { C: 'owner' } };
    await as(owner, "delete from optimization_projects where id = 'C'");
    for (const table of ['runs', 'iterations', 'samples', 'examples'])
      expect(await trail.sql(`select from optimization_${table} where project_id = 'C'`)).toEqual([]);
  });

  test('what triggers keep, and what an identity is made of, nobody else can write', async () => {
    const columns = await trail.sql<{ table: string; column: string; role: string; insert: boolean; update: boolean }>(
      `select c.relname as "table", a.attname as "column", r.role, has_column_privilege(r.role, c.oid, a.attnum, 'insert') as insert, has_column_privilege(r.role, c.oid, a.attnum, 'update') as update
       from pg_class as c join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped, unnest(array['authenticated', 'service_role']) as r(role)
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and (a.attgenerated <> '' or a.attname ~ $1 or a.attname = any ($2))`,
      [KEPT.source, [...new Set(Object.values(IDENTITY).flat())]],
    );
    expect(columns.length).toBeGreaterThan(100);
    const isIdentity = ({ table, column }: { table: string; column: string }) => IDENTITY[table]?.includes(column) ?? false;
    expect(columns.filter((column) => isIdentity(column) && column.update)).toEqual([]);
    const kept = columns.filter(({ column, table }) => KEPT.test(column) && !isIdentity({ column, table }));
    expect(kept.filter(({ insert, update }) => insert || update)).toEqual([]);
    for (const column of ['best_score', 'recorded_iterations', 'attempt', 'updated_at', 'created_by', 'project_id']) {
      const write = as({ sub: 'owner-of-a' }, `update optimization_runs set ${column} = ${column} where id = $1`, [RUN_A]);
      await expect(write, column).rejects.toMatchObject({ code: 'forbidden' });
    }
  });

  test('every table has row-level security, enabled and forced, with each policy for one role', async () => {
    const bare = await trail.sql(
      `select oid::regclass::text as name from pg_class where relnamespace in ('public'::regnamespace, 'optrail'::regnamespace) and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)`,
    );
    expect(bare).toEqual([]);
    expect(await trail.sql("select polname from pg_policy where cardinality(polroles) <> 1 or polroles = '{0}'")).toEqual([]);
  });

  test("functions with the owner's rights stand in the private schema and fix their search_path", async () => {
    const loose = await trail.sql(
      `select oid::regprocedure::text as name from pg_proc
       where pronamespace in ('public'::regnamespace, 'optrail'::regnamespace) and prosecdef
         and (pronamespace <> 'optrail'::regnamespace or 'search_path=pg_catalog, pg_temp' <> all (coalesce(proconfig, '{}')))`,
    );
    expect(loose).toEqual([]);
  });
});

describe.each(TESTED.filter(({ kind }) => kind === 'postgres'))('other connections to $name', (install) => {
  const trail = useTrail(install);
  beforeAll(() => fill(trail));

  test('an identity ends with its transaction, on a connection that others use next', async () => {
    const pool = new pg.Pool({ connectionString: trail.url, max: 1 });
    onTestFinished(() => pool.end());
    const client = createClient({ pool });
    const viewer = client.as({ sub: 'viewer-of-a' });
    const whoAmI = async () =>
      (
        await pool.query(
          "select current_user = session_user as himself, coalesce(current_setting('request.jwt.claims', true), '') as claims",
        )
      ).rows;
    expect(await viewer.getOptimizationRun(RUN_A)).not.toBeNull();
    expect(await whoAmI()).toEqual([{ himself: true, claims: '' }]);
    await expect(viewer.createOptimizationSample({ runId: RUN_A, iteration: 1, sampleIndex: 5 })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(await whoAmI()).toEqual([{ himself: true, claims: '' }]);
    expect(await client.as({}).getOptimizationRun(RUN_A)).toBeNull();
    expect(await client.getOptimizationRun(RUN_A)).not.toBeNull();
  });

  test('service_role may do all that the helper functions do, in a new project too', async () => {
    const pool = new pg.Pool({ connectionString: trail.url, max: 2, options: '-c role=service_role' });
    onTestFinished(() => pool.end());
    const client = createClient({ pool });
    const failedRun = async () =>
      (await client.createOptimizationRun({ projectId: 'A', runName: 'to go on', optimizerType: 'gepa', status: 'failed' })).id;
    expect((await pool.query('select current_user')).rows).toEqual([{ current_user: 'service_role' }]);
    const calls = Object.entries(SDK_CALLS).toSorted(
      ([one], [other]) => Number(one.startsWith('delete')) - Number(other.startsWith('delete')),
    );
    for (const [name, call] of calls) {
      // The run of the other scenarios is completed, which is final.
      const id = name.startsWith('resume') ? await failedRun() : RUN_A;
      expect(await call(client, id), name).not.toEqual([]);
    }
    const keyId = await fillProject({ client }, 'administered');
    for (const [name, call] of Object.entries(ADMINISTRATION_CALLS)) expect(await call(client, 'administered', keyId), name).toBeTruthy();
    expect(await client.getProject('administered')).toBeNull();
    expect(await client.createOptimizationRun({ projectId: 'new', runName: 'x', optimizerType: 'gepa' })).toMatchObject({
      createdBy: null,
    });
    await client.refreshOptimizationAnalytics();
    expect(await client.getOptimizationAnalytics('new')).toMatchObject([{ totalRuns: 1 }]);
    expect(await client.listOptimizationRuns({ projectId: 'B', tags: ['rare'] })).toMatchObject({ data: [{ id: RUN_B }] });
    expect(await client.as({ sub: 'viewer-of-a' }).getOptimizationRun(RUN_B)).toBeNull();
  });
});
