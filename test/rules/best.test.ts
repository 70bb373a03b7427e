import { describe, expect, test } from 'vitest';
import type { CreateOptimizationIterationInput, CreateOptimizationRunInput } from '../../src/schemas/index.js';
import { aRun, newProject } from '../support/records.js';
import { INSTALLS, type Trail, useTrail } from '../support/trails.js';

type Said = Omit<CreateOptimizationIterationInput, 'runId' | 'iteration' | 'id'>;
interface Case {
  run?: Partial<CreateOptimizationRunInput>;
  /** By their numbers from 0. */
  iterations: Said[];
  best: [iteration: number, score: number | null] | null;
}

const WINNERS: Record<string, Case> = {
  'the highest score': { iterations: [{ score: 0.5 }, { score: 0.9 }, { score: 0.7 }], best: [1, 0.9] },
  'the lowest where lower is better': {
    run: { direction: 'minimize' },
    iterations: [{ score: 0.5 }, { score: -2 }, { score: 0.1 }],
    best: [1, -2],
  },
  'the earlier of equals': { iterations: [{ score: 0.1 }, { score: 0.9 }, { score: 0.9 }], best: [1, 0.9] },
  'the earlier of equals, the lowest': {
    run: { direction: 'minimize' },
    iterations: [{ score: 0.2 }, { score: 0.1 }, { score: 0.1 }],
    best: [1, 0.1],
  },
  'zero, above a negative score': { iterations: [{ score: -1 }, { score: 0 }, { score: -0.5 }], best: [1, 0] },
  'zero alone': { iterations: [{ score: 0 }], best: [0, 0] },
  'a negative score, where there is no other': { iterations: [{ score: -5 }, { score: -3 }], best: [1, -3] },
  'the only other, not the minibatch': { iterations: [{ score: 0.5 }, { score: 0.9, evalKind: 'minibatch' }], best: [0, 0.5] },
  'the only other, not the test': { iterations: [{ score: 0.5 }, { score: 0.9, evalKind: 'test' }], best: [0, 0.5] },
  'the only other, not the bootstrap': { iterations: [{ score: 0.5 }, { score: 0.9, evalKind: 'bootstrap' }], best: [0, 0.5] },
  'the only other, not the rejected': { iterations: [{ score: 0.5 }, { score: 0.9, decision: 'rejected' }], best: [0, 0.5] },
  'an accepted one': { iterations: [{ score: 0.5 }, { score: 0.9, decision: 'accepted' }], best: [1, 0.9] },
  'the completed, not the running, pruned or failed': {
    iterations: [{ score: 0.9, status: 'running' }, { score: 0.9, status: 'pruned' }, { score: 0.9, status: 'failed' }, { score: 0.1 }],
    best: [3, 0.1],
  },
  'one with a score': { iterations: [{ status: 'completed' }, { score: -1 }], best: [1, -1] },
  'the baseline, if it stays the best': { iterations: [{ score: 0.9, isBaseline: true }, { score: 0.5 }], best: [0, 0.9] },
  'nobody, of minibatches and tests': {
    iterations: [
      { score: 1, evalKind: 'minibatch' },
      { score: 1, evalKind: 'test' },
    ],
    best: null,
  },
  'nobody, of rejected ones': { iterations: [{ score: 1, decision: 'rejected' }], best: null },
  'nobody, of nothing': { iterations: [], best: null },
  'the greatest score there is': { iterations: [{ score: 1e100 }, { score: 1e-300 }, { score: -1e100 }], best: [0, 1e100] },
  'the declared one, though others are better': { run: { bestIteration: 1 }, iterations: [{ score: 0.9 }, { score: 0.5 }], best: [1, 0.5] },
  'the declared one, a rejected minibatch': {
    run: { bestIteration: 1 },
    iterations: [{ score: 0.1 }, { score: 0.9, evalKind: 'minibatch', decision: 'rejected' }],
    best: [1, 0.9],
  },
  'the declared one, though it has no score': {
    run: { bestIteration: 0 },
    iterations: [{ status: 'running' }, { score: 0.5 }],
    best: [0, null],
  },
  'the declared one, though it never came': { run: { bestIteration: 7 }, iterations: [{ score: 0.5 }], best: [7, null] },
};

