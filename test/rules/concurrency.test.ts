import { describe, expect, test, vi } from 'vitest';
import { TRUSTED } from '../../src/database/port.js';
import type { CreateOptimizationSampleInput } from '../../src/schemas/index.js';
import { ABSENT, aRun, newProject } from '../support/records.js';
import { INSTALLS, type Trail, trailAt, useTrail } from '../support/trails.js';

const WRITERS = 50;
const LOCK_WAITERS = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

function samplesOf(
  runId: string,
  count: number,
  rest: (index: number) => Partial<CreateOptimizationSampleInput>,
): CreateOptimizationSampleInput[] {
  return Array.from({ length: count }, (_, sampleIndex) => ({ runId, iteration: 0, sampleIndex, ...rest(sampleIndex) }));
}

/** Deadlocks that this database has had to break. */
async function deadlocks({ sql }: Trail): Promise<unknown> {
  await sql('select pg_stat_clear_snapshot()');
  const [row] = await sql('select deadlocks from pg_stat_database where datname = current_database()');
  return row?.deadlocks;
}

/** One of each version and of each kind of owner: locks know no owner. */
const TESTED = INSTALLS.filter(({ name }) => ['PostgreSQL 15, superuser', 'PostgreSQL 18, ordinary owner'].includes(name));

