import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixture } from './fixture.js';
import { type Block, blocksOf, codeIn, QUICK_REFERENCE, readPage, tableUnder } from './markdown.js';
import { CHECKS, column, flushStatistics, textOf } from './quick-reference-checks.js';
import { ENGINES, type Session, statementsOf } from './session.js';

const page = readPage(QUICK_REFERENCE);
const blocks = blocksOf(page, 'sql');
/** The extension is not part of PGlite, and its statistics are of this one connection. */
const NOT_EMBEDDED = ['Check slow queries'];

/** The indexes that a block says it uses. */
function usedBy(block: Block): string[] {
  return [...block.text.matchAll(/^-- Uses: (.+)$/gm)].flatMap(([, names]) => (names ?? '').match(/\w*optimization_\w+/g) ?? []);
}

async function plansOf(session: Session, text: string): Promise<string> {
  await session.run('set role service_role;');
  const plans: string[] = [];
  for (const statement of statementsOf(text)) plans.push(await session.plan(statement));
  await session.run('reset role;');
  return plans.join('\n');
}

/** The fastest of ten runs, as `service_role`: what else the machine does is not the query's fault. */
async function fastest(session: Session, statement: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 10; run += 1) {
    const start = performance.now();
    await session.as('service_role', statement);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** What each line of the page's table of targets is measured with: a block of the page, or a statement of the cheat sheet. */
const MEASURED: Record<string, string> = {
  'List runs (paginated)': 'Query: List runs (paginated)',
  'Filter by status': 'Query: List runs by status',
  'Filter by tags': 'Query: Filter by tags',
  'Search config': 'Query: Search config',
  Leaderboard: 'Query: Get leaderboard',
  '`get_top_runs_by_score`': 'get_top_runs_by_score(p_project_id, p_limit, p_metric, p_eval_set)',
  'Get run + iterations': 'Query: Get run + iterations',
  'Analytics aggregation': 'Query: Analytics aggregation',
};
const targets = tableUnder(page, 'Performance Targets').map(([query = '', target = '', , indexes = '']) => ({
  query,
  limit: Number(/<(\d+)ms/.exec(target)?.[1]),
  indexes: codeIn(indexes),
}));

test('every SQL block has an assertion, and every assertion its block', () => {
  expect(blocks.map(({ name }) => name).sort()).toEqual(Object.keys(CHECKS).sort());
  expect(targets.map(({ query }) => query).sort()).toEqual(Object.keys(MEASURED).sort());
});

describe.each(ENGINES)('the SQL of the page on $name', ({ open, kind }) => {
  let session: Session;

  beforeAll(async () => {
    session = await open();
    await session.run(fixture(kind === 'embedded' ? 4000 : 20_000));
  });
  afterAll(() => session?.close());

  test.each(blocks.filter(({ name }) => kind === 'postgres' || !NOT_EMBEDDED.includes(name)))('$name', async (block) => {
    const indexes = usedBy(block);
    await flushStatistics(session);
    const results = indexes.length > 0 ? await session.as('service_role', block.text) : await session.run(block.text);
    await CHECKS[block.name]?.(results, session);
    const plan = indexes.length > 0 ? await plansOf(session, block.text) : '';
    for (const index of indexes) expect(plan).toMatch(new RegExp(`\\b${index}\\b`));
  });

  test('a user has the indexes of = but not those of @>', async () => {
    const plan = async (condition: string) => {
      await session.run(`begin; set local role authenticated;
        select set_config('request.jwt.claims', '{"optrail_projects": {"proj_123": "viewer"}}', true);`);
      const shown = await session.plan(`select * from optimization_runs where project_id = 'proj_123' and ${condition}`);
      await session.run('rollback;');
      return shown;
    };
    expect(await plan("model = 'gpt-4'")).toContain('idx_optimization_runs_model');
    for (const condition of ["tags @> ARRAY['production']", `config @> '{"model_config": {"model": "gpt-4"}}'`]) {
      expect(await plan(condition)).not.toContain('gin');
    }
  });

  test.skipIf(kind === 'embedded').each(targets)('$query is within its target, by the index named', async ({ query, limit, indexes }) => {
    const name = MEASURED[query] ?? '';
    const [statement = '', ...others] = statementsOf(textOf(name));
    await session.run('select pg_stat_reset();');
    expect(await fastest(session, statement)).toBeLessThan(limit);
    for (const other of others) expect(await fastest(session, other)).toBeLessThan(limit);
    await flushStatistics(session);
    const used = await session.rows(`select indexrelname as name from pg_stat_user_indexes where idx_scan >= 5
      union select 'optimization_run_analytics' from pg_stat_user_tables where relname = 'optimization_run_analytics' and seq_scan + idx_scan >= 5`);
    expect(column(used, 'name')).toEqual(expect.arrayContaining(indexes));
  });
});