/** The roads on which the same iterations come to be stored. */
const ROADS: Record<string, (trail: Trail, runId: string, iterations: readonly Said[]) => Promise<unknown>> = {
  'one after the other': async ({ client }, runId, iterations) => {
    for (const [iteration, said] of iterations.entries()) await client.createOptimizationIteration({ runId, iteration, ...said });
  },
  backwards: async ({ client }, runId, iterations) => {
    for (const [iteration, said] of [...iterations.entries()].toReversed())
      await client.createOptimizationIteration({ runId, iteration, ...said });
  },
  'running first, told later': async ({ client }, runId, iterations) => {
    for (const [iteration] of iterations.entries()) await client.createOptimizationIteration({ runId, iteration });
    for (const [iteration, said] of iterations.entries()) await client.updateOptimizationIteration(runId, iteration, said);
  },
  'after their samples': async ({ client }, runId, iterations) => {
    await client.batchCreateOptimizationSamples(iterations.map((_, iteration) => ({ runId, iteration, sampleIndex: 0, score: 99 })));
    for (const [iteration, said] of [...iterations.entries()].toReversed())
      await client.createOptimizationIteration({ runId, iteration, ...said });
  },
  'all in one statement': ({ sql }, runId, iterations) => insertAll(sql, runId, iterations),
  'all wrong at first, corrected in one statement': async ({ sql }, runId, iterations) => {
    await insertAll(
      sql,
      runId,
      iterations.map((_, index) => ({ score: index === 0 ? 1e99 : -1e99 })),
    );
    await sql(
      `update optimization_iterations as i
       set score = s.score, status = coalesce(s.status, 'completed'), eval_kind = coalesce(s."evalKind", 'full'), decision = s.decision, is_baseline = coalesce(s."isBaseline", false)
       from jsonb_to_recordset($2::jsonb) as s(iteration int, score float8, status text, "evalKind" text, decision text, "isBaseline" boolean)
       where i.run_id = $1 and i.iteration = s.iteration`,
      [runId, numbered(iterations)],
    );
  },
  'beside others that are deleted': async ({ sql }, runId, iterations) => {
    await insertAll(sql, runId, [...iterations, { score: 1e99 }, { score: -1e99 }]);
    await sql('delete from optimization_iterations where run_id = $1 and iteration >= $2', [runId, iterations.length]);
  },
};

const numbered = (iterations: readonly Said[]) => JSON.stringify(iterations.map((said, iteration) => ({ iteration, ...said })));

function insertAll(sql: Trail['sql'], runId: string, iterations: readonly Said[]): Promise<unknown> {
  return sql(
    `insert into optimization_iterations (run_id, project_id, iteration, score, status, eval_kind, decision, is_baseline)
     select r.id, r.project_id, s.iteration, s.score, coalesce(s.status, 'completed'), coalesce(s."evalKind", 'full'), s.decision, coalesce(s."isBaseline", false)
     from optimization_runs as r, jsonb_to_recordset($2::jsonb) as s(iteration int, score float8, status text, "evalKind" text, decision text, "isBaseline" boolean)
     where r.id = $1`,
    [runId, numbered(iterations)],
  );
}