describe.each(TESTED)('at once, on $name', (install) => {
  const trail = useTrail(install);

  /** A client of another process would have its own connections and its own memory of examples. */
  async function withOthers(count: number, work: (others: Trail[]) => Promise<unknown>): Promise<void> {
    const others = Array.from({ length: count }, () => trailAt(trail.url ?? ''));
    try {
      await work(others);
    } finally {
      await Promise.all(others.map((other) => other.close()));
    }
    expect(await deadlocks(trail)).toBe(0);
  }

  /** Starts each piece of work once the one before it waits for the run, which is held until all of them do. */
  async function inLine(runId: string, pieces: readonly (() => Promise<unknown>)[]): Promise<void> {
    const started: Promise<unknown>[] = [];
    await trail.database.transaction(TRUSTED, async (transaction) => {
      await transaction.query({ text: 'select from optimization_runs where id = $1 for no key update', values: [runId] });
      for (const piece of pieces) {
        started.push(piece());
        await vi.waitUntil(async () => (await trail.sql(LOCK_WAITERS)).length >= started.length, { timeout: 10_000 });
      }
    });
    await Promise.all(started);
    expect(await deadlocks(trail)).toBe(0);
  }

  async function newRun(projectId = newProject()): Promise<string> {
    return (await trail.client.createOptimizationRun(aRun(projectId, { status: 'running' }))).id;
  }

  test('a sample that an INSERT without triggers brings in between is told as busy, and is there the next time', async () => {
    if (!install.name.includes('superuser')) return;
    const runId = await newRun();
    const run = await trail.client.getOptimizationRun(runId);
    const [sample] = samplesOf(runId, 1, () => ({ score: 0.5 }));
    await trail.client.createOptimizationIteration({ runId, iteration: 0 });
    let recorded: Promise<unknown> = Promise.resolve();
    await trail.database.transaction(TRUSTED, async (transaction) => {
      await transaction.query({ text: "set local session_replication_role = 'replica'" });
      await transaction.query({
        text: 'insert into optimization_samples (run_id, project_id, iteration, sample_index) values ($1, $2, 0, 0)',
        values: [runId, run?.projectId ?? ''],
      });
      recorded = trail.client.batchCreateOptimizationSamples([sample as CreateOptimizationSampleInput]).catch((error: unknown) => error);
      await vi.waitUntil(async () => (await trail.sql(LOCK_WAITERS)).length > 0, { timeout: 10_000 });
    });
    expect(await recorded).toMatchObject({ code: 'database_busy', retryable: true });
    expect(await trail.client.batchCreateOptimizationSamples([sample as CreateOptimizationSampleInput])).toEqual({
      stored: 0,
      existing: 1,
    });
  });

  test('fifty writers on one run lose nothing and never wait in a circle', async () => {
    const runId = await newRun();
    const all = WRITERS * 3;
    const scoreOf = (iteration: number) => ((iteration * 13) % 101) / 100;
    await withOthers(5, async (others) => {
      const write = async (writer: number, iteration: number) => {
        const { client } = others[writer % others.length] ?? trail;
        // Placeholders made by one writer are filled in by another, while a third writes samples of both.
        const samples = [iteration, (iteration + 1) % all].flatMap((of) =>
          [0, 1].map((index) => ({ runId, iteration: of, sampleIndex: iteration * 2 + index, input: index, totalTokens: 1 })),
        );
        const said = { score: scoreOf(iteration), totalTokens: 10, program: { writer: writer % 3 } };
        const steps = [
          () => client.batchCreateOptimizationSamples(samples),
          () => client.createOptimizationIteration({ runId, iteration, ...said }),
          () => client.updateRunProgress(runId, {}),
        ];
        for (const step of writer % 2 === 0 ? steps : steps.toReversed()) await step();
      };
      const writers = Array.from({ length: WRITERS }, async (_, writer) => {
        for (const round of [0, 1, 2]) await write(writer, writer * 3 + round);
      });
      await Promise.all(writers);
    });
    const scores = Array.from({ length: all }, (_, iteration) => scoreOf(iteration));
    const bestScore = Math.max(...scores);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({
      iterations: all,
      samplesEvaluated: all * 4,
      totalTokens: all * 10,
      bestScore,
      bestIteration: scores.indexOf(bestScore),
      status: 'running',
    });
    const [rows] = await trail.sql(
      `select (select count(*) from optimization_iterations where run_id = $1 and not is_placeholder) as iterations,
        (select count(*) from optimization_samples where run_id = $1) as samples`,
      [runId],
    );
    expect(rows).toEqual({ iterations: all, samples: all * 4 });
  });

  test('one id created many times at once makes one row, and everybody gets it', async () => {
    const projectId = newProject();
    await withOthers(4, async (others) => {
      const all = await Promise.all(
        others.flatMap(({ client }) => [1, 2, 3].map((n) => client.createOptimizationRun(aRun(projectId, { id: ABSENT, notes: `${n}` })))),
      );
      expect(new Set(all.map((run) => JSON.stringify(run))).size).toBe(1);
      const iterations = await Promise.all(
        others.flatMap(({ client }) =>
          [1, 2, 3].map((n) => client.createOptimizationIteration({ id: ABSENT, runId: ABSENT, projectId, iteration: 1, score: n })),
        ),
      );
      expect(new Set(iterations.map((iteration) => JSON.stringify(iteration))).size).toBe(1);
      const numbered = await Promise.allSettled(
        others.map(({ client }, n) => client.createOptimizationIteration({ runId: ABSENT, projectId, iteration: 2, score: n })),
      );
      expect(numbered.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
      const stored = await Promise.all(
        others.map(({ client }) => client.batchCreateOptimizationSamples(samplesOf(ABSENT, 10, () => ({ projectId, input: 'same' })))),
      );
      expect(stored.reduce((sum, each) => sum + each.stored, 0)).toBe(10);
    });
    expect(await trail.client.getOptimizationRun(ABSENT, { projectId })).toMatchObject({ iterations: 3, samplesEvaluated: 10 });
  });

  test('a placeholder is filled in while samples of it and of a new iteration wait', async () => {
    const runId = await newRun();
    await trail.client.createOptimizationSample({ runId, iteration: 1, sampleIndex: 0 });
    await inLine(runId, [
      () => trail.client.batchCreateOptimizationSamples([1, 2].map((iteration) => ({ runId, iteration, sampleIndex: 1 }))),
      () => trail.client.createOptimizationIteration({ id: ABSENT, runId, iteration: 1, score: 1 }),
    ]);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ iterations: 2, samplesEvaluated: 3, bestScore: 1 });
    expect(await trail.client.getBestIteration(runId)).toMatchObject({ id: ABSENT });
  });

  test('large batches over the same examples and runs, each in an order of its own', async () => {
    const projectId = newProject();
    const [one, two] = [await newRun(projectId), await newRun(projectId)];
    await withOthers(4, (others) =>
      Promise.all(
        others.map(({ client }, writer) => {
          const runs = writer % 2 === 0 ? [one, two] : [two, one];
          const batch = runs.flatMap((runId) =>
            samplesOf(runId, 1100, (index) => ({ iteration: writer * 2 + (index % 2), input: writer < 2 ? index : 1099 - index })),
          );
          return client.batchCreateOptimizationSamples(batch);
        }),
      ),
    );
    for (const id of [one, two])
      expect(await trail.client.getOptimizationRun(id)).toMatchObject({ samplesEvaluated: 4 * 1100, iterations: 8 });
    const [examples] = await trail.sql('select count(*) from optimization_examples where project_id = $1', [projectId]);
    expect(examples).toEqual({ count: 1100 });
  });

  test('raw statements over the same runs in any order', async () => {
    const projectId = newProject();
    const runs = await Promise.all(Array.from({ length: 4 }, () => newRun(projectId)));
    await withOthers(4, (others) =>
      Promise.all(
        others.flatMap(({ sql }, writer) =>
          Array.from({ length: 5 }, (_, round) =>
            sql(
              `insert into optimization_iterations (run_id, project_id, iteration, score, declared_total_tokens)
               select id, project_id, $2::int, $2::int, 1 from optimization_runs where project_id = $1 order by id ${writer % 2 === 0 ? 'asc' : 'desc'}`,
              [projectId, writer * 5 + round],
            ),
          ),
        ),
      ),
    );
    for (const id of runs)
      expect(await trail.client.getOptimizationRun(id)).toMatchObject({ iterations: 20, totalTokens: 20, bestScore: 19 });
  });

  test('declaring the best while better ones arrive', async () => {
    const runId = await newRun();
    await trail.client.createOptimizationIteration({ runId, iteration: 0, score: 0.5 });
    await inLine(runId, [
      () => trail.client.createOptimizationIteration({ runId, iteration: 1, score: 0.9 }),
      () => trail.client.updateOptimizationRun(runId, { bestIteration: 2 }),
      () => trail.client.createOptimizationIteration({ runId, iteration: 2, score: 0.7 }),
      () => trail.client.createOptimizationIteration({ runId, iteration: 3, score: 1 }),
    ]);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ bestIteration: 2, bestScore: 0.7, bestDeclared: true });
    await inLine(runId, [
      () => trail.client.updateOptimizationRun(runId, { bestIteration: null }),
      () => trail.client.updateOptimizationIteration(runId, 3, { decision: 'rejected' }),
      () => trail.client.createOptimizationIteration({ runId, iteration: 4, score: 0.8 }),
    ]);
    expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ bestIteration: 1, bestScore: 0.9, bestDeclared: false });
  });

  test('a run is deleted while one of its iterations is changed', async () => {
    const { client } = trail;
    const runId = await newRun();
    await client.createOptimizationIteration({ runId, iteration: 1 });
    await inLine(runId, [
      () => client.deleteOptimizationRun(runId),
      () => expect(client.updateOptimizationIteration(runId, 1, { score: 1 })).rejects.toMatchObject({ code: 'not_found' }),
    ]);
    expect(await client.getOptimizationRun(runId)).toBeNull();
  });

  test('one of two steps from the same status wins', async () => {
    const runId = await newRun();
    await withOthers(2, async (others) => {
      const steps = await Promise.allSettled(
        others.map(({ client }, index) => client.updateOptimizationRun(runId, { status: index === 0 ? 'completed' : 'failed' })),
      );
      const [winner] = steps.flatMap((step) => (step.status === 'fulfilled' ? [step.value.status] : []));
      for (const step of steps) if (step.status === 'rejected') expect(step.reason).toMatchObject({ code: 'invalid_status_transition' });
      expect(await trail.client.getOptimizationRun(runId)).toMatchObject({ status: winner });
    });
  });

  test('refreshes and writers, and after the last of them the analytics equal a recount', async () => {
    const projectId = newProject();
    const endings = [
      ({ client }: Trail, id: string) => client.deleteOptimizationRun(id),
      ({ client }: Trail, id: string) => client.updateOptimizationRun(id, { status: 'completed' }),
      ({ client }: Trail, id: string) => client.updateOptimizationRun(id, { status: 'failed' }),
    ];
    const record = async (writer: Trail, round: number) => {
      const { id } = await writer.client.createOptimizationRun(aRun(projectId, { status: 'running', samplesEvaluated: 1 }));
      await writer.client.createOptimizationIteration({ runId: id, iteration: 1, score: round });
      await endings[round % 3]?.(writer, id);
    };
    await withOthers(6, ([one, two, ...writers]) => {
      const eightTimes = async (work: (round: number) => Promise<unknown> | undefined) => {
        for (let round = 0; round < 8; round += 1) await work(round);
      };
      const refreshing = [one, two].map((each) => eightTimes(() => each?.client.refreshOptimizationAnalytics()));
      return Promise.all([...refreshing, ...writers.map((each) => eightTimes((round) => record(each, round)))]);
    });
    await trail.client.refreshOptimizationAnalytics();
    const analytics = await trail.client.getOptimizationAnalytics(projectId);
    const recount = await trail.sql(
      `select status, count(*) as "totalRuns", avg(final_score::numeric)::float8 as "avgFinalScore", max(final_score) as "maxFinalScore", sum(samples_evaluated) as "totalSamplesEvaluated"
       from optimization_runs where project_id = $1 group by status order by 2 desc, 1`,
      [projectId],
    );
    expect(recount).toHaveLength(2);
    expect(analytics).toMatchObject(recount);
    expect(await trail.sql('select * from optrail.analytics_dirty')).toEqual([]);
  });
});
