import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createClient } from '../src/open.js';
import type { CreateOptimizationSampleInput } from '../src/schemas/sample.js';
import { ratio, table, timed } from './measure.js';
import { gate, type Section } from './report.js';

const EXAMPLES = 200;
const ITERATIONS = 100;
const BATCH = 1000;

interface Load {
  inputBytes: number;
  limit: number;
}

function inputOf(bytes: number, example: number): { question: string } {
  // Text that compresses about as well as prose: hex of a hash chain, words of it repeated.
  let text = '';
  for (let part = 0; text.length < bytes - 20; part += 1)
    text += `${createHash('md5')
      .update(`${example}.${part >> 1}`)
      .digest('base64')} `;
  return { question: text.slice(0, bytes - 20) };
}

function* samplesOf(runId: string, projectId: string, inputs: readonly object[]): Generator<CreateOptimizationSampleInput> {
  for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
    for (let index = 0; index < EXAMPLES; index += 1) {
      yield {
        runId,
        projectId,
        iteration,
        sampleIndex: index,
        input: inputs[index],
        expectedOutput: { label: `class-${index % 7}` },
        predictedOutput: { label: `class-${(index * iteration) % 7}` },
        score: (index * iteration) % 7 === index % 7 ? 1 : 0,
        latencyMs: 100 + ((index * 37 + iteration) % 900),
      };
    }
  }
}

function* batches<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length === size) yield batch;
    if (batch.length === size) batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The yardstick: what the same rows cost in one flat table, by the fastest way that PostgreSQL has. */
const FLAT = `
  drop table if exists public.flat_samples;
  create table public.flat_samples (
    run_id uuid not null, project_id text not null, iteration integer not null, sample_index integer not null, input jsonb,
    expected_output jsonb, predicted_output jsonb, score double precision, latency_ms double precision,
    created_at timestamptz not null default now(),
    primary key (run_id, iteration, sample_index, project_id),
    foreign key (run_id, iteration, project_id) references public.optimization_iterations (run_id, iteration, project_id))`;

const escaped = (value: unknown) => JSON.stringify(value).replaceAll('\\', '\\\\');

async function copyFlat(pool: Pool, samples: Iterable<CreateOptimizationSampleInput>): Promise<void> {
  const connection = await pool.connect();
  for (const batch of batches(samples, BATCH)) {
    const lines = batch.map((s) =>
      [
        s.runId,
        s.projectId,
        s.iteration,
        s.sampleIndex,
        escaped(s.input),
        escaped(s.expectedOutput),
        escaped(s.predictedOutput),
        s.score,
        s.latencyMs,
      ].join('\t'),
    );
    const stream = connection.query(
      copyFrom(
        'copy public.flat_samples (run_id, project_id, iteration, sample_index, input, expected_output, predicted_output, score, latency_ms) from stdin',
      ),
    );
    await pipeline(Readable.from([`${lines.join('\n')}\n`]), stream);
  }
  connection.release();
}

async function bytesOf(pool: Pool, relation: string): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>('select pg_total_relation_size($1::regclass) as bytes', [relation]);
  return Number(rows[0]?.bytes);
}

async function measure(url: string, pool: Pool, { inputBytes }: Load) {
  const projectId = `smp-${String(inputBytes).padStart(4, '0')}`;
  await using client = createClient({ databaseUrl: url });
  const run = await client.createOptimizationRun({
    projectId,
    runName: `samples of ${inputBytes} bytes`,
    optimizerType: 'gepa',
    status: 'running',
  });
  for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
    await client.createOptimizationIteration({ runId: run.id, projectId, iteration, score: iteration / ITERATIONS });
  }
  const inputs = Array.from({ length: EXAMPLES }, (_, example) => inputOf(inputBytes, example));
  const samples = [...samplesOf(run.id, projectId, inputs)];
  await pool.query(FLAT);
  const copy = await timed(() => copyFlat(pool, samples));
  const flatBytes = await bytesOf(pool, 'public.flat_samples');
  await pool.query('drop table public.flat_samples');

  const before = (await bytesOf(pool, 'public.optimization_samples')) + (await bytesOf(pool, 'public.optimization_examples'));
  const sdk = await timed(async () => {
    for (const batch of batches(samples, BATCH)) await client.batchCreateOptimizationSamples(batch);
  });
  const after = (await bytesOf(pool, 'public.optimization_samples')) + (await bytesOf(pool, 'public.optimization_examples'));
  const stored = await pool.query<{ n: string }>('select count(*) as n from public.optimization_samples where run_id = $1', [run.id]);
  if (Number(stored.rows[0]?.n) !== samples.length) throw new Error('samples are missing');
  return {
    copyRate: (samples.length * 1000) / copy,
    sdkRate: (samples.length * 1000) / sdk,
    flatBytes: flatBytes / samples.length,
    bytes: (after - before) / samples.length,
  };
}

export async function benchSamples(url: string, pool: Pool): Promise<Section> {
  const missed: string[] = [];
  const rows: string[][] = [];
  for (const load of [
    { inputBytes: 2000, limit: 1.5 },
    { inputBytes: 300, limit: 0.8 },
  ]) {
    const found = await measure(url, pool, load);
    const faster = found.sdkRate / found.copyRate;
    rows.push([
      `${load.inputBytes} bytes`,
      found.copyRate.toFixed(0),
      found.sdkRate.toFixed(0),
      ratio(faster),
      `${load.limit} x: ${gate(missed, faster >= load.limit, `samples with ${load.inputBytes}-byte inputs against COPY`)}`,
      found.flatBytes.toFixed(0),
      found.bytes.toFixed(0),
      load.inputBytes === 2000 ? `300: ${gate(missed, found.bytes <= 300, 'bytes a sample')}` : '',
    ]);
  }
  const text = table(
    ['inputs', 'COPY, samples/s', 'SDK, samples/s', 'SDK : COPY', 'at least', 'bytes flat', 'bytes a sample', 'at most'],
    rows,
  );
  return { title: `Samples: ${EXAMPLES} examples x ${ITERATIONS} iterations, batches of ${BATCH}`, text, missed };
}
