import { beforeAll, describe, expect, test } from 'vitest';
import type { SqlValue } from '../../src/database/port.js';
import { ABSENT, aRun, newProject } from '../support/records.js';
import { INSTALLS, useTrail } from '../support/trails.js';

const TOO_LONG = "repeat('x', 201)";

/** For each named constraint: assignments that it refuses, as an UPDATE of a sound row would make them. */
const REFUSED: Record<string, Record<string, string[]>> = {
  optimization_projects: {
    optimization_projects_id_length: ["id = ''", `id = ${TOO_LONG}`],
    optimization_projects_name_length: ["name = ''", `name = ${TOO_LONG}`],
    optimization_projects_metadata_object: ["metadata = '[]'"],
  },
  optimization_project_members: {
    optimization_project_members_project_fkey: ["project_id = 'absent'"],
    optimization_project_members_user_length: ["user_id = ''", `user_id = ${TOO_LONG}`],
    optimization_project_members_role_known: ["role = 'boss'", "role = ''"],
  },
  optimization_runs: {
    optimization_runs_project_fkey: ["project_id = 'absent'"],
    optimization_runs_parent_fkey: [`parent_run_id = '${ABSENT}'`],
    optimization_runs_parent_other: ['parent_run_id = id'],
    optimization_runs_name_length: ["run_name = ''", `run_name = ${TOO_LONG}`],
    optimization_runs_optimizer_slug: [
      "optimizer_type = ''",
      "optimizer_type = 'Gepa'",
      "optimizer_type = 'a b'",
      "optimizer_type = E'gepa\\n'",
      `optimizer_type = ${TOO_LONG}`,
    ],
    optimization_runs_status_known: [], // an update is refused by the status machine first; an insert below
    optimization_runs_attempt_positive: ['attempt = 0'],
    optimization_runs_direction_known: ["direction = 'up'"],
    optimization_runs_score_max_range: [
      'score_max = 0',
      'score_max = -1',
      "score_max = 'NaN'",
      "score_max = 'Infinity'",
      'score_max = 1e-101',
    ],
    optimization_runs_config_object: ["config = '[]'", 'config = \'"x"\'', "config = 'null'"],
    optimization_runs_config_optimizer: [`config = '{"optimizer": "miprov2"}'`],
    optimization_runs_metric_length: [`config = jsonb_build_object('metric', ${TOO_LONG})`],
    optimization_runs_model_length: [
      `config = jsonb_build_object('model', ${TOO_LONG})`,
      `config = jsonb_build_object('model_config', jsonb_build_object('model', ${TOO_LONG}))`,
    ],
    optimization_runs_tags_form: [
      'tags = \'{""}\'',
      "tags = '{null}'",
      `tags = array[${TOO_LONG}]`,
      "tags = array_fill('x'::text, array[101])",
    ],
    optimization_runs_metadata_object: ["metadata = '[]'"],
    optimization_runs_eval_set_length: ["eval_set_hash = ''", `eval_set_hash = ${TOO_LONG}`],
    optimization_runs_times_finite: ["start_time = 'infinity'", "end_time = '-infinity'"],
    optimization_runs_initial_score_range: [
      "declared_initial_score = 'NaN'",
      "declared_initial_score = 'Infinity'",
      'declared_initial_score = 1.1e100',
    ],
    optimization_runs_final_score_range: [
      "declared_final_score = 'NaN'",
      "declared_final_score = '-Infinity'",
      'declared_final_score = -1.1e100',
    ],
    optimization_runs_best_iteration_range: ['declared_best_iteration = -1'],
    optimization_runs_counts_range: [
      'declared_iterations',
      'declared_samples_evaluated',
      'declared_successful_samples',
      'declared_failed_samples',
    ].map((column) => `${column} = -1`),
    optimization_runs_tokens_range: ['declared_total_tokens = -1'],
    optimization_runs_cost_range: ['declared_total_cost_usd = -1', "declared_total_cost_usd = 'NaN'"],
    optimization_runs_latency_range: [
      'declared_avg_latency_ms = -1',
      "declared_avg_latency_ms = 'NaN'",
      "declared_avg_latency_ms = 'Infinity'",
    ],
    optimization_runs_duration_range: ['declared_duration_ms = -1', "declared_duration_ms = 'NaN'"],
  },
  optimization_programs: {
    optimization_programs_project_fkey: ["project_id = 'absent'"],
    optimization_programs_hash_length: ["program_hash = ''", "program_hash = '\\x00'"],
    optimization_programs_text_matches: ["program_text = '1'", "program_text = '2', program_hash = sha256('2')"],
  },
  optimization_examples: {
    optimization_examples_project_fkey: ["project_id = 'absent'"],
    optimization_examples_hash_length: ["example_hash = ''", "example_hash = '\\x00'"],
  },
  optimization_iterations: {
    optimization_iterations_run_fkey: [`run_id = '${ABSENT}'`, "project_id = 'absent'"],
    optimization_iterations_program_fkey: ["program_hash = decode(repeat('00', 32), 'hex')"],
    optimization_iterations_number_range: ['iteration = -1'],
    optimization_iterations_status_known: ["status = 'stale'"],
    optimization_iterations_kind_known: ["eval_kind = 'half'"],
    optimization_iterations_decision_known: ["decision = 'maybe'", "decision = ''"],
    optimization_iterations_score_range: ["score = 'NaN'", "score = 'Infinity'", 'score = 1.1e100'],
    optimization_iterations_scores_form: [
      "scores = '[]'",
      `scores = '{"a": null}'`,
      `scores = '{"a": "1"}'`,
      `scores = '{"a": 1e101}'`,
      `scores = '{"a": 1e131071}'`,
    ],
    optimization_iterations_params_object: ["params = '[]'"],
    optimization_iterations_metadata_object: ["metadata = '1'"],
    optimization_iterations_parents_form: ["parent_iterations = '{null}'"],
    optimization_iterations_times_finite: ["start_time = 'infinity'", "end_time = '-infinity'"],
    optimization_iterations_duration_range: ['declared_duration_ms = -1', "declared_duration_ms = 'NaN'"],
    optimization_iterations_tokens_range: ['prompt_tokens = -1', 'completion_tokens = -1', 'declared_total_tokens = -1'],
    optimization_iterations_cost_range: ['cost_usd = -1', "cost_usd = 'NaN'"],
  },
  optimization_samples: {
    optimization_samples_iteration_fkey: [`run_id = '${ABSENT}'`, 'iteration = 99', "project_id = 'absent'"],
    optimization_samples_example_fkey: ["example_hash = decode(repeat('00', 32), 'hex')"],
    optimization_samples_index_range: ['sample_index = -1'],
    optimization_samples_score_range: ["score = 'NaN'", "score = '-Infinity'", 'score = 1.1e100'],
    optimization_samples_scores_form: ["scores = '[]'", `scores = '{"a": {}}'`],
    optimization_samples_latency_range: ['latency_ms = -1', "latency_ms = 'NaN'", "latency_ms = 'Infinity'"],
    optimization_samples_tokens_range: ['prompt_tokens = -1', 'completion_tokens = -1', 'declared_total_tokens = -1'],
    optimization_samples_cost_range: ['cost_usd = -1', "cost_usd = 'NaN'"],
    optimization_samples_example_id_length: ["example_id = ''", `example_id = ${TOO_LONG}`],
    optimization_samples_split_length: ["split = ''", `split = ${TOO_LONG}`],
    optimization_samples_metadata_object: ["metadata = '[]'"],
  },
  optimization_checkpoints: {
    optimization_checkpoints_run_fkey: [`run_id = '${ABSENT}'`, "project_id = 'absent'"],
    optimization_checkpoints_state_size: ["state = repeat('x', 16777217)", "state = repeat('ü', 8388609)"],
  },
};