describe.each(INSTALLS)('the best on $name', (install) => {
  const trail = useTrail(install);

  async function running(rest: Partial<CreateOptimizationRunInput> = {}, iterations: readonly Said[] = []): Promise<string> {
    const { id } = await trail.client.createOptimizationRun(aRun(newProject(), { status: 'running', ...rest }));
    await ROADS['one after the other']?.(trail, id, iterations);
    return id;
  }
  const read = (id: string) => trail.client.getOptimizationRun(id);

  test.each(Object.entries(ROADS))('of iterations that come %s', async (_, road) => {
    for (const [name, { run, iterations, best }] of Object.entries(WINNERS)) {
      const id = await running(run);
      await road(trail, id, iterations);
      const [bestIteration, bestScore] = best ?? [null, null];
      expect(await read(id), name).toMatchObject({
        bestIteration,
        bestScore,
        bestDeclared: run?.bestIteration !== undefined,
        iterations: iterations.length,
      });
      const winner = await trail.client.getBestIteration(id);
      expect(winner?.iteration ?? null, name).toBe(best !== null && best[0] < iterations.length ? bestIteration : null);
    }
  });

  test.each([
    ['scores less', { score: 0.1 }],
    ['is rejected', { decision: 'rejected' }],
    ['fails', { status: 'failed' }],
    ['loses its score', { score: null }],
    ['turns out a minibatch', { evalKind: 'minibatch' }],
  ] as const)('passes to the next, the earlier of equals, when the best %s', async (_, change) => {
    const id = await running({}, [{ score: 0.5 }, { score: 0.9 }, { score: 0.7 }, { score: 0.7 }]);
    await trail.client.updateOptimizationIteration(id, 1, change);
    expect(await read(id)).toMatchObject({ bestIteration: 2, bestScore: 0.7 });
    await trail.client.updateOptimizationIteration(id, 1, { score: 0.7, decision: null, status: 'completed', evalKind: 'full' });
    expect(await read(id)).toMatchObject({ bestIteration: 1, bestScore: 0.7 });
  });

  test('passes on when the best is deleted, and to nobody when the last goes', async () => {
    const id = await running({}, [{ score: 0.5 }, { score: 0.9 }, { score: 0.5 }]);
    for (const [gone, bestIteration, bestScore] of [
      [1, 0, 0.5],
      [0, 2, 0.5],
      [2, null, null],
    ]) {
      await trail.sql('delete from optimization_iterations where run_id = $1 and iteration = $2', [id, gone as number]);
      expect(await read(id)).toMatchObject({ bestIteration, bestScore });
    }
  });

  test('can be declared at any time, follows the score of its iteration, and can be taken back', async () => {
    const { client, sql } = trail;
    const id = await running({}, [{ score: 0.5 }, { score: 0.9 }]);
    expect(await client.updateOptimizationRun(id, { bestIteration: 0 })).toMatchObject({
      bestIteration: 0,
      bestScore: 0.5,
      bestDeclared: true,
    });
    await client.createOptimizationIteration({ runId: id, iteration: 2, score: 1 });
    await client.updateOptimizationIteration(id, 0, { score: 0.25 });
    expect(await read(id)).toMatchObject({ bestIteration: 0, bestScore: 0.25 });
    await sql('delete from optimization_iterations where run_id = $1 and iteration = 0', [id]);
    expect(await read(id)).toMatchObject({ bestIteration: 0, bestScore: null, bestDeclared: true });
    expect(await client.getBestIteration(id)).toBeNull();
    expect(await client.updateOptimizationRun(id, { bestIteration: null })).toMatchObject({
      bestIteration: 2,
      bestScore: 1,
      bestDeclared: false,
    });
  });

  test('is the final score of a completed run, and of no other', async () => {
    const id = await running({}, [{ score: 0.5 }]);
    expect(await read(id)).toMatchObject({ finalScore: null });
    const steps = [
      ['failed', null],
      ['running', null],
      ['completed', 0.5],
    ] as const;
    for (const [status, finalScore] of steps)
      expect(await trail.client.updateOptimizationRun(id, { status })).toMatchObject({ status, finalScore });
  });

  test('moves the final score of a completed run when rows arrive late, but not one that was declared', async () => {
    const { client } = trail;
    const id = await running({}, [{ score: 0.25, isBaseline: true }]);
    await client.updateOptimizationRun(id, { status: 'completed' });
    await client.createOptimizationIteration({ runId: id, iteration: 1, score: 0.75 });
    expect(await read(id)).toMatchObject({ status: 'completed', initialScore: 0.25, finalScore: 0.75, improvement: 0.5 });
    expect(await client.updateOptimizationRun(id, { finalScore: 0 })).toMatchObject({ finalScore: 0, bestScore: 0.75 });
    await client.createOptimizationIteration({ runId: id, iteration: 2, score: 1 });
    expect(await read(id)).toMatchObject({ finalScore: 0, bestScore: 1, improvement: -0.25 });
    expect(await client.updateOptimizationRun(id, { finalScore: null })).toMatchObject({ finalScore: 1 });
  });

  test('begins from the baseline: the earliest completed one, unless the caller says otherwise', async () => {
    const { client, sql } = trail;
    const id = await running({}, [{ score: 0.1 }, { score: 0.3, isBaseline: true }, { score: 0.2, isBaseline: true }]);
    expect(await read(id)).toMatchObject({ initialScore: 0.3 });
    await client.updateOptimizationIteration(id, 1, { status: 'failed' });
    expect(await read(id)).toMatchObject({ initialScore: 0.2 });
    expect(await client.updateOptimizationRun(id, { initialScore: 0 })).toMatchObject({ initialScore: 0 });
    await client.updateOptimizationIteration(id, 2, { isBaseline: false });
    expect(await client.updateOptimizationRun(id, { initialScore: null })).toMatchObject({ initialScore: null });
    await client.updateOptimizationIteration(id, 0, { isBaseline: true, evalKind: 'minibatch' });
    expect(await read(id)).toMatchObject({ initialScore: 0.1 });
    await sql('delete from optimization_iterations where run_id = $1 and iteration = 0', [id]);
    expect(await read(id)).toMatchObject({ initialScore: null });
  });
});
