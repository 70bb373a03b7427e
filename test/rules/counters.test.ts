import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aRun, newProject } from '../support/records.js';
import { INSTALLS, type Trail, useTrail } from '../support/trails.js';

const NUMBERS = [0, 1, 2, 3, 4] as const;
const number = fc.constantFrom(...NUMBERS);
const numbers = fc.uniqueArray(number, { minLength: 1, maxLength: 3 });
const score = fc.option(fc.constantFrom(0, 0.5, 0.9, -1), { freq: 4 });
const tokens = fc.option(fc.constantFrom(0, 3, 500));
const cost = fc.option(fc.constantFrom(0, 0.25, 0.0000000001));

const iterationFields = fc.record({
  score,
  status: fc.constantFrom('completed', 'completed', 'completed', 'running', 'failed'),
  eval_kind: fc.constantFrom('full', 'full', 'full', 'minibatch', 'test'),
  decision: fc.option(fc.constantFrom('accepted', 'rejected')),
  is_baseline: fc.boolean(),
  prompt_tokens: tokens,
  completion_tokens: tokens,
  declared_total_tokens: tokens,
  cost_usd: cost,
});
const sampleFields = fc.record({
  success: fc.option(fc.boolean()),
  error_message: fc.option(fc.constant('boom')),
  latency_ms: fc.option(fc.constantFrom(0, 1.5, 20.125)),
  prompt_tokens: tokens,
  completion_tokens: tokens,
  declared_total_tokens: tokens,
  cost_usd: cost,
});

const ITERATION_COLUMNS =
  'score, status, eval_kind, decision, is_baseline, prompt_tokens, completion_tokens, declared_total_tokens, cost_usd';
const SAMPLE_COLUMNS = 'success, error_message, latency_ms, prompt_tokens, completion_tokens, declared_total_tokens, cost_usd';

