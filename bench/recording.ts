import type { Pool } from 'pg';
import { createClient } from '../src/client/open/create-client.js';
import { ms, ratio, table, timed, timingOf } from './measure.js';
import { gate, type Section } from './report.js';

/** Places in the run at which the cost of an iteration is told. */
const WINDOWS = { whole: [50, 500, 5000], quick: [50, 500, 1000] } as const;
type Windows = (typeof WINDOWS)[keyof typeof WINDOWS];

async function newRun(client: ReturnType<typeof createClient>, runName: string, projectId = 'bench-recording') {
  const run = await client.createOptimizationRun({ projectId, runName, optimizerType: 'gepa', status: 'running' });
  return run.id;
}

/** Iterations one by one, each in a transaction of its own: what one costs must not follow how many there are. */
async function iterationCost(client: ReturnType<typeof createClient>, windows: Windows): Promise<number[]> {
  const runId = await newRun(client, 'many iterations');
  const times: number[] = [];
  for (let iteration = 0; iteration < windows[2] + 50; iteration += 1) {
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
  return windows.map((place) => timingOf(times.slice(Math.max(0, place - 50), place + 50)).p50);
}

async function hotShare(client: ReturnType<typeof createClient>, pool: Pool, steps: number): Promise<number> {
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
  for (let step = 1; step <= steps; step += 1) await client.updateRunProgress(runId, { iterations: step, samplesEvaluated: step * 20 });
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

export async function benchRecording(url: string, pool: Pool, quick: boolean): Promise<Section> {
  await using client = createClient({ databaseUrl: url });
  const missed: string[] = [];
  const windows = quick ? WINDOWS.quick : WINDOWS.whole;
  const free = await iterationCost(client, windows);
  const hot = await hotShare(client, pool, quick ? 500 : 2000);
  const many = await fiftyWriters(client, await Promise.all(Array.from({ length: 50 }, (_, n) => newRun(client, `writer ${n}`))));
  const one = await fiftyWriters(client, [await newRun(client, 'fifty writers')]);

  const holder = await pool.connect();
  await holder.query('begin isolation level repeatable read');
  await holder.query('select count(*) from public.optimization_projects');
  const held = await iterationCost(client, windows);
  await holder.query('rollback');
  holder.release();

  const growth = (costs: number[]) => (costs[2] ?? Number.NaN) / (costs[0] ?? Number.NaN);
  const places = windows.map((place) => `${place.toLocaleString('en')}th`);
  const rows = [
    [
      'iteration, in autocommit',
      ...free.map(ms),
      ratio(growth(free)),
      gate(missed, growth(free) <= 1.2, `${places[2]} iteration against the 50th`),
    ],
    ['the same, an older snapshot open', ...held.map(ms), ratio(growth(held)), 'reported'],
  ];
  const writers = (name: string, { perSecond, lost, failed }: Writers) => [
    name,
    perSecond.toFixed(0),
    String(lost),
    String(failed),
    gate(missed, lost === 0 && failed === 0, `${name}: nothing lost, nothing failed`),
  ];
  const text = [
    table(['ms, median of 100', ...places, `${places[2]} : 50th`, 'limit 1.2 x'], rows),
    '',
    table(['50 writers x 20 iterations', 'per second', 'lost', 'failed', ''], [writers('on 50 runs', many), writers('on one run', one)]),
    '',
    `Progress updates that were HOT: ${(hot * 100).toFixed(1)}% (${gate(missed, hot >= 0.95, 'HOT progress updates')}, limit 95%).`,
  ].join('\n');
  return { title: 'Recording', text, missed };
}
