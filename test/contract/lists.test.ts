import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { OptimizationClient } from '../../src/client/port.js';
import { type OptimizationRun, OptimizationRunSchema, type RunFiltersInput } from '../../src/schemas/index.js';
import { ABSENT, aRun, expectShape, newProject } from '../support/records.js';
import { ageHeartbeat, DOORS, type Trail, useTrail } from '../support/trails.js';

const PARENT = '01900000-0000-7000-8000-00000000aaaa';

/** Runs by their names, each with what the filters below tell it by. */
const RUNS = {
  parent: { id: PARENT, status: 'completed', finalScore: 0.5, tags: ['a'], config: { metric: 'f1', model: 'm1' } },
  child: {
    parentRunId: PARENT,
    status: 'completed',
    finalScore: 0.75,
    tags: ['a', 'b'],
    config: { metric: 'f1', model: 'm2', list: [1, 2, 3] },
  },
  'zero 100%': {
    status: 'completed',
    finalScore: 0,
    optimizerType: 'miprov2',
    tags: ['b'],
    config: { metric: 'accuracy', deep: { a: { b: 1, c: 2 } } },
  },
  'minus 100x': { status: 'failed', finalScore: -1, optimizerType: 'miprov2', tags: ['b', 'c'] },
  pending_x: { optimizerType: 'copro', tags: ['it, "quoted"', 'back\\slash'] },
  'pending-x': { optimizerType: 'simba' },
  alive: { status: 'running' },
  silent: { status: 'running' },
  'swept \\away': { status: 'running' },
} as const;
type Name = keyof typeof RUNS;
const ALL = Object.keys(RUNS) as Name[];

/** A filter, and the runs it leaves. */
const FILTERS: [RunFiltersInput, Name[]][] = [
  [{}, ALL],
  [{ status: 'completed' }, ['parent', 'child', 'zero 100%']],
  [{ status: ['completed', 'failed'] }, ['parent', 'child', 'zero 100%', 'minus 100x']],
  [{ status: 'running' }, ['alive']],
  [{ status: 'stale' }, ['silent', 'swept \\away']],
  [{ status: ['stale', 'failed'] }, ['silent', 'swept \\away', 'minus 100x']],
  [{ status: ['stale', 'running'] }, ['silent', 'swept \\away', 'alive']],
  [{ status: 'cancelled' }, []],
  [{ optimizerType: 'miprov2' }, ['zero 100%', 'minus 100x']],
  [{ optimizerType: ['copro', 'simba'] }, ['pending_x', 'pending-x']],
  [{ tags: ['a'] }, ['parent', 'child']],
  [{ tags: ['a', 'b'] }, ['child']],
  [{ tags: ['it, "quoted"', 'back\\slash'] }, ['pending_x']],
  [{ tags: ['a', 'nobody has it'] }, []],
  [{ tags: [] }, ALL],
  [{ metric: 'f1' }, ['parent', 'child']],
  [{ model: 'm2' }, ['child']],
  [{ metric: 'f1', model: 'm1' }, ['parent']],
  [{ config: { metric: 'f1' } }, ['parent', 'child']],
  [{ config: { list: [3, 1] } }, ['child']],
  [{ config: { deep: { a: { c: 2 } } } }, ['zero 100%']],
  [{ config: { deep: { a: 2 } } }, []],
  [{ search: 'PENDING' }, ['pending_x', 'pending-x']],
  [{ search: 'g_x' }, ['pending_x']],
  [{ search: '100%' }, ['zero 100%']],
  [{ search: '\\' }, ['swept \\away']],
  [{ search: "'; drop table optimization_runs; --" }, []],
  [{ parentRunId: PARENT }, ['child']],
  [{ parentRunId: ABSENT }, []],
  [{ minScore: 0.5 }, ['parent', 'child']],
  [{ maxScore: 0 }, ['zero 100%', 'minus 100x']],
  [{ minScore: 0, maxScore: 0.5 }, ['parent', 'zero 100%']],
  [{ minScore: 1, maxScore: 0 }, []],
  [{ tags: ['b'], status: 'completed', minScore: 0 }, ['child', 'zero 100%']],
];

