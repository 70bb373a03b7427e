import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LARGE_PROJECT, MEMBER, TAGS } from '../../bench/dataset.js';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle } from '../../src/client/port.js';
import type { RunFiltersInput } from '../../src/schemas/index.js';
import { asSuperuser } from '../support/sql.js';
import { makeVolume, type Volume } from './volume.js';

interface Search {
  name: string;
  filters: (volume: Volume) => RunFiltersInput;
  /** The same as SQL over all runs of the project. */
  where: (volume: Volume) => string;
}

const COMMON = `tags @> '{${TAGS.common}}'`;

/** What is found on the way through the runs in their order, what by a GIN index, and what is neither near the top nor rare. */
const SEARCHES: Search[] = [
  { name: 'common', filters: () => ({ tags: [TAGS.common] }), where: () => COMMON },
  {
    name: 'common, of one status',
    filters: () => ({ tags: [TAGS.common], status: 'failed' }),
    where: () => `${COMMON} and status = 'failed'`,
  },
  { name: 'some', filters: () => ({ tags: [TAGS.some] }), where: () => `tags @> '{${TAGS.some}}'` },
  {
    name: 'rare',
    filters: ({ rareConfig }) => ({ config: rareConfig }),
    where: ({ rareConfig }) => `config @> '${JSON.stringify(rareConfig)}'`,
  },
  { name: 'none', filters: () => ({ tags: ['nobody has it'] }), where: () => 'false' },
  {
    name: 'common, of a name far down',
    filters: ({ oldestName }) => ({ tags: [TAGS.common], search: oldestName }),
    where: ({ oldestName }) => `${COMMON} and run_name ilike '%${oldestName}%'`,
  },
];

const ORDERS = {
  created_at: 'created_at desc, id desc',
  final_score: 'final_score desc nulls last, id desc',
  best_score: 'best_score desc nulls last, id desc',
} as const;

describe('a search in a project of 5,000 runs gives what a scan gives', () => {
  let volume: Volume;
  let client: ClientHandle;

  beforeAll(async () => {
    volume = await makeVolume(18);
    client = createClient({ databaseUrl: volume.url });
  });
  afterAll(() => client?.close());

  async function scanned(where: string, order: string): Promise<string[]> {
    const rows = await asSuperuser(
      volume.url,
      `select id from public.optimization_runs where project_id = '${LARGE_PROJECT}' and ${where} order by ${order}`,
    );
    return rows.map(({ id }) => id as string);
  }

  describe.each(SEARCHES)('$name', ({ filters, where }) => {
    test.each(['created_at', 'final_score', 'best_score'] as const)('by %s: three pages, their count, and an offset', async (orderBy) => {
      const member = client.as({ sub: MEMBER });
      const all = await scanned(where(volume), ORDERS[orderBy]);
      const wanted: RunFiltersInput = { projectId: LARGE_PROJECT, ...filters(volume), orderBy, limit: 7 };

      const found: string[] = [];
      let cursor: string | null = null;
      for (let read = 0; read < 3; read += 1) {
        const page = await member.listOptimizationRuns({ ...wanted, count: true, ...(cursor === null ? {} : { cursor }) });
        expect(page.total).toBe(all.length);
        found.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor;
        if (cursor === null) break;
      }
      expect(found).toEqual(all.slice(0, 21));
      const { data } = await member.listOptimizationRuns({ ...wanted, offset: 2 });
      expect(data.map(({ id }) => id)).toEqual(all.slice(2, 9));
    });

    test('a stranger finds nothing', async () => {
      const page = await client.as({ sub: 'stranger' }).listOptimizationRuns({ projectId: LARGE_PROJECT, ...filters(volume), count: true });
      expect(page).toMatchObject({ data: [], hasMore: false, total: 0 });
    });
  });
});
