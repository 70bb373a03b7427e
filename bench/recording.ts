import type { Pool } from 'pg';
import { createClient } from '../src/open.js';
import { ms, ratio, table, timed, timingOf } from './measure.js';
import { gate, type Section } from './report.js';

const LAST = 5050;
const WINDOWS = [50, 500, 5000] as const;

async function newRun(client: ReturnType<typeof createClient>, runName: string, projectId = 'bench-recording') {
  const run = await client.createOptimizationRun({ projectId, runName, optimizerType: 'gepa', status: 'running' });
  return run.id;
}

/** Iterations one by one, each in a transaction of its own: what one costs must not follow how many there are. */
async function iterationCost(client: ReturnType<typeof createClient>): Promise<Map<number, number>> {
  const runId = await newRun(client, 'five thousand iterations');
  const times: number[] = [];
  for (let iteration = 0; iteration < LAST; iteration += 1) {
    times.push(
      await timed(() =>
        client.createOptimizationIteration({
          runId,
          projectId: 'bench-recording',
          iteration,
          score: (iteration % 97) / 100,
          params: { round: iteration },
        }),
      ),
    );
  }
  // The median of the hundred around each place: one insert alone is noise.
  return new Map(WINDOWS.map((place) => [place, timingOf(times.slice(Math.max(0, place - 50), place + 50)).p50]));
}

async function hotShare(client: ReturnType<typeof createClient>, pool: Pool): Promise<number> {
  const updates = async () => {
    await pool.query('select pg_stat_force_next_flush()');
    const { rows } = await pool.query<{ n_tup_upd: string; n_tup_hot_upd: string }>(
      "select n_tup_upd, n_tup_hot_upd from pg_stat_user_tables where relname = 'optimization_runs'",
    );
    return { all: Number(rows[0]?.n_tup_upd), hot: Number(rows[0]?.n_tup_hot_upd) };
  };
  const runId = await newRun(client, 'progress');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const before = await updates();
  for (let step = 1; step <= 2000; step += 1) await client.updateRunProgress(runId, { iterations: step, samplesEvaluated: step * 20 });
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const after = await updates();
  return (after.hot - before.hot) / (after.all - before.all);
}

interface Writers {
  perSecond: number;
  lost: number;
  failed: number;
}

async function fiftyWriters(client: ReturnType<typeof createClient>, runIds: readonly string[]): Promise<Writers> {
  const each = 20;
  let failed = 0;
  const took = await timed(() =>
    Promise.all(
      Array.from({ length: 50 }, async (_, writer) => {
        const runId = runIds[writer % runIds.length] ?? '';
        for (let index = 0; index < each; index += 1) {
          await client.createOptimizationIteration({ runId, iteration: writer * each + index, score: index / each }).catch(() => {
            failed += 1;
          });
        }
      }),
    ),
  );
  const runs = await Promise.all(runIds.map((runId) => client.getOptimizationRun(runId)));
  const counted = runs.reduce((sum, run) => sum + (run?.iterations ?? 0), 0);
  return { perSecond: (50 * each * 1000) / took, lost: 50 * each - failed - counted, failed };
}

export async function benchRecording(url: string, pool: Pool): Promise<Section> {
  await using client = createClient({ databaseUrl: url });
  const missed: string[] = [];
  const free = await iterationCost(client);
  const hot = await hotShare(client, pool);
  const many = await fiftyWriters(client, await Promise.all(Array.from({ length: 50 }, (_, n) => newRun(client, `writer ${n}`))));
  const one = await fiftyWriters(client, [await newRun(client, 'fifty writers')]);

  const holder = await pool.connect();
  await holder.query('begin isolation level repeatable read');
  await holder.query('select count(*) from public.optimization_projects');
  const held = await iterationCost(client);
  await holder.query('rollback');
  holder.release();

  const growth = (costs: Map<number, number>) => (costs.get(5000) ?? Number.NaN) / (costs.get(50) ?? Number.NaN);
  const rows = [
    [
      'iteration, in autocommit',
      ...WINDOWS.map((place) => ms(free.get(place) ?? Number.NaN)),
      ratio(growth(free)),
      gate(missed, growth(free) <= 1.2, '5,000th iteration against the 50th'),
    ],
    ['the same, an older snapshot open', ...WINDOWS.map((place) => ms(held.get(place) ?? Number.NaN)), ratio(growth(held)), 'reported'],
  ];
  const writers = (name: string, { perSecond, lost, failed }: Writers) => [
    name,
    perSecond.toFixed(0),
    String(lost),
    String(failed),
    gate(missed, lost === 0 && failed === 0, `${name}: nothing lost, nothing failed`),
  ];
  const text = [
    table(['ms, median of 100', '50th', '500th', '5,000th', '5,000th : 50th', 'limit 1.2 x'], rows),
    '',
    table(['50 writers x 20 iterations', 'per second', 'lost', 'failed', ''], [writers('on 50 runs', many), writers('on one run', one)]),
    '',
    `Progress updates that were HOT: ${(hot * 100).toFixed(1)}% (${gate(missed, hot >= 0.95, 'HOT progress updates')}, limit 95%).`,
  ].join('\n');
  return { title: 'Recording', text, missed };
}