const ORDERS = ['created_at', 'final_score', 'improvement', 'duration_ms', 'best_score'] as const;

/** Few values, so that there are ties; some that lose their last digits if they are not read back exactly. */
const value = fc.option(fc.constantFrom(0, 0.1, 0.30000000000000004, -5, 1e100, -1e100, 1e-300, 61000.25), { freq: 3 });
const someRuns = fc.array(
  fc.record({
    tags: fc.subarray(['a', 'b']),
    microseconds: fc.constantFrom(0, 1, 2, 1000, 86_400_000_000),
    final: value,
    initial: value,
    best: value,
    duration: fc.option(fc.constantFrom(0, 0.1, 1e12)),
  }),
  { maxLength: 20 },
);
type SomeRun = (typeof someRuns extends fc.Arbitrary<infer R> ? R : never)[number] & { id: string };

/** What a run is ordered by, told from what was written: null stands last in either direction. */
const ORDERED_BY: Record<(typeof ORDERS)[number], (run: SomeRun) => number | null> = {
  created_at: (run) => run.microseconds,
  final_score: (run) => run.final,
  improvement: ({ final, initial }) => (final === null || initial === null ? null : final - initial),
  duration_ms: (run) => run.duration,
  best_score: (run) => run.best,
};

function inOrder(runs: readonly SomeRun[], orderBy: (typeof ORDERS)[number], direction: 'asc' | 'desc'): string[] {
  const sign = direction === 'asc' ? 1 : -1;
  const compare = (one: SomeRun, other: SomeRun): number => {
    const [a, b] = [ORDERED_BY[orderBy](one), ORDERED_BY[orderBy](other)];
    if (a !== b) return a === null ? 1 : b === null ? -1 : sign * (a - b);
    return sign * (one.id < other.id ? -1 : 1);
  };
  return runs.toSorted(compare).map(({ id }) => id);
}

async function store({ sql }: Trail, projectId: string, runs: readonly object[]): Promise<SomeRun[]> {
  await sql('insert into optimization_projects (id, name) values ($1, $1) on conflict do nothing', [projectId]);
  const rows = await sql<{ id: string; position: number }>(
    `with run as (
       select * from jsonb_to_recordset($2::jsonb) as r(position int, tags text[], microseconds bigint, final float8, initial float8, best float8, duration float8))
     insert into optimization_runs (project_id, run_name, optimizer_type, notes, tags, config, created_at, declared_final_score, declared_initial_score, best_score, declared_duration_ms)
     select $1, 'run', 'gepa', position::text, coalesce(tags, '{}'), jsonb_build_object('tags', tags), timestamptz '2026-01-01 00:00:00Z' + microseconds * interval '1 microsecond', final, initial, best, duration from run
     returning id, notes::int as position`,
    [projectId, JSON.stringify(runs.map((run, position) => ({ position, ...run })))],
  );
  return rows.map(({ id, position }) => ({ ...runs[position], id }) as SomeRun);
}

/** Follows the cursors to the end; refuses to go round in circles. */
async function allPages(client: OptimizationClient, filters: RunFiltersInput): Promise<OptimizationRun[][]> {
  const pages: OptimizationRun[][] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listOptimizationRuns({ ...filters, cursor });
    pages.push(page.data);
    expect(page.hasMore).toBe(page.nextCursor !== null);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && pages.length < 100);
  return pages;
}

const namesOf = (runs: readonly OptimizationRun[]) => runs.map(({ runName }) => runName).sort();
const idsOf = (runs: readonly OptimizationRun[]) => runs.map(({ id }) => id);

