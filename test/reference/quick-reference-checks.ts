import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { RUN } from './fixture.js';
import { blocksOf, QUICK_REFERENCE, readPage } from './markdown.js';
import { type Row, type Session, statementsOf } from './session.js';

/** Whether a statement did what the page says it is for. Gets the rows of each statement of the block. */
type Check = (results: Row[][], session: Session) => void | Promise<void>;

const blocks = blocksOf(readPage(QUICK_REFERENCE), 'sql');
const TABLES = [
  'optimization_checkpoints',
  'optimization_examples',
  'optimization_iterations',
  'optimization_programs',
  'optimization_project_members',
  'optimization_projects',
  'optimization_runs',
  'optimization_samples',
];
const FUNCTIONS = [
  'get_optimization_analytics',
  'get_optimization_run_summary',
  'get_top_runs_by_score',
  'record_optimization_iteration',
  'record_optimization_samples',
  'refresh_optimization_analytics',
];
export function column<T>(rows: Row[] | undefined, name: string): T[] {
  return (rows ?? []).map((row) => row[name] as T);
}

function times(rows: Row[] | undefined): number[] {
  return column<Date>(rows, 'created_at').map((time) => new Date(time).getTime());
}

function descending(values: number[]): boolean {
  return values.every((value, index) => index === 0 || value <= (values[index - 1] ?? value));
}

async function count(session: Session, condition: string, table = 'optimization_runs'): Promise<number> {
  const [row] = await session.rows(`select count(*)::int as n from ${table} where ${condition}`);
  return row?.n as number;
}

/** Statistics reach their views when a session is idle, or is asked. */
export async function flushStatistics(session: Session): Promise<void> {
  await session.run('select pg_stat_force_next_flush(); select 1;');
}

const newestFirst: Check = ([rows]) => {
  expect(rows).toHaveLength(50);
  expect(new Set(column(rows, 'project_id'))).toEqual(new Set(['proj_123']));
  expect(descending(times(rows))).toBe(true);
};

