import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LARGE_PROJECT, MEMBER, TAGS } from '../../bench/dataset.js';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle, OptimizationClient, TrailViews } from '../../src/client/port.js';
import type { RunFiltersInput } from '../../src/schemas/index.js';
import { type Observed, observedPool } from '../support/explain.js';
import { MAJORS } from '../support/postgres.js';
import { LARGE_TABLES, makeVolume, type Volume } from './volume.js';
import { WRITES } from './writes.js';

/** Every read of the client as a member makes it, and the indexes that must be in its plans. */
interface Read {
  name: string;
  read: (client: OptimizationClient & TrailViews, volume: Volume) => Promise<unknown>;
  indexes: string[];
}

const KEY = 'optimization_runs_pkey';
const NEWEST = 'idx_optimization_runs_project_id';
const ITERATIONS = 'idx_optimization_iterations_run_id';

const page = (filters: RunFiltersInput): RunFiltersInput => ({ projectId: LARGE_PROJECT, limit: 20, ...filters });

function list(name: string, filters: RunFiltersInput, ...indexes: string[]): Read {
  return { name, indexes, read: (client) => client.listOptimizationRuns(page(filters)) };
}

/** An order's first page, and one that begins two pages of 1,000 further down. */
function order(filters: RunFiltersInput, index: string): Read[] {
  const name = `${filters.orderBy} ${filters.orderDirection}`;
  return [
    list(`${name}, first page`, filters, index),
    {
      name: `${name}, deep page`,
      indexes: [index],
      async read(client) {
        let cursor: string | null | undefined;
        for (const limit of [1000, 1000, 20]) {
          const { nextCursor } = await client.listOptimizationRuns(page({ ...filters, limit, ...(cursor ? { cursor } : {}) }));
          cursor = nextCursor;
        }
      },
    },
  ];
}

const READS: Read[] = [
  ...(['desc', 'asc'] as const).flatMap((orderDirection) => [
    ...order({ orderBy: 'created_at', orderDirection }, NEWEST),
    ...order({ orderBy: 'final_score', orderDirection }, 'idx_optimization_runs_final_score'),
    ...order({ orderBy: 'improvement', orderDirection }, 'idx_optimization_runs_improvement'),
    ...order({ orderBy: 'duration_ms', orderDirection }, 'idx_optimization_runs_duration'),
  ]),
  list('status', { status: 'failed' }, 'idx_optimization_runs_status'),
  list('optimizer type', { optimizerType: 'copro' }, 'idx_optimization_runs_optimizer_type'),
  list('model', { model: 'mistral-large' }, 'idx_optimization_runs_model'),
  list('metric', { metric: 'f1' }, NEWEST),
  list('tags, common', { tags: [TAGS.common] }, NEWEST),
  list('tags, common, by score', { tags: [TAGS.common], orderBy: 'final_score' }, 'idx_optimization_runs_final_score'),
  list('tags, rare', { tags: [TAGS.rare] }, NEWEST, 'idx_optimization_runs_tags_gin'),
  list('config, common', { config: { model_config: { model: 'gpt-4' } } }, NEWEST),
  list('config, rare', { config: { seed: 4711 } }, NEWEST, 'idx_optimization_runs_config_gin', KEY),
  {
    name: 'runs of a parent',
    read: (client, { parentRunId }) => client.listOptimizationRuns(page({ parentRunId })),
    indexes: ['idx_optimization_runs_parent'],
  },
  { name: 'leaderboard', read: (client) => client.getTopRunsByScore(LARGE_PROJECT), indexes: ['idx_optimization_runs_rank'] },
  {
    name: 'leaderboard of an evaluation set',
    read: (client) => client.getTopRunsByScore(LARGE_PROJECT, 10, { evalSetHash: 'set-3' }),
    indexes: ['idx_optimization_runs_rank'],
  },
  {
    name: 'leaderboard of a metric',
    read: (client) => client.getTopRunsByScore(LARGE_PROJECT, 10, { metric: 'f1' }),
    indexes: ['idx_optimization_runs_metric_rank'],
  },
  {
    name: 'leaderboard of a metric and an evaluation set',
    read: (client) => client.getTopRunsByScore(LARGE_PROJECT, 10, { metric: 'f1', evalSetHash: 'set-3' }),
    indexes: ['idx_optimization_runs_metric_rank'],
  },
  { name: 'run by id', read: (client, { runId }) => client.getOptimizationRun(runId), indexes: [KEY] },
  {
    name: 'iterations',
    read: (client, { runId }) => client.getOptimizationIterations(runId),
    indexes: [KEY, ITERATIONS, 'optimization_programs_pkey'],
  },
  {
    name: 'the last iterations',
    read: (client, { runId }) => client.getOptimizationIterations(runId, { limit: 20, orderDirection: 'desc', after: 90 }),
    indexes: [KEY, ITERATIONS],
  },
  { name: 'best iteration', read: (client, { runId }) => client.getBestIteration(runId), indexes: [KEY, ITERATIONS] },
  {
    name: 'samples of an iteration',
    read: (client, { runId }) => client.getOptimizationSamples(runId, 3),
    indexes: ['optimization_samples_pkey', 'optimization_examples_pkey'],
  },
  {
    name: 'samples that failed',
    read: (client, { runId }) => client.getOptimizationSamples(runId, undefined, 100, { failed: true }),
    indexes: ['optimization_samples_pkey'],
  },
  {
    name: 'samples that differ from another iteration, after a page',
    read: (client, { runId }) => client.getOptimizationSamples(runId, 3, 10, { changedVs: 2, after: { iteration: 3, sampleIndex: 4 } }),
    indexes: ['optimization_samples_pkey'],
  },
  {
    name: 'programs of a run',
    read: (client, { runId }) => client.getOptimizationPrograms(runId),
    indexes: [KEY, ITERATIONS, 'optimization_programs_pkey'],
  },
  { name: 'curves', read: (client, { runId }) => client.getOptimizationCurves([runId]), indexes: [KEY, ITERATIONS] },
  {
    name: 'matrix',
    read: (client, { runId }) => client.getOptimizationMatrix(runId),
    indexes: [KEY, ITERATIONS, 'optimization_samples_pkey'],
  },
  {
    name: 'verdict',
    read: (client, { runId }) => client.assessRun(runId),
    indexes: [KEY, ITERATIONS, 'optimization_samples_pkey'],
  },
  {
    name: 'search',
    read: (client) => client.searchOptimizationTrail(LARGE_PROJECT, 'said'),
    indexes: [NEWEST, 'idx_optimization_programs_newest', 'idx_optimization_iterations_program'],
  },
  {
    name: 'newest checkpoint',
    read: (client, { runId }) => client.getOptimizationCheckpoint(runId),
    indexes: ['idx_optimization_checkpoints_run'],
  },
  { name: 'summary', read: (client, { runId }) => client.getOptimizationRunSummary(runId), indexes: [KEY, ITERATIONS] },
  { name: 'analytics', read: (client) => client.getOptimizationAnalytics(LARGE_PROJECT), indexes: ['analytics_rollup_group_key'] },
  { name: 'projects', read: (client) => client.listProjects(), indexes: ['idx_optimization_project_members_user_id'] },
];

