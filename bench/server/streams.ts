import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { ClientHandle } from '../../src/client/port.js';
import type { TrailEvent } from '../../src/schemas/event.js';
import { percentile, table } from '../measure.js';
import { gate, type Section } from '../report.js';
import type { ServerProcess } from './process.js';

const STREAMS = 200;
const BATCH = 100;
/** Batches a second: with their samples a thousand a second. */
const RATE = 10;
const MOST = { megabytes: 150, p95: 1_000 };
const PROJECT = 'bench-streams';

/** One who follows, and when it was told of each iteration. */
class Follower {
  readonly told = new Map<number, number>();
  readonly #over = new AbortController();

  async open(url: string, key: string): Promise<void> {
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: this.#over.signal });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    void this.#read(response.body).catch(() => {});
  }

  close(): void {
    this.#over.abort();
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    const parser = createParser({
      onEvent: ({ event, data }) => {
        if (event !== 'samples.recorded') return;
        for (const iteration of (JSON.parse(data) as TrailEvent).iterations ?? []) this.told.set(iteration, performance.now());
      },
    });
    for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

const megabytes = (bytes: number) => bytes / 1024 / 1024;

/** Two hundred follow a run while a thousand samples a second are recorded into it. */
export async function benchStreams(client: ClientHandle, server: ServerProcess, isQuick: boolean): Promise<Section> {
  const { id: runId } = await client.createOptimizationRun({
    projectId: PROJECT,
    runName: 'followed',
    optimizerType: 'gepa',
    status: 'running',
  });
  const { secret } = await client.createApiKey(PROJECT, { name: 'bench', scope: 'read' });
  const atRest = await server.memory();
  const followers = Array.from({ length: STREAMS }, () => new Follower());
  await Promise.all(followers.map((follower) => follower.open(`${server.url}/v1/runs/${runId}/events`, secret)));

  const batches = RATE * (isQuick ? 8 : 25);
  const stored = new Map<number, number>();
  const start = performance.now();
  const writing: Promise<unknown>[] = [];
  let highest = atRest;
  for (let iteration = 0; iteration < batches; iteration += 1) {
    await sleep(Math.max(0, start + (iteration * 1000) / RATE - performance.now()));
    const samples = Array.from({ length: BATCH }, (_, sampleIndex) => ({ runId, projectId: PROJECT, iteration, sampleIndex, score: 0.5 }));
    writing.push(client.batchCreateOptimizationSamples(samples).then(() => stored.set(iteration, performance.now())));
    if (iteration % RATE === 0) highest = Math.max(highest, await server.memory());
  }
  await Promise.all(writing);
  const perSecond = (batches * BATCH * 1000) / (performance.now() - start);
  for (let tries = 0; tries < 100 && followers.some(({ told }) => told.size < batches); tries += 1) await sleep(50);
  const ended = await server.memory();
  for (const follower of followers) follower.close();

  const late = followers
    .flatMap(({ told }) => [...told].map(([iteration, at]) => Math.max(0, at - (stored.get(iteration) ?? at))))
    .sort((a, b) => a - b);
  const lost = followers.reduce((sum, { told }) => sum + batches - told.size, 0);
  const missed: string[] = [];
  const [p50, p95, more] = [percentile(late, 0.5), percentile(late, 0.95), megabytes(Math.max(highest, ended) - atRest)];
  const text = table(
    ['', '', 'limit'],
    [
      ['samples a second', perSecond.toFixed(0), gate(missed, perSecond >= 950, 'a thousand samples a second are recorded')],
      ['batches that a follower was not told of', String(lost), gate(missed, lost === 0, 'every follower is told of every batch')],
      ['told after it was stored, ms p50', p50.toFixed(0), ''],
      ['told after it was stored, ms p95', p95.toFixed(0), gate(missed, p95 <= MOST.p95, `told within ${MOST.p95} ms`)],
      ['memory of the server at rest, MB', megabytes(atRest).toFixed(0), ''],
      ['more with the streams, MB', more.toFixed(0), gate(missed, more <= MOST.megabytes, `at most ${MOST.megabytes} MB more`)],
    ],
  );
  return { title: `${STREAMS} live streams while 1,000 samples a second are recorded`, text, missed };
}