describe.each(DOORS)('lists on $name', (install) => {
  const trail = useTrail(install);
  const projectId = newProject();

  beforeAll(async () => {
    for (const [runName, run] of Object.entries(RUNS)) await trail.client.createOptimizationRun(aRun(projectId, { runName, ...run }));
    const { data } = await trail.client.listOptimizationRuns({ projectId });
    const idOf = (name: Name) => data.find(({ runName }) => runName === name)?.id ?? '';
    for (const name of ['alive', 'silent'] as const) await trail.client.updateRunProgress(idOf(name), {});
    await ageHeartbeat(trail, idOf('silent'), 46);
    await ageHeartbeat(trail, idOf('alive'), 30);
    await trail.client.updateOptimizationRun(idOf('swept \\away'), { status: 'stale' });
    // Runs of another project with the same properties are in nobody's answer.
    const other = newProject();
    await trail.client.createOptimizationRun(aRun(other, { ...RUNS.child, runName: 'child', parentRunId: undefined }));
  });

  test.each(FILTERS)('%j leaves %j', async (filter, names) => {
    const { data, total } = await trail.client.listOptimizationRuns({ projectId, count: true, ...filter });
    expect(namesOf(data)).toEqual(names.toSorted());
    expect(total).toBe(names.length);
    for (const run of data) expectShape(OptimizationRunSchema, run);
  });

  test('what a list says of a run is what the run says of itself', async () => {
    const { data } = await trail.client.listOptimizationRuns({ projectId });
    for (const run of data) expect(await trail.client.getOptimizationRun(run.id)).toEqual(run);
    expect(data.find(({ runName }) => runName === 'silent')).toMatchObject({ status: 'stale' });
  });

  test('a total is there only where it is asked for, and is that of all pages', async () => {
    expect(await trail.client.listOptimizationRuns({ projectId, limit: 2 })).not.toHaveProperty('total');
    expect(await trail.client.listOptimizationRuns({ projectId, limit: 2, count: true })).toMatchObject({
      total: ALL.length,
      hasMore: true,
    });
    expect(await trail.client.listOptimizationRuns({ projectId, limit: 2, offset: 8, count: true })).toMatchObject({
      total: ALL.length,
      hasMore: false,
    });
  });

  test('the newest run comes first, and fifty at most, where nothing is said', async () => {
    const many = newProject();
    await store(
      trail,
      many,
      Array.from({ length: 51 }, (_, microseconds) => ({ microseconds })),
    );
    const page = await trail.client.listOptimizationRuns({ projectId: many });
    expect(page.data.map(({ notes }) => Number(notes))).toEqual(Array.from({ length: 50 }, (_, index) => 50 - index));
    expect(page.hasMore).toBe(true);
    expect((await trail.client.listOptimizationRuns({ projectId: many, limit: 51 })).nextCursor).toBeNull();
  });

  test('creation: from a time on, and before a time', async () => {
    const times = newProject();
    await store(
      trail,
      times,
      [0, 1, 1_000_000, 2_000_000].map((microseconds) => ({ microseconds })),
    );
    const notes = async (filter: RunFiltersInput) =>
      (await trail.client.listOptimizationRuns({ projectId: times, orderDirection: 'asc', ...filter })).data.map((run) => run.notes);
    expect(await notes({ createdAfter: '2026-01-01T00:00:01Z' })).toEqual(['2', '3']);
    expect(await notes({ createdBefore: '2026-01-01T00:00:01Z' })).toEqual(['0', '1']);
    expect(await notes({ createdAfter: new Date('2026-01-01T00:00:00.500Z'), createdBefore: '2026-01-01T01:00:02+01:00' })).toEqual(['2']);
  });

  test('paging by cursor or offset visits each run exactly once, under every order, with ties and without values', async () => {
    const listing = fc.record({
      orderBy: fc.constantFrom(...ORDERS),
      orderDirection: fc.constantFrom('asc', 'desc'),
      limit: fc.integer({ min: 1, max: 8 }),
      filter: fc.constantFrom('nothing', 'tags', 'config'),
      wanted: fc.subarray(['a', 'b']),
      by: fc.constantFrom('the owner', 'a member'),
    });
    const property = fc.asyncProperty(someRuns, listing, async (runs, { orderBy, orderDirection, limit, filter, wanted, by }) => {
      const random = newProject();
      const stored = await store(trail, random, runs);
      const client = by === 'the owner' ? trail.client : trail.client.as({ optrail_projects: { [random]: 'viewer' } });
      const filters = {
        projectId: random,
        orderBy,
        orderDirection,
        ...(filter === 'tags' ? { tags: wanted } : filter === 'config' ? { config: { tags: wanted } } : {}),
      };
      const matching = filter === 'nothing' ? stored : stored.filter(({ tags }) => wanted.every((tag) => tags.includes(tag)));
      const expected = inOrder(matching, orderBy, orderDirection);

      const pages = await allPages(client, { ...filters, limit });
      expect(pages.flatMap(idsOf)).toEqual(expected);
      expect(pages.map((page) => page.length)).toEqual(pages.map((_, index) => Math.min(limit, expected.length - index * limit)));
      const offset = Math.min(limit, expected.length);
      const page = await client.listOptimizationRuns({ ...filters, offset, limit, count: true });
      expect(idsOf(page.data)).toEqual(expected.slice(offset, offset + limit));
      expect(page.total).toBe(expected.length);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test.each(ORDERS)('all runs of a project come by %s in either direction', async (orderBy) => {
    const every = newProject();
    const runs = [null, 0, -5, 0, null, 1e100, 0.1].map((x, microseconds) => ({
      microseconds,
      final: x,
      initial: 0,
      best: x,
      duration: x === null ? null : Math.abs(x) % 1e12,
    }));
    const stored = await store(trail, every, runs);
    for (const orderDirection of ['asc', 'desc'] as const) {
      const { data } = await trail.client.listOptimizationRuns({ projectId: every, orderBy, orderDirection });
      expect(idsOf(data)).toEqual(inOrder(stored, orderBy, orderDirection));
    }
  });

  test('paging keeps its place among scores that differ in their last bit', async () => {
    const close = newProject();
    const scores = [0.3, 0.30000000000000004, 0.30000000000000004, 0.3333333333333333, 0.33333333333333337];
    await store(
      trail,
      close,
      scores.map((final, microseconds) => ({ final, microseconds })),
    );
    for (const orderDirection of ['asc', 'desc'] as const) {
      const pages = await allPages(trail.client, { projectId: close, orderBy: 'final_score', orderDirection, limit: 1 });
      expect(pages.map(([run]) => run?.finalScore)).toEqual(orderDirection === 'asc' ? scores : scores.toReversed());
    }
  });

  test('paging keeps its place while runs are added', async () => {
    const growing = newProject();
    await store(
      trail,
      growing,
      [1, 2, 3, 4].map((microseconds) => ({ microseconds })),
    );
    const first = await trail.client.listOptimizationRuns({ projectId: growing, limit: 2 });
    await store(trail, growing, [{ microseconds: 9 }]);
    const second = await trail.client.listOptimizationRuns({ projectId: growing, limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.data, ...second.data].map(({ notes }) => notes)).toEqual(['3', '2', '1', '0']);
  });

  test('a cursor is of one order; another one, or no cursor at all, is refused by name', async () => {
    const { client } = trail;
    const { nextCursor } = await client.listOptimizationRuns({ projectId, limit: 1, orderBy: 'final_score' });
    const forged = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const wrong: RunFiltersInput[] = [
      { cursor: nextCursor ?? '' },
      { cursor: nextCursor ?? '', orderBy: 'final_score', orderDirection: 'asc' },
      { cursor: 'nonsense' },
      { cursor: '' },
      { cursor: forged('created_at', 'desc', 'no time', ABSENT) },
      { cursor: forged('created_at', 'desc', null, ABSENT) },
      { cursor: forged('created_at', 'desc', "2026-01-01' or true --", ABSENT) },
      { cursor: forged('final_score', 'desc', 'no number', ABSENT), orderBy: 'final_score' },
      { cursor: forged('final_score', 'desc', '1', "' or true --"), orderBy: 'final_score' },
      { cursor: forged('final_score; drop table optimization_runs', 'desc', '1', ABSENT) },
    ];
    for (const filters of wrong) {
      await expect(client.listOptimizationRuns({ projectId, ...filters }), JSON.stringify(filters)).rejects.toMatchObject({
        code: 'invalid_input',
        path: 'cursor',
      });
    }
  });
});
