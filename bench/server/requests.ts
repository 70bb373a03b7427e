import { createHttpClient } from '../../src/client/http/http-client.js';
import type { ClientHandle, OptimizationClient } from '../../src/client/port.js';
import { percentile, table, timed } from '../measure.js';
import { gate, type Section } from '../report.js';

/** What HTTP may add to a call, in costs of a route that is sent as much and does nothing. */
const MOST_ADDED = 3;
/** Calls at once where requests per second are counted. */
const LANES = 8;
const BATCH = 100;
const PROJECT = 'bench-server';
const EMPTY = 'an empty route';
const EMPTY_WRITE = 'an empty route that is sent as much as the write';

interface Call {
  name: string;
  /** The work that carries as much and does nothing. */
  empty: string;
  run: (client: OptimizationClient) => Promise<unknown>;
}

interface Reading {
  one: number[];
  many: number[];
  perSecond: number;
}

/** Runs to list and read, and a key that reads and writes them. */
async function prepare(client: ClientHandle): Promise<{ runId: string; key: string; keyId: string }> {
  let runId = '';
  for (let index = 0; index < 200; index += 1) {
    const config = { metric: 'accuracy', seed: index };
    const run = await client.createOptimizationRun({
      projectId: PROJECT,
      runName: `run ${index}`,
      optimizerType: 'gepa',
      status: 'running',
      config,
    });
    runId = run.id;
  }
  const { secret, id } = await client.createApiKey(PROJECT, { name: 'bench', scope: 'write' });
  return { runId, key: secret, keyId: id };
}

/** One after the other, in which nobody waits for anybody, then several at once. */
async function measure(work: () => Promise<unknown>, calls: number, into: Reading): Promise<void> {
  for (let index = 0; index < calls; index += 1) into.one.push(await timed(work));
  const took = await timed(() =>
    Promise.all(
      Array.from({ length: LANES }, async () => {
        for (let index = 0; index < calls / 4; index += 1) into.many.push(await timed(work));
      }),
    ),
  );
  into.perSecond += (LANES * Math.ceil(calls / 4) * 1000) / took;
}

/** The same calls through the direct client and over HTTP, as the same key, in turn; and a route that asks the database nothing. */
export async function benchRequests(client: ClientHandle, url: string, isQuick: boolean): Promise<Section> {
  const { runId, key, keyId } = await prepare(client);
  const direct = client.as({ optrail_projects: { [PROJECT]: 'editor' }, optrail_key: keyId });
  await using http = createHttpClient({ url, apiKey: key });
  let iteration = 0;
  const samples = () => {
    iteration += 1;
    return Array.from({ length: BATCH }, (_, sampleIndex) => ({
      runId,
      projectId: PROJECT,
      iteration,
      sampleIndex,
      score: 0.5,
      latencyMs: 12,
    }));
  };
  const calls: Call[] = [
    { name: 'list 20 runs', empty: EMPTY, run: (by) => by.listOptimizationRuns({ projectId: PROJECT, limit: 20 }) },
    { name: 'read a run', empty: EMPTY, run: (by) => by.getOptimizationRun(runId, { projectId: PROJECT }) },
    { name: `write ${BATCH} samples`, empty: EMPTY_WRITE, run: (by) => by.batchCreateOptimizationSamples(samples()) },
  ];
  // It asks who calls, as every route does, and the database nothing.
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const empty = async () => (await fetch(`${url}/v1/me`, { headers })).arrayBuffer();
  // A batch of none, as long as the batch is: nothing of it reaches the database.
  const body = `{"samples":[]${' '.repeat(JSON.stringify({ samples: samples() }).length - 14)}}`;
  const emptyWrite = async () => (await fetch(`${url}/v1/samples`, { method: 'POST', headers, body })).arrayBuffer();
  const works = new Map<string, () => Promise<unknown>>([
    [EMPTY, empty],
    [EMPTY_WRITE, emptyWrite],
  ]);
  for (const { name, run } of calls) {
    works.set(`${name}, direct`, () => run(direct));
    works.set(`${name}, HTTP`, () => run(http));
  }
  const readings = new Map([...works.keys()].map((name): [string, Reading] => [name, { one: [], many: [], perSecond: 0 }]));
  const rounds = isQuick ? 4 : 12;
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, work] of works) {
      // What the first round measures, the warming of caches and plans, is not counted.
      await measure(work, 24, (round >= 0 ? readings.get(name) : undefined) ?? { one: [], many: [], perSecond: 0 });
    }
  }
  return sectionOf(calls, readings, rounds);
}

function sectionOf(calls: readonly Call[], readings: ReadonlyMap<string, Reading>, rounds: number): Section {
  const missed: string[] = [];
  const of = (name: string) => {
    const { one = [], many = [], perSecond = Number.NaN } = readings.get(name) ?? {};
    const sorted = [one, many].map((each) => [...each].sort((a, b) => a - b));
    return { p50: percentile(sorted[0] ?? [], 0.5), p95: percentile(sorted[1] ?? [], 0.95), perSecond: perSecond / rounds };
  };
  const rows = calls.map(({ name, empty }) => {
    const [direct, http] = [of(`${name}, direct`), of(`${name}, HTTP`)];
    const added = (http.p50 - direct.p50) / of(empty).p50;
    return [
      name,
      direct.p50.toFixed(2),
      http.p50.toFixed(2),
      `${added.toFixed(2)} x`,
      gate(missed, added <= MOST_ADDED, `${name}: what HTTP adds`),
      direct.perSecond.toFixed(0),
      http.perSecond.toFixed(0),
      direct.p95.toFixed(1),
      http.p95.toFixed(1),
    ];
  });
  for (const name of [EMPTY, EMPTY_WRITE]) {
    const { p50, perSecond, p95 } = of(name);
    rows.push([name, '', p50.toFixed(2), '', '', '', perSecond.toFixed(0), '', p95.toFixed(1)]);
  }
  const header = ['one at a time, then eight at once', 'direct, ms p50', 'HTTP', 'HTTP adds, in empty routes', `limit ${MOST_ADDED} x`];
  const text = table([...header, 'direct, a second', 'HTTP', 'direct, ms p95', 'HTTP'], rows);
  return { title: 'Requests, as an API key under row-level security', text, missed };
}
