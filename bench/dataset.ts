import type { Pool } from 'pg';

/** How much is made. Everything follows from the row's number, so that two makings of one size are the same database. */
export interface Size {
  runs: number;
  projects: number;
  /** Runs of project `p-large`; the rest is spread over the others, a few large and many small. */
  largest: number;
}

export const FULL: Size = { runs: 1_000_000, projects: 500, largest: 300_000 };
export const SMALL: Size = { runs: 10_000, projects: 50, largest: 3_000 };

export const LARGE_PROJECT = 'p-large0';
export const MEMBER = 'bench-member';
/** In about half of the runs, in one of 25, in one of 20,000. */
export const TAGS = { common: 'production', some: 'nightly', rare: 'regression-hunt' } as const;

// A multiplicative hash: evenly spread, the same everywhere, and not in step with the row's number.
const noise = (salt: number, modulus: number) => `((i::bigint * 2654435761 + ${salt} * 40503) % 4294967291 % ${modulus})`;

const PROJECT = (size: Size) => `
  case when ${noise(1, size.runs)} < ${size.largest} then '${LARGE_PROJECT}'
    else 'p-' || lpad((floor(power(${noise(2, 100_000)} / 100000.0, 2.2) * ${size.projects - 1}))::int::text, 6, '0') end`;

const RUNS = (size: Size, from: number, to: number) => `
  insert into public.optimization_runs (
    id, project_id, run_name, optimizer_type, status, config, tags, created_at, start_time, end_time, eval_set_hash,
    declared_initial_score, declared_final_score, declared_iterations, declared_samples_evaluated, declared_total_tokens,
    declared_total_cost_usd, score_max)
  select
    (lpad(to_hex(1760000000000 + i * 31000::bigint), 12, '0') || '7' || substr(md5(i::text), 1, 3) || 'a' || substr(md5(i::text), 4, 15))::uuid,
    ${PROJECT(size)},
    'run ' || i || ' of ' || (array['triage', 'extraction', 'summaries', 'routing'])[1 + ${noise(3, 4)}],
    (array['gepa', 'gepa', 'miprov2', 'miprov2', 'miprov2', 'bootstrap_fewshot', 'copro', 'simba'])[1 + ${noise(4, 8)}],
    state,
    jsonb_build_object(
      'metric', (array['accuracy', 'accuracy', 'f1', 'exact_match'])[1 + ${noise(5, 4)}],
      'max_iterations', 10 + ${noise(6, 90)},
      'model_config', jsonb_build_object(
        'model', (array['gpt-4', 'gpt-4', 'gpt-4', 'claude-sonnet', 'claude-sonnet', 'llama-70b', 'mistral-large', 'gemini-pro'])[1 + ${noise(7, 8)}],
        'temperature', ${noise(8, 11)} / 10.0),
      'seed', ${noise(9, 50_000)},
      'dataset', jsonb_build_object('name', 'tickets-' || ${noise(10, 40)}, 'train', 200, 'val', 100)),
    (case when ${noise(11, 2)} = 0 then array['${TAGS.common}'] else array['experiment'] end)
      || case when ${noise(12, 25)} = 0 then array['${TAGS.some}'] else '{}' end
      || case when ${noise(13, 20_000)} = 0 then array['${TAGS.rare}'] else '{}' end
      || array['batch-' || i / 100],
    timestamptz '2025-10-09 00:00Z' + i * interval '31 seconds',
    case when state <> 'pending' then timestamptz '2025-10-09 00:01Z' + i * interval '31 seconds' end,
    case when state in ('completed', 'failed', 'cancelled')
      then timestamptz '2025-10-09 00:01Z' + i * interval '31 seconds' + (1 + ${noise(14, 7200)}) * interval '1 second' end,
    'set-' || ${noise(15, 20)},
    ${noise(16, 600)} / 1000.0,
    case when state = 'completed' then least(1, ${noise(16, 600)} / 1000.0 + ${noise(17, 4000)} / 10000.0) end,
    ${noise(18, 60)}, ${noise(19, 9000)}, ${noise(20, 3_000_000)}, ${noise(21, 100_000)} / 10000.0, 1
  from generate_series(${from}::bigint, ${to}::bigint) as i
  cross join lateral (select (array['completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed',
    'completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'failed', 'failed',
    'cancelled', 'pending'])[1 + ${noise(22, 20)}] as state) as s`;

/** Fills an empty, migrated database. Triggers run as they do for everybody; only the refresh is left to the caller. */
export async function makeRuns(pool: Pool, size: Size, progress: (done: number) => void = () => {}): Promise<void> {
  await pool.query(`insert into public.optimization_projects (id, name)
    select 'p-' || lpad(n::text, 6, '0'), 'Project ' || n from generate_series(0, ${size.projects - 2}) as n
    union all select '${LARGE_PROJECT}', 'The large project'`);
  await pool.query(`insert into public.optimization_project_members (project_id, user_id, role)
    select id, '${MEMBER}', 'editor' from public.optimization_projects where id in ('${LARGE_PROJECT}', 'p-000003', 'p-000200', 'p-000400')`);
  const step = 20_000;
  for (let from = 1; from <= size.runs; from += step) {
    await pool.query(RUNS(size, from, Math.min(from + step - 1, size.runs)));
    progress(from + step - 1);
  }
}