/** At the very edge, and still sound. */
const ALLOWED: Record<string, string[]> = {
  optimization_runs: [
    "run_name = repeat('ü', 200)",
    "optimizer_type = repeat('x', 200)",
    "tags = array_fill(repeat('ü', 200), array[100])",
    "tags = '{}'",
    "config = jsonb_build_object('metric', repeat('ü', 200), 'model', repeat('ü', 200))",
    'declared_final_score = 1e100, declared_initial_score = -1e100, score_max = 1e-100',
    'declared_final_score = 5e-324, declared_initial_score = 1e-200, score_max = 1e100',
    'declared_final_score = -1e100, declared_initial_score = 5e-324, score_max = 1e100',
    'declared_duration_ms = 1e12, declared_avg_latency_ms = 0',
    "start_time = '0001-01-01Z', end_time = '9999-12-31Z'",
    'declared_iterations = 2147483647, declared_total_tokens = 9223372036854775807, declared_total_cost_usd = 1e9',
  ],
  optimization_iterations: [
    'score = -1e100',
    'iteration = 2147483647',
    "scores = '{}'",
    `scores = '{"a": -1e100}'`,
    "parent_iterations = '{-3}'",
  ],
  optimization_samples: ['score = 0, latency_ms = 1e12', 'sample_index = 2147483647', 'scores = \'{"a": 5e-324}\''],
  optimization_checkpoints: ["state = repeat('ü', 8388608)"],
};