/** By the heading of the block. A block that has no assertion here fails. */
export const CHECKS: Record<string, Check> = {
  'The quick start in SQL': (results) => {
    expect(results.at(-1)).toEqual([{ final_score: 0.92, best_score: 0.85, iterations: 10, samples_evaluated: 100, model: 'gpt-4' }]);
  },
  'get_optimization_run_summary(p_run_id, p_project_id)': ([rows]) => {
    expect(rows).toMatchObject([
      {
        run_id: RUN,
        project_id: 'proj_123',
        status: 'completed',
        best_iteration: 20,
        best_score: 0.7,
        iterations: 20,
        full_evaluations: 20,
      },
    ]);
  },
  'get_top_runs_by_score(p_project_id, p_limit, p_metric, p_eval_set)': async ([all, byMetric], session) => {
    const best = await session.rows(`select max(final_score) as score, max(final_score) filter (where metric = 'accuracy') as accuracy
      from optimization_runs where project_id = 'proj_123' and status = 'completed'`);
    for (const rows of [all, byMetric]) expect(rows).toHaveLength(10);
    expect(descending(column(all, 'final_score'))).toBe(true);
    expect([all?.[0]?.final_score, byMetric?.[0]?.final_score]).toEqual([best[0]?.score, best[0]?.accuracy]);
    expect(new Set(column(byMetric, 'metric'))).toEqual(new Set(['accuracy']));
  },
  'refresh_optimization_analytics()': async (_, session) => {
    const [row] = await session.rows('select sum(total_runs)::int as runs from optimization_run_analytics');
    expect(row?.runs).toBe(await count(session, 'true'));
  },
  'get_optimization_analytics(p_project_id)': async ([rows], session) => {
    expect(column<number>(rows, 'total_runs').reduce((sum, runs) => sum + runs, 0)).toBe(await count(session, "project_id = 'proj_123'"));
    expect(Date.now() - Number(rows?.[0]?.refreshed_at)).toBeLessThan(60_000);
  },
  'Query: List runs (paginated)': async ([first, next], session) => {
    await newestFirst([first ?? []], session);
    expect(descending(times(next))).toBe(true);
    expect(next).toHaveLength(50);
  },
  'Query: List runs by status': async (results, session) => {
    await newestFirst(results, session);
    expect(new Set(column(results[0], 'status'))).toEqual(new Set(['completed']));
  },
  'Query: Filter by tags': async ([rows], session) => {
    expect(rows?.length).toBe(await count(session, "array_position(tags, 'production') is not null"));
  },
  'Query: Search config': async ([rows], session) => {
    expect(rows?.length).toBe(await count(session, "config #>> '{model_config,model}' = 'gpt-4'"));
  },
  'Query: Search config (2)': async ([rows], session) => {
    expect(rows?.length).toBe(
      Math.min(50, await count(session, "project_id = 'proj_123' and config #>> '{model_config,model}' = 'gpt-4'")),
    );
    expect(descending(times(rows))).toBe(true);
  },
  'Query: Get leaderboard': async ([rows], session) => {
    const [best] = await session.rows(
      "select max(final_score) as score from optimization_runs where project_id = 'proj_123' and status = 'completed'",
    );
    expect(rows?.[0]?.final_score).toBe(best?.score);
    expect(await session.plan(statementsOf(textOf('Query: Get leaderboard'))[0] ?? '')).not.toContain('Sort');
    expect(descending(column(rows, 'final_score'))).toBe(true);
  },
  'Query: Get run + iterations': ([rows]) => {
    expect(column(rows, 'iteration')).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  },
  'Query: Analytics aggregation': async ([rows], session) => {
    expect(rows?.length).toBeGreaterThan(4);
    expect(rows).toHaveLength(await count(session, "project_id = 'proj_123'", 'optimization_run_analytics'));
  },
  'Check table sizes': ([rows]) => {
    const names = column<string>(rows, 'name');
    expect(names).toEqual(expect.arrayContaining([...TABLES, 'optimization_run_analytics', 'analytics_rollup', 'migrations']));
    expect(names[0]).toBe('optimization_runs');
    expect(rows?.[0]).toMatchObject({ schema: 'public', size: expect.stringMatching(/^\d+ (kB|MB)$/) });
  },
  'Check index usage': async ([rows], session) => {
    const [used] = (rows ?? []).filter(({ indexname }) => indexname === 'idx_optimization_runs_tags_gin');
    expect(used).toMatchObject({
      schemaname: 'public',
      tablename: 'optimization_runs',
      size: expect.stringMatching(/^\d+ (bytes|kB|MB)$/),
    });
    expect(descending(column(rows, 'scans'))).toBe(true);
    const known = await session.rows("select indexname from pg_indexes where schemaname = 'public' and tablename like 'optimization%'");
    expect(column<string>(rows, 'indexname').sort()).toEqual(column<string>(known, 'indexname').sort());
    if (session.kind === 'postgres') expect(used?.scans).toBeGreaterThan(0);
  },
  'Check slow queries': (results) => {
    const rows = results.at(-1) ?? [];
    expect(rows.length).toBeGreaterThan(0);
    for (const { query, calls } of rows) {
      expect(query).toContain('optimization_runs');
      expect(calls).toBeGreaterThan(0);
    }
    expect(descending(column(rows, 'mean_exec_time'))).toBe(true);
  },
  'Check progress updates': async (_, session) => {
    await session.run('select pg_stat_reset();');
    for (let made = 1; made <= 50; made += 1)
      await session.run(`update optimization_runs set declared_iterations = ${made} where id = '${RUN}';`);
    await flushStatistics(session);
    const rows = await session.rows(textOf('Check progress updates'));
    const runs = rows.find(({ relname }) => relname === 'optimization_runs');
    expect(runs).toMatchObject({ updates: 50 });
    expect(runs?.hot).toBeGreaterThanOrEqual(45);
  },
  'Issue: Query too slow': ([rows]) => {
    const plan = column<string>(rows, 'QUERY PLAN').join('\n');
    for (const part of ['idx_optimization_runs_status', 'Execution Time', 'Buffers']) expect(plan).toContain(part);
  },
  'Issue: Query too slow (2)': async (_, session) => {
    await session.run("insert into optimization_runs (project_id, run_name, optimizer_type) values ('proj_1', 'one more', 'gepa');");
    await session.run(textOf('Issue: Query too slow (2)'));
    const [row] = await session.rows("select reltuples::int as rows from pg_class where oid = 'optimization_runs'::regclass");
    expect(row?.rows).toBe(await count(session, 'true'));
  },
  'Issue: Query too slow (3)': async (_, session) => {
    const [index] = await session.rows("select indisvalid from pg_index where indexrelid = 'my_runs_by_eval_set'::regclass");
    expect(index).toEqual({ indisvalid: true });
    const plan = await session.plan(
      "select * from optimization_runs where project_id = 'proj_123' and eval_set_hash = 'x' order by created_at desc",
    );
    expect(plan).toContain('my_runs_by_eval_set');
    await session.run('drop index my_runs_by_eval_set;');
  },
  'Issue: RLS blocking access': async (results, session) => {
    expect(results[0]).toEqual([]);
    expect(await session.rows(statementsOf(textOf('Issue: RLS blocking access'))[0] ?? '')).toEqual([
      { user_id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', role: 'editor' },
    ]);
  },
  'Issue: RLS blocking access (2)': ([rows]) => {
    expect(column<string>(rows, 'policyname').sort()).toEqual([
      'editor_delete',
      'editor_insert',
      'editor_update',
      'member_select',
      'owner_all',
      'service_all',
    ]);
  },
  'Issue: RLS blocking access (3)': async (results, session) => {
    const text = textOf('Issue: RLS blocking access (3)');
    expect(results[3]).toHaveLength(10);
    const [, , , asStranger] = await session.run(text.replace('7c9e6679', '00000000'));
    expect(asStranger).toEqual([]);
    const [, , , asService] = await session.run(text.replace('7c9e6679', '00000000').replace('authenticated', 'service_role'));
    expect(asService).toHaveLength(10);
  },
  'Issue: Stale analytics': async (results, session) => {
    await session.run(`update optimization_runs set notes = 'changed' where id = '${RUN}';`);
    const [, later] = await session.run(textOf('Issue: Stale analytics'));
    expect(later?.[0]?.max).toBeInstanceOf(Date);
    expect(Number(later?.[0]?.max)).toBeGreaterThan(Number(results[1]?.[0]?.max));
  },
  'Issue: Constraint violation': async ([rows], session) => {
    const refusal = await session
      .run(`update optimization_runs set declared_iterations = -1 where id = '${RUN}';`)
      .catch((error: unknown) => error);
    const { constraint } = refusal as { constraint: string };
    expect(rows).toContainEqual({ conname: constraint, rule: expect.stringContaining('declared_iterations') });
  },
  'Migration Checklist': ([tables, indexes, functions, ledger]) => {
    expect(column(tables, 'tablename')).toEqual(TABLES);
    expect(column(indexes, 'indexname')).toEqual(expect.arrayContaining(['idx_optimization_runs_status', 'optimization_samples_pkey']));
    expect(column(functions, 'proname')).toEqual(FUNCTIONS);
    const files = readdirSync('migrations').filter((file) => /^\d{3}_\w+[.]sql$/.test(file));
    expect(ledger).toEqual(
      files.sort().map((file) => {
        const [, sha256] = /constant text := '([0-9a-f]{64})'/.exec(readFileSync(`migrations/${file}`, 'utf8')) ?? [];
        return { name: file.replace('.sql', ''), sha256: sha256?.slice(0, 12), applied_at: expect.any(Date) };
      }),
    );
  },
  'Migration Checklist (2)': ([policies, tables]) => {
    expect([...new Set(column<string>(policies, 'tablename'))].sort()).toEqual(TABLES);
    expect(tables).toHaveLength(TABLES.length);
    for (const row of tables ?? []) expect(row).toMatchObject({ relrowsecurity: true, relforcerowsecurity: true });
  },
  'Migration Checklist (3)': async (results, session) => {
    expect(results[3]).toEqual([
      { status: 'completed', final_score: 1, rank_score: 1, start_time: expect.any(Date), end_time: expect.any(Date) },
    ]);
    expect(await count(session, "id = 'install-check'", 'optimization_projects')).toBe(0);
  },
};

export function textOf(name: string): string {
  return blocks.find((block) => block.name === name)?.text ?? '';
}
