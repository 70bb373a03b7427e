import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool, PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createClient } from '../src/client/open/create-client.js';
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
        exampleId: `t-${index}`,
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

/**
 * The yardstick: what the same samples cost in one flat table, by the fastest way that PostgreSQL has. Its columns are those of
 * optimization_samples with the example written out in each row, and it has as many indexes and foreign keys: an example is
 * found again by the data set's own id where ours has the hash.
 */
const FLAT = `
  drop table if exists public.flat_samples;
  create table public.flat_samples (like public.optimization_samples including defaults including generated);
  alter table public.flat_samples drop column example_hash, add column input jsonb, add column expected_output jsonb,
    add primary key (run_id, iteration, sample_index, project_id),
    add foreign key (run_id, iteration, project_id) references public.optimization_iterations (run_id, iteration, project_id),
    add foreign key (project_id) references public.optimization_projects (id);
  create index on public.flat_samples (project_id, example_id) where example_id is not null`;

const escaped = (value: unknown) => JSON.stringify(value).replaceAll('\\', '\\\\');

async function copyBatch(connection: PoolClient, batch: readonly CreateOptimizationSampleInput[]): Promise<void> {
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
      s.exampleId,
    ].join('\t'),
  );
  const columns = 'run_id, project_id, iteration, sample_index, input, expected_output, predicted_output, score, latency_ms, example_id';
  await pipeline(Readable.from([`${lines.join('\n')}\n`]), connection.query(copyFrom(`copy public.flat_samples (${columns}) from stdin`)));
}

async function bytesOf(pool: Pool, relation: string): Promise<number> {
  const { rows } = await pool.query<{ bytes: string }>('select pg_total_relation_size($1::regclass) as bytes', [relation]);
  return Number(rows[0]?.bytes);
}

/** Both take the same batches in turn, so that a slow moment of the machine falls on both; the first load warms both up. */
async function measure(url: string, pool: Pool, { inputBytes }: Load) {
  const projectId = `smp-${String(inputBytes).padStart(4, '0')}`;
  await using client = createClient({ databaseUrl: url });
  const inputs = Array.from({ length: EXAMPLES }, (_, example) => inputOf(inputBytes, example));
  const load = async () => {
    const run = await client.createOptimizationRun({
      projectId,
      runName: `samples of ${inputBytes} bytes`,
      optimizerType: 'gepa',
      status: 'running',
    });
    for (let iteration = 0; iteration < ITERATIONS; iteration += 1) {
      await client.createOptimizationIteration({ runId: run.id, projectId, iteration, score: iteration / ITERATIONS });
    }
    const connection = await pool.connect();
    let [copy, sdk, samples] = [0, 0, 0];
    for (const batch of batches(samplesOf(run.id, projectId, inputs), BATCH)) {
      copy += await timed(() => copyBatch(connection, batch));
      sdk += await timed(() => client.batchCreateOptimizationSamples(batch));
      samples += batch.length;
    }
    connection.release();
    const stored = await pool.query<{ n: string }>('select count(*) as n from public.optimization_samples where run_id = $1', [run.id]);
    if (Number(stored.rows[0]?.n) !== samples) throw new Error('samples are missing');
    return { copyRate: (samples * 1000) / copy, sdkRate: (samples * 1000) / sdk, samples };
  };
  await pool.query(FLAT);
  await load();
  await pool.query('truncate public.flat_samples');
  const before = (await bytesOf(pool, 'public.optimization_samples')) + (await bytesOf(pool, 'public.optimization_examples'));
  const rates = await load();
  const after = (await bytesOf(pool, 'public.optimization_samples')) + (await bytesOf(pool, 'public.optimization_examples'));
  const flatBytes = await bytesOf(pool, 'public.flat_samples');
  await pool.query('drop table public.flat_samples');
  return { ...rates, flatBytes: flatBytes / rates.samples, bytes: (after - before) / rates.samples };
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
