import { beforeAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../src/client/http/http-client.js';
import { newProject } from '../support/records.js';
import { linesIn, useServer } from './server.js';

const MIB = 1024 * 1024;
/** Text that PostgreSQL compresses little, as prompts. */
const text = (length: number, seed: number) => {
  let state = seed + 1;
  const words: string[] = [];
  for (let left = length; left > 0; left -= 9) {
    state = (state * 48_271) % 2_147_483_647;
    words.push(state.toString(36).padEnd(8, 'x'));
  }
  return words.join(' ').slice(0, length);
};

describe.each(['embedded', 'postgres'] as const)('rows of megabytes over %s', (engine) => {
  const server = useServer(engine);
  const client = createHttpClient({
    url: 'http://localhost:4700',
    fetch: (input, init) => server.server.fetch(new Request(input as string, init)),
  });
  const projectId = newProject();
  let path: string;
  let runId: string;

  beforeAll(async () => {
    const run = { projectId, runName: 'a', optimizerType: 'gepa', config: { prompt: text(3 * MIB, 99) } };
    runId = (await server.request('POST', '/v1/runs', { body: run })).json.id;
    path = `/v1/runs/${runId}`;
    const program = text(3 * MIB, 7);
    for (let iteration = 0; iteration < 5; iteration += 1) {
      await server.request('POST', `${path}/iterations`, {
        body: { iteration, program: iteration < 3 ? program : text(3 * MIB, iteration) },
      });
      const sample = { iteration, sampleIndex: 0, input: text(3 * MIB, 50 + iteration), score: 1 };
      await server.request('POST', `${path}/samples`, { body: { samples: [sample] } });
    }
    await server.request('POST', '/v1/runs', { body: { ...run, runName: 'b' } });
    await server.request('POST', '/v1/runs', { body: { ...run, runName: 'c' } });
    await server.request('POST', '/v1/runs', { body: { ...run, runName: 'd' } });
  }, 60_000);

  test.each(['iterations', 'samples', 'programs'])('a page of %s ends after 8 MiB, and the next one goes on', async (list) => {
    const sizes: number[] = [];
    const rows: object[] = [];
    let cursor = '';
    for (;;) {
      const page = await server.request('GET', `${path}/${list}${cursor}`);
      expect(page.status).toBe(200);
      expect(page.json.hasMore).toBe(page.json.nextCursor !== null);
      sizes.push(page.text.length);
      rows.push(...page.json.data);
      if (page.json.nextCursor === null) break;
      cursor = `?cursor=${page.json.nextCursor}`;
    }
    expect(sizes.length).toBe(list === 'programs' ? 1 : 2);
    expect(Math.max(...sizes)).toBeLessThan(12 * MIB);
    expect(rows).toHaveLength(list === 'programs' ? 3 : 5);
  });

  test('a client reads a long list whole, and lists runs in pages that end early', async () => {
    expect((await client.getOptimizationIterations(runId)).map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4]);
    expect((await client.getOptimizationIterations(runId, { orderDirection: 'desc', limit: 4 })).map(({ iteration }) => iteration)).toEqual(
      [4, 3, 2, 1],
    );
    expect(await client.getOptimizationSamples(runId)).toHaveLength(5);
    expect((await client.getOptimizationPrograms(runId)).map(({ iterations }) => iterations)).toEqual([[0, 1, 2], [3], [4]]);
    expect((await client.getOptimizationPrograms(runId, { after: 0 })).map(({ iterations }) => iterations)).toEqual([[3], [4]]);
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listOptimizationRuns({ projectId, cursor });
      expect(page.data.length).toBeLessThan(4);
      names.push(...page.data.map(({ runName }) => runName));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(names).toEqual(['d', 'c', 'b', 'a']);
  });

  test('lines and included iterations stream past any number of bytes', async () => {
    const lines = await server.request('GET', `${path}/iterations`, { headers: { accept: 'application/x-ndjson' } });
    expect(linesIn(lines.text).map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3, 4]);
    const whole = await server.request('GET', `${path}?include=iterations`);
    expect(whole.json).toMatchObject({ id: runId, iterationRows: [0, 1, 2, 3, 4].map((iteration) => ({ iteration })) });
    expect(whole.text.length).toBeGreaterThan(15 * MIB);
    const empty = (await server.request('POST', '/v1/runs', { body: { projectId: newProject(), runName: 'e', optimizerType: 'gepa' } }))
      .json;
    expect((await server.request('GET', `/v1/runs/${empty.id}?include=iterations`)).json).toMatchObject({ iterationRows: [] });
  });

  test('a list without programs is one small page with their hashes', async () => {
    const page = await server.request('GET', `${path}/iterations?programs=false`);
    expect(page.text.length).toBeLessThan(10_000);
    expect(page.json.data.map(({ program }: { program: unknown }) => program)).toEqual([null, null, null, null, null]);
    expect(new Set(page.json.data.map(({ programHash }: { programHash: string }) => programHash)).size).toBe(3);
    expect(await client.getOptimizationIterations(runId, { programs: false, limit: 2 })).toHaveLength(2);
  });

  test('a search reads programs of megabytes in slices, and shows a piece of the text', async () => {
    await server.request('PATCH', `${path}/iterations/4`, {
      body: { program: `${text(3 * MIB, 3)} the Needle in it ${text(3 * MIB, 4)}` },
    });
    const found = await client.searchOptimizationTrail(projectId, 'the needle in');
    expect(found.programs).toMatchObject([{ runId, iteration: 4 }]);
    expect(found.programs[0]?.excerpt).toMatch(/^….{80}the Needle in.{80}…$/);
    expect((await client.searchOptimizationTrail(projectId, 'b')).runs).toMatchObject([{ runName: 'b' }]);
  });
});
