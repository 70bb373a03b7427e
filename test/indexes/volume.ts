import pg from 'pg';
import { LARGE_PROJECT, makeRuns } from '../../bench/dataset.js';
import { freshDatabase } from '../support/databases.js';
import type { Major } from '../support/postgres.js';

const SIZE = { runs: 15_000, projects: 300, largest: 5_000 };

export interface Volume {
  url: string;
  /** The newest run of the large project: it has 100 iterations, some with a program, and samples in one of them. */
  runId: string;
  /** A run with children. */
  parentRunId: string;
  /** A piece of configuration that a few runs have. */
  rareConfig: { seed: number };
  /** The name of the oldest run of the large project that has the common tag. */
  oldestName: string;
}

/** Of the tables that grow with each run. */
export const LARGE_TABLES = [
  'optimization_runs',
  'optimization_iterations',
  'optimization_samples',
  'optimization_programs',
  'optimization_checkpoints',
];

const REST = `
  insert into public.optimization_project_members (project_id, user_id, role)
    select p.id, 'user-' || n, 'viewer' from public.optimization_projects as p, generate_series(1, 10) as n;
  update public.optimization_runs set parent_run_id = (select min(id::text)::uuid from public.optimization_runs where project_id = '${LARGE_PROJECT}')
    where id in (select id from public.optimization_runs where project_id = '${LARGE_PROJECT}' order by id desc limit 20);
  update public.optimization_runs set config = config || '{"seed": 4711}'
    where id in (select id from public.optimization_runs where project_id = '${LARGE_PROJECT}' order by md5(id::text) limit 4);
  insert into public.optimization_programs (project_id, program_hash, program)
    select '${LARGE_PROJECT}', sha256(n::text::bytea), jsonb_build_object('n', n, 'prompt', case when n % 5 = 0 then 'said' end) from generate_series(1, 3000) as n;
  insert into public.optimization_examples (project_id, example_hash, input)
    select '${LARGE_PROJECT}', sha256(n::text::bytea), jsonb_build_object('n', n) from generate_series(1, 500) as n;
  insert into public.optimization_iterations (run_id, project_id, iteration, score, program_hash)
    select r.id, r.project_id, n, n / 200.0, case when n % 5 = 0 then sha256(n::text::bytea) end
    from (select id, project_id from public.optimization_runs where project_id = '${LARGE_PROJECT}' order by created_at desc limit 20) as r,
      generate_series(1, 100) as n;
  insert into public.optimization_samples (run_id, project_id, iteration, sample_index, example_hash, score)
    select i.run_id, i.project_id, i.iteration, n, sha256(n::text::bytea), 0.5
    from public.optimization_iterations as i, generate_series(1, 100) as n where i.iteration <= 10;
  insert into public.optimization_checkpoints (run_id, project_id, state)
    select id, project_id, '{}' from public.optimization_runs where project_id = '${LARGE_PROJECT}';
  select public.refresh_optimization_analytics();`;

/** Enough runs for the planner to have a choice: 15,000 of 300 tenants, a third of them in one project, with what is below them. */
export async function makeVolume(major: Major): Promise<Volume> {
  const url = await freshDatabase(major, { migrated: true });
  const pool = new pg.Pool({ connectionString: url });
  try {
    await makeRuns(pool, SIZE);
    await pool.query(REST);
    await pool.query('vacuum analyze');
    const { rows } = await pool.query<Omit<Volume, 'url' | 'rareConfig'>>(
      `select (array_agg(id order by created_at desc))[1] as "runId", (array_agg(parent_run_id) filter (where parent_run_id is not null))[1] as "parentRunId",
        (array_agg(run_name order by created_at) filter (where tags @> '{production}'))[1] as "oldestName"
       from public.optimization_runs where project_id = $1`,
      [LARGE_PROJECT],
    );
    if (rows[0] === undefined) throw new Error('no runs were made');
    return { url, rareConfig: { seed: 4711 }, ...rows[0] };
  } finally {
    await pool.end();
  }
}