/** What else an index is there for: statements of `service_role` and the owner, and those that foreign keys bring. */
const STATEMENTS: [name: string, statement: string, ...indexes: string[]][] = [
  [
    "the page's leaderboard",
    `select * from optimization_runs where project_id = '${LARGE_PROJECT}' and status = 'completed' order by final_score desc nulls last limit 10`,
    'idx_optimization_runs_performance',
  ],
  [
    "the page's analytics",
    `select * from optimization_run_analytics where project_id = 'p-000003'`,
    'idx_optimization_run_analytics_project',
  ],
  [
    'a run goes, with all below it, and its children stay',
    `delete from optimization_runs where project_id = '${LARGE_PROJECT}' and id = (select id from optimization_runs where project_id = '${LARGE_PROJECT}' order by created_at desc limit 1)`,
    KEY,
    'idx_optimization_runs_parent',
    ITERATIONS,
    'optimization_samples_pkey',
  ],
  [
    'a program goes, when no iteration has it',
    "delete from optimization_programs where program_hash = sha256('499')",
    'idx_optimization_iterations_program',
  ],
  [
    'an example goes, when no sample has it',
    "delete from optimization_examples where example_hash = sha256('499')",
    'idx_optimization_samples_example',
  ],
];

describe.each(MAJORS)('indexes on PostgreSQL %i, 15,000 runs', (major) => {
  let volume: Volume;
  let observed: Observed;
  let client: ClientHandle;

  beforeAll(async () => {
    volume = await makeVolume(major);
    observed = observedPool(volume.url);
    client = createClient({ pool: observed.pool });
  });
  afterAll(async () => {
    await client?.close();
    await observed?.pool.end();
  });

  test.each(READS)('$name', async ({ read, indexes }) => {
    // After five calls a function may take a plan that is made for no value in particular.
    for (let call = 0; call < 6; call += 1) await read(client.as({ sub: MEMBER }), volume);
    observed.indexes();
    await read(client.as({ sub: MEMBER }), volume);
    expect(observed.indexes()).toEqual(expect.arrayContaining(indexes));
  });

  test.each(STATEMENTS)('%s', async (_, statement, ...indexes) => {
    observed.indexes();
    await observed.pool.query(`begin; ${statement}; rollback`);
    expect(observed.indexes()).toEqual(expect.arrayContaining(indexes));
  });

  // What a write reads of a table grows with everybody's history, and with it the time for which the write holds its locks.
  test.each(WRITES)('$name, without reading a table from end to end', async ({ write }) => {
    for (let turn = 0; turn < 7; turn += 1) await write(client.as({ sub: MEMBER }), volume, turn);
    observed.scans();
    await write(client.as({ sub: MEMBER }), volume, 7);
    expect(observed.scans().filter((table) => LARGE_TABLES.includes(table))).toEqual([]);
  });

  test('every index that is not a constraint is named above', async () => {
    const { rows } = await observed.pool.query<{ name: string }>(
      `select i.indexrelid::regclass::text as name from pg_index as i join pg_class as c on c.oid = i.indexrelid
       where c.relnamespace in ('public'::regnamespace, 'optrail'::regnamespace)
         and not exists (select from pg_constraint as k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))`,
    );
    const named = new Set([...READS.flatMap(({ indexes }) => indexes), ...STATEMENTS.flatMap(([, , ...indexes]) => indexes)]);
    // A refresh that locks nobody out needs a unique index of the view.
    named.add('idx_optimization_run_analytics_group');
    expect(rows.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
  });
});