/** One statement as anybody may write it, over any rows of two runs. */
const statement = fc.oneof(
  fc.record({ kind: fc.constant('insert iterations' as const), numbers, rows: fc.array(iterationFields, { minLength: 3, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('update iterations' as const), numbers, fields: iterationFields }),
  fc.record({ kind: fc.constant('delete iterations' as const), numbers }),
  fc.record({ kind: fc.constant('renumber iterations' as const), numbers, by: fc.constantFrom(10, -10) }),
  fc.record({ kind: fc.constant('insert samples' as const), numbers, rows: fc.array(sampleFields, { minLength: 3, maxLength: 3 }) }),
  fc.record({ kind: fc.constant('update samples' as const), numbers, fields: sampleFields }),
  fc.record({ kind: fc.constant('delete samples' as const), numbers }),
  fc.record({ kind: fc.constant('declare' as const), best: fc.option(number), direction: fc.constantFrom('maximize', 'minimize') }),
);
type Statement = typeof statement extends fc.Arbitrary<infer S> ? S : never;

function run({ sql }: Trail, projectId: string, { kind, ...rest }: Statement): Promise<unknown> {
  const parameters = 'numbers' in rest ? [projectId, rest.numbers] : [projectId];
  const json = JSON.stringify('rows' in rest ? rest.rows : 'fields' in rest ? rest.fields : {});
  switch (kind) {
    case 'insert iterations':
      return sql(
        `insert into optimization_iterations (run_id, project_id, iteration, ${ITERATION_COLUMNS})
         select r.id, $1, n.number, ${ITERATION_COLUMNS.replaceAll(/\w+/g, 'f.$&')}
         from optimization_runs as r cross join unnest($2::int[]) with ordinality as n(number, place)
         join jsonb_array_elements($3::jsonb) with ordinality as e(fields, place) on e.place = n.place
         cross join lateral jsonb_populate_record(null::optimization_iterations, e.fields) as f
         where r.project_id = $1 on conflict do nothing`,
        [...parameters, json],
      );
    case 'update iterations':
      return sql(
        `update optimization_iterations as i set (${ITERATION_COLUMNS}) =
           (select ${ITERATION_COLUMNS} from jsonb_populate_record(null::optimization_iterations, $3::jsonb))
         where project_id = $1 and iteration = any ($2)`,
        [...parameters, json],
      );
    case 'renumber iterations':
      // Those that have samples are held in their place by them.
      return sql(
        `update optimization_iterations as i set iteration = iteration + $3::int
         where project_id = $1 and iteration = any ($2) and iteration + $3::int >= 0
           and not exists (select from optimization_samples as s where s.run_id = i.run_id and s.iteration = i.iteration)
           and not exists (select from optimization_iterations as o where o.run_id = i.run_id and o.iteration = i.iteration + $3::int)`,
        [...parameters, 'by' in rest ? rest.by : 0],
      );
    case 'insert samples':
      return sql(
        `insert into optimization_samples (run_id, project_id, iteration, sample_index, ${SAMPLE_COLUMNS})
         select i.run_id, $1, i.iteration, e.place, ${SAMPLE_COLUMNS.replaceAll(/\w+/g, 'f.$&')}
         from optimization_iterations as i cross join jsonb_array_elements($3::jsonb) with ordinality as e(fields, place)
         cross join lateral jsonb_populate_record(null::optimization_samples, e.fields) as f
         where i.project_id = $1 and i.iteration = any ($2) on conflict do nothing`,
        [...parameters, json],
      );
    case 'update samples':
      return sql(
        `update optimization_samples set (${SAMPLE_COLUMNS}) =
           (select ${SAMPLE_COLUMNS} from jsonb_populate_record(null::optimization_samples, $3::jsonb))
         where project_id = $1 and iteration = any ($2) and sample_index <> 2`,
        [...parameters, json],
      );
    case 'delete iterations':
      return sql('delete from optimization_iterations where project_id = $1 and iteration = any ($2)', parameters);
    case 'delete samples':
      return sql('delete from optimization_samples where project_id = $1 and iteration = any ($2) and sample_index <> 1', parameters);
    case 'declare':
      return sql('update optimization_runs set declared_best_iteration = $2, direction = $3 where project_id = $1', [
        projectId,
        'best' in rest ? rest.best : null,
        'direction' in rest ? rest.direction : 'maximize',
      ]);
  }
}

const KEPT = `recorded_iterations, recorded_iteration_tokens, recorded_iteration_cost_usd, recorded_samples, recorded_failed_samples,
  recorded_sample_tokens, recorded_sample_cost_usd, recorded_latency_count, recorded_latency_sum_ms, recorded_baseline_score, best_iteration, best_score`;

/** The same figures told from the rows alone, in the words of the data model. */
const RECOUNT = `
  select i.count as recorded_iterations, i.tokens as recorded_iteration_tokens, i.cost as recorded_iteration_cost_usd,
    s.count as recorded_samples, s.failed as recorded_failed_samples, s.tokens as recorded_sample_tokens, s.cost as recorded_sample_cost_usd,
    s.latencies as recorded_latency_count, s.latency as recorded_latency_sum_ms, baseline.score as recorded_baseline_score,
    case when r.declared_best_iteration is null then best.iteration else r.declared_best_iteration end as best_iteration,
    case when r.declared_best_iteration is null then best.score else declared.score end as best_score
  from optimization_runs as r
  cross join lateral (
    select count(*), coalesce(sum(coalesce(declared_total_tokens, coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0))), 0) as tokens, coalesce(sum(cost_usd), 0) as cost
    from optimization_iterations where run_id = r.id) as i
  cross join lateral (
    select count(*), count(*) filter (where success = false or (success is null and error_message is not null)) as failed,
      coalesce(sum(coalesce(declared_total_tokens, coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0))), 0) as tokens, coalesce(sum(cost_usd), 0) as cost,
      count(latency_ms) as latencies, coalesce(sum(latency_ms), 0) as latency
    from optimization_samples where run_id = r.id) as s
  left join lateral (
    select score from optimization_iterations
    where run_id = r.id and is_baseline and status = 'completed' and score is not null order by iteration limit 1) as baseline on true
  left join lateral (
    select iteration, score from optimization_iterations
    where run_id = r.id and status = 'completed' and eval_kind = 'full' and score is not null and coalesce(decision, '') <> 'rejected'
    order by case r.direction when 'minimize' then score else -score end, iteration limit 1) as best on true
  left join optimization_iterations as declared on declared.run_id = r.id and declared.iteration = r.declared_best_iteration
  where r.project_id = $1 order by r.id`;

describe.each(INSTALLS)('counters on $name', (install) => {
  const trail = useTrail(install);

  test('equal a recount after each of any statements', async () => {
    const property = fc.asyncProperty(fc.array(statement, { minLength: 1, maxLength: 15 }), async (statements) => {
      const projectId = newProject();
      for (const runName of ['one', 'two']) await trail.client.createOptimizationRun(aRun(projectId, { runName }));
      for (const each of statements) {
        await run(trail, projectId, each);
        const kept = await trail.sql(`select ${KEPT} from optimization_runs where project_id = $1 order by id`, [projectId]);
        expect(kept).toEqual(await trail.sql(RECOUNT, [projectId]));
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  test('come to the same whatever the order and repetition of the writes', async () => {
    const { client } = trail;
    const iterationId = (iteration: number) => `01900000-0000-7000-8000-0000000000${10 + iteration}`;
    const iterationWrite = fc.record({
      iteration: number,
      said: fc.record(
        {
          score,
          isBaseline: fc.boolean(),
          decision: fc.constantFrom('accepted', 'rejected'),
          evalKind: fc.constantFrom('full', 'minibatch'),
          costUsd: fc.constantFrom(0.25),
          totalTokens: fc.constantFrom(7),
        },
        { requiredKeys: ['score'] },
      ),
    });
    const sampleWrite = fc.record({
      iteration: number,
      indexes: fc.uniqueArray(fc.nat(3), { minLength: 1 }),
      said: fc.record(
        {
          score,
          success: fc.boolean(),
          latencyMs: fc.constantFrom(1, 2.5),
          totalTokens: fc.constantFrom(3),
          input: fc.constantFrom('a', 'b'),
        },
        { requiredKeys: ['score'] },
      ),
    });
    const writes = fc
      .tuple(
        fc.uniqueArray(iterationWrite, { selector: (write) => write.iteration, maxLength: 5 }),
        fc.uniqueArray(sampleWrite, { selector: (write) => write.iteration, maxLength: 5 }),
      )
      .map(([iterations, samples]) => [...iterations, ...samples, 'complete' as const]);
    type Write = (typeof writes extends fc.Arbitrary<infer W> ? W : never)[number];

    const write = (runId: string, projectId: string, each: Write): Promise<unknown> => {
      if (each === 'complete')
        return client.updateOptimizationRun(runId, { status: 'completed', endTime: '2026-01-01T00:00:00Z' }, { projectId });
      const { iteration, said } = each;
      if (!('indexes' in each))
        return client.createOptimizationIteration({ runId, projectId, iteration, id: iterationId(iteration), ...each.said });
      return client.batchCreateOptimizationSamples(
        each.indexes.map((sampleIndex) => ({ runId, projectId, iteration, sampleIndex, ...said })),
      );
    };
    const stateAfter = async (order: readonly Write[]): Promise<unknown> => {
      const projectId = newProject();
      const { id } = await client.createOptimizationRun(aRun(projectId, { status: 'running', startTime: '2025-01-01T00:00:00Z' }));
      for (const each of order) await write(id, projectId, each);
      const timeless = (row: object | null) => ({ ...row, id: '', runId: '', projectId: '', createdAt: '', updatedAt: '' });
      const samples = await client.getOptimizationSamples(id);
      return [await client.getOptimizationRun(id), ...(await client.getOptimizationIterations(id)), ...samples].map(timeless);
    };
    const property = fc.asyncProperty(
      writes.chain((set) => fc.tuple(fc.constant(set), fc.shuffledSubarray([...set, ...set], { minLength: set.length * 2 }))),
      async ([set, shuffled]) => {
        expect(await stateAfter(shuffled)).toEqual(await stateAfter(set));
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });
});
