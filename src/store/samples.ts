import type { Row } from '../database/port.js';
import type { OptimizationSamplesRow } from '../database/rows.generated.js';
import type { JsonObject, JsonValue } from '../schemas/json.js';
import { type CreateOptimizationSample, type OptimizationSample, SAMPLE_FIELDS } from '../schemas/sample.js';
import { mapRows, queryWithin } from './bounded.js';
import { camelized, snakeCase } from './case.js';
import { hex } from './content.js';
import { Parameters } from './parameters.js';
import { type Scope, theRow } from './scope.js';

/** The columns that reads give: the key, the fields of the table, and times. Content that is stored once has its hash in their place. */
const COLUMNS = [
  ...['run_id', 'project_id', 'iteration', 'sample_index', 'example_hash'],
  ...Object.keys(SAMPLE_FIELDS)
    .filter((name) => name !== 'input' && name !== 'expectedOutput')
    .map(snakeCase),
  'created_at',
];

/** Columns of any size. */
const LARGE_COLUMNS = ['input', 'expected_output', 'predicted_output', 'scores', 'error_message', 'feedback', 'metadata'];

type SampleRow = OptimizationSamplesRow & { input: JsonValue | null; expected_output: JsonValue | null };

function sampleOf(row: SampleRow, hashes = false): OptimizationSample {
  const { exampleHash, ...sample } = camelized(row);
  return {
    ...sample,
    scores: sample.scores as Record<string, number> | null,
    metadata: sample.metadata as JsonObject | null,
    ...(hashes ? { exampleHash: exampleHash && hex(exampleHash) } : {}),
  };
}

export interface SampleQuery {
  projectId: string | undefined;
  iteration?: number | undefined;
  sampleIndex?: number | undefined;
  failed?: boolean | undefined;
  /** Only those that this iteration does not have with the same example, score and outcome. */
  changedVs?: number | undefined;
  after?: { iteration: number; sampleIndex: number } | undefined;
  hashes?: boolean | undefined;
  limit: number;
}

const SELECTION = COLUMNS.map((column) => (column === 'example_hash' ? 'e.input, e.expected_output, s.example_hash' : `s.${column}`)).join(
  ', ',
);

/** What tells the examples of an iteration apart, in one value, so that two iterations can be joined by hash: the hash, or the index. */
const exampleOf = (sample: string) => `coalesce(${sample}.example_hash, int4send(${sample}.sample_index))`;

export async function getSamples(scope: Scope, runId: string, query: SampleQuery, bytes?: number): Promise<OptimizationSample[]> {
  const { iteration, sampleIndex, failed, changedVs, after } = query;
  const parameters = new Parameters();
  const [run, project] = [parameters.add(runId), parameters.add(query.projectId ?? null)];
  const where = [`s.run_id = ${run}`, `s.project_id = optrail.resolve_run(${run}, ${project})`];
  if (iteration !== undefined) where.push(`s.iteration = ${parameters.add(iteration)}`);
  if (sampleIndex !== undefined) where.push(`s.sample_index = ${parameters.add(sampleIndex)}`);
  if (failed !== undefined) where.push(failed ? 's.failed' : 'not s.failed');
  if (after !== undefined)
    where.push(`(s.iteration, s.sample_index) > (${parameters.add(after.iteration)}, ${parameters.add(after.sampleIndex)})`);
  if (changedVs !== undefined)
    where.push(`not exists (
      select from public.optimization_samples as o
      where o.run_id = s.run_id and o.project_id = s.project_id and o.iteration = ${parameters.add(changedVs)}
        and ${exampleOf('o')} = ${exampleOf('s')} and o.score is not distinct from s.score and o.failed = s.failed)`);
  const statement = {
    text: `select ${SELECTION}
      from public.optimization_samples as s
      left join public.optimization_examples as e on e.project_id = s.project_id and e.example_hash = s.example_hash
      where ${where.join(' and ')}
      order by s.iteration, s.sample_index
      limit ${parameters.add(query.limit)}`,
    values: parameters.values,
  };
  const rows = await queryWithin<SampleRow & Row>(scope, statement, LARGE_COLUMNS, bytes);
  return mapRows(rows, (row) => sampleOf(row, query.hashes));
}

/** The row of a sample that was stored, which is the older one where there was one. */
export async function getSample(
  scope: Scope,
  { runId, projectId, iteration, sampleIndex }: CreateOptimizationSample,
): Promise<OptimizationSample> {
  return theRow(await getSamples(scope, runId, { projectId, iteration, sampleIndex, limit: 1 }), 'the recording of a sample');
}