const TABLES = Object.keys(REFUSED);
/** The rows of a project that nothing else points at, where a table has others too. */
const LEAVES: Record<string, string> = {
  optimization_projects: 'id = $1',
  optimization_runs: "project_id = $1 and notes = 'leaf'",
  optimization_iterations: "project_id = $1 and decision_reason = 'leaf'",
};

describe.each(INSTALLS)('constraints on $name', (install) => {
  const trail = useTrail(install);
  const projectId = newProject();
  const update = (table: string, assignment: string) =>
    trail.sql(`update ${table} set ${assignment} where ${LEAVES[table] ?? 'project_id = $1'} returning 'changed' as row`, [projectId]);

  beforeAll(async () => {
    const { client, sql } = trail;
    await client.createOptimizationRun(aRun(projectId, { status: 'completed', notes: 'leaf' }));
    const { id: runId } = await client.createOptimizationRun(aRun(projectId));
    await client.createOptimizationIteration({ runId, iteration: 1, decisionReason: 'leaf' });
    await sql("insert into optimization_project_members (project_id, user_id) values ($1, 'u')", [projectId]);
    await sql("insert into optimization_programs (project_id, program_hash, program) values ($1, decode(repeat('11', 32), 'hex'), '1')", [
      projectId,
    ]);
    await sql("insert into optimization_examples (project_id, example_hash) values ($1, decode(repeat('11', 32), 'hex'))", [projectId]);
    await client.createOptimizationSample({ runId, iteration: 2, sampleIndex: 0 });
    await client.createOptimizationCheckpoint({ runId, state: {} });
  });

  test.each(TABLES)('each of %s refuses what it is there for, by its name', async (table) => {
    for (const [constraint, assignments] of Object.entries(REFUSED[table] ?? {})) {
      for (const assignment of assignments) {
        await expect(update(table, assignment), assignment).rejects.toMatchObject({ code: 'constraint_violation', constraint });
      }
    }
  });

  test('a run of an unknown status is refused on its way in', async () => {
    const insert = trail.sql(
      "insert into optimization_runs (project_id, run_name, optimizer_type, status) values ($1, 'x', 'gepa', 'done')",
      [projectId],
    );
    await expect(insert).rejects.toMatchObject({ code: 'constraint_violation', constraint: 'optimization_runs_status_known' });
  });

  test.each(Object.entries(ALLOWED))('those of %s allow what is sound to the very edge', async (table, assignments) => {
    for (const assignment of assignments) await expect(update(table, assignment), assignment).resolves.toEqual([{ row: 'changed' }]);
  });

  test('there is none without a case here, and none without a name of its own', async () => {
    const found = await trail.sql<{ relation: string; name: string }>(
      `select conrelid::regclass::text as relation, conname as name from pg_constraint
       where connamespace = 'public'::regnamespace and contype in ('c', 'f') order by 1, 2`,
    );
    const named = Object.entries(REFUSED).flatMap(([relation, constraints]) =>
      Object.keys(constraints).map((name) => ({ relation, name })),
    );
    const order = ({ relation, name }: { relation: string; name: string }) => `${relation}.${name}`;
    expect(found.map(order).sort()).toEqual(named.map(order).sort());
    const unnamed = await trail.sql(
      "select conname from pg_constraint where connamespace in ('public'::regnamespace, 'optrail'::regnamespace) and contype <> 'n' and conname ~ '_(check|key)[0-9]*$' and conname !~ '^analytics_rollup_group_key$'",
    );
    expect(unnamed).toEqual([]);
  });

  test('a sample without its iteration is refused where nothing makes a placeholder', async () => {
    const { id } = await trail.client.createOptimizationRun(aRun(projectId));
    const insert = trail.sql('insert into optimization_samples (run_id, project_id, iteration, sample_index) values ($1, $2, 1, 0)', [
      id,
      projectId,
    ]);
    await expect(insert).rejects.toMatchObject({ constraint: 'optimization_samples_iteration_fkey' });
  });

  test('a hash that is not that of its content is refused, and so is content without one', async () => {
    const { id: runId } = await trail.client.createOptimizationRun(aRun(newProject()));
    const [run] = await trail.sql('select project_id, id from optimization_runs where id = $1', [runId]);
    const good = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c'; // of "foo\n"
    const iteration = (hash: SqlValue, content: SqlValue) =>
      trail.sql('select record_optimization_iteration($1, $2, $3)', [JSON.stringify({ run_id: runId, iteration: 1 }), hash, content]);
    const samples = (hashes: readonly string[], contents: readonly string[]) =>
      trail.sql('select record_optimization_samples($1, $2, $3, $4)', [String(run?.project_id), '[]', hashes, contents]);
    const wrong = { code: 'invalid_input', sqlState: 'OT002' };
    const text = '{"input":1}';
    await expect(iteration(good, '"foo"')).rejects.toMatchObject(wrong);
    await expect(iteration(good.toUpperCase(), '"foo\\n"')).rejects.toMatchObject(wrong);
    await expect(iteration(null, '"foo"')).rejects.toMatchObject(wrong);
    await expect(samples([good], [text])).rejects.toMatchObject(wrong);
    await expect(samples([good, good], [text])).rejects.toMatchObject(wrong);
    await expect(samples([good], [])).rejects.toMatchObject(wrong);
    await expect(samples([], [text])).rejects.toMatchObject(wrong);
    expect(await trail.sql('select from optimization_programs where project_id = $1', [String(run?.project_id)])).toEqual([]);
    expect(await trail.client.getOptimizationIterations(runId)).toEqual([]);
  });

  test('deleting a project takes all that is in it, and nothing of another', async () => {
    const { client, sql } = trail;
    const [going, staying] = [newProject(), newProject()];
    for (const project of [going, staying]) {
      const { id } = await client.createOptimizationRun(aRun(project));
      const { id: runId } = await client.createOptimizationRun(aRun(project, { parentRunId: id, status: 'completed' }));
      await client.createOptimizationIteration({ runId, iteration: 1, score: 1, program: 'p' });
      await client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0, input: 'x' });
      await client.createOptimizationCheckpoint({ runId, state: {} });
      await sql("insert into optimization_project_members (project_id, user_id, role) values ($1, 'u', 'owner')", [project]);
    }
    await client.refreshOptimizationAnalytics();
    const counts = async (project: string) =>
      Promise.all(
        TABLES.map(
          async (table) =>
            (await sql(`select from ${table} where ${table === 'optimization_projects' ? 'id' : 'project_id'} = $1`, [project])).length,
        ),
      );
    expect(await counts(going)).toEqual([1, 1, 2, 1, 1, 1, 1, 1]);
    await sql('delete from optimization_projects where id = $1', [going]);
    await client.refreshOptimizationAnalytics();
    expect(await counts(going)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(await counts(staying)).toEqual([1, 1, 2, 1, 1, 1, 1, 1]);
    expect(await client.getOptimizationAnalytics(going)).toEqual([]);
    expect(await client.getOptimizationAnalytics(staying)).toHaveLength(2);
    expect(
      await client.getOptimizationRun((await client.listOptimizationRuns({ projectId: staying, status: 'completed' })).data[0]?.id ?? ''),
    ).toMatchObject({ iterations: 1, samplesEvaluated: 1, bestScore: 1 });
  });
});
