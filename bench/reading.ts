import type { Pool } from 'pg';
import { createClient } from '../src/client/open/create-client.js';
import { observedPool } from '../test/support/explain.js';
import { LARGE_PROJECT, MEMBER, makeRuns, type Size } from './dataset.js';
import { inTurn, ms, ratio, type Timing, table } from './measure.js';
import { findDeepCursors, type Query, queriesOf } from './queries.js';
import { refreshCost } from './refresh.js';
import { gate, type Section } from './report.js';

const KEY = 'look-up by key';

export interface Reading {
  timings: Map<string, Timing>;
  /** The same as service_role. */
  trusted: Map<string, Timing>;
  indexes: Map<string, string[]>;
  queries: Query[];
  refresh: Awaited<ReturnType<typeof refreshCost>>;
}

/** Makes the database of this size, and reads it as a member under row-level security and as a trusted caller, in turn. */
export async function readAt(url: string, pool: Pool, size: Size, rounds: number, progress: (text: string) => void): Promise<Reading> {
  await makeRuns(pool, size, (done) => done % 100_000 === 0 && progress(`${done} runs`));
  const runId = await addIterations(pool);
  await pool.query('vacuum analyze');
  await pool.query('select public.refresh_optimization_analytics()');
  await pool.query('vacuum analyze');
  progress('reading');

  await using client = createClient({ databaseUrl: url });
  const member = client.as({ sub: MEMBER });
  const deepCursors = await findDeepCursors(member, Math.floor(size.largest / 3000));
  const queries = queriesOf({ runId, deepCursors });
  const key = { name: KEY, run: () => member.getOptimizationRun(runId, { projectId: LARGE_PROJECT }) };
  const trustedKey = { name: `${KEY} (trusted)`, run: () => client.getOptimizationRun(runId, { projectId: LARGE_PROJECT }) };
  const timings = await inTurn(
    [
      key,
      trustedKey,
      ...queries.flatMap(({ name, run }) => [
        { name, run: () => run(member) },
        { name: `${name} (trusted)`, run: () => run(client) },
      ]),
    ],
    rounds,
  );
  return {
    timings,
    trusted: timings,
    indexes: await indexesOf(url, queries),
    queries,
    refresh: await refreshCost(pool, Math.min(1000, size.runs / 10)),
  };
}

async function addIterations(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `with picked as (select id, project_id from public.optimization_runs where project_id = $1 order by created_at desc limit 50),
      made as (insert into public.optimization_iterations (run_id, project_id, iteration, score, params)
        select id, project_id, n, n / 200.0, jsonb_build_object('round', n) from picked, generate_series(1, 100) as n)
     select id from picked limit 1`,
    [LARGE_PROJECT],
  );
  return rows[0]?.id ?? '';
}

async function indexesOf(url: string, queries: readonly Query[]): Promise<Map<string, string[]>> {
  const observed = observedPool(url);
  const client = createClient({ pool: observed.pool });
  const member = client.as({ sub: MEMBER });
  await member.listProjects();
  const found = new Map<string, string[]>();
  for (const { name, run } of queries) {
    observed.indexes();
    await run(member);
    const own = observed.indexes().filter((index) => index !== 'idx_optimization_project_members_user_id');
    found.set(name, own);
  }
  await client.close();
  await observed.pool.end();
  return found;
}

const NONE: Timing = { p50: Number.NaN, p95: Number.NaN };

export function readingSection(reading: Reading, runs: number, small: Reading | undefined): Section {
  const missed: string[] = [];
  const at = (name: string, where = reading) => where.timings.get(name) ?? NONE;
  const key = at(KEY);
  const rows = reading.queries.map(({ name, target, aim, limit }) => {
    const { p50, p95 } = at(name);
    const trusted = at(`${name} (trusted)`).p50;
    const before = small === undefined ? Number.NaN : at(name, small).p50;
    const rls = p50 - trusted <= Math.max(trusted * 0.15, key.p50 / 2);
    const verdicts = [
      gate(missed, p50 <= limit * key.p50, `${name}: ${limit} x a look-up`),
      gate(missed, p95 <= 3 * p50, `${name}: p95 within 3 x p50`),
      gate(missed, rls, `${name}: row-level security within 15% or half a look-up`),
      Number.isNaN(before) ? 'ok' : gate(missed, p50 <= 1.5 * before, `${name}: growth within 1.5 x`),
    ];
    return [
      name,
      String(target ?? ''),
      ms(p50),
      ms(p95),
      `${ms(aim)}${p95 <= aim ? '' : ' (over)'}`,
      `${ratio(p50 / key.p50)} of ${limit}`,
      ratio(p50 / trusted),
      Number.isNaN(before) ? '' : ratio(p50 / before),
      verdicts.every((verdict) => verdict === 'ok') ? 'ok' : 'MISSED',
      (reading.indexes.get(name) ?? []).join(', '),
    ];
  });
  const text = [
    `A member's look-up by key: p50 ${ms(key.p50)} ms, p95 ${ms(key.p95)} ms; a trusted caller's: ${ms(at(`${KEY} (trusted)`).p50)} ms.`,
    '',
    table(['query', 'target', 'p50', 'p95', 'aim', 'p50 : look-up', 'p50 : trusted', 'p50 : 10,000 runs', '', 'indexes'], rows),
  ].join('\n');
  return { title: `Reading ${runs.toLocaleString('en')} runs, as a member under row-level security (ms)`, text, missed };
}
