import type { Row, Transaction } from '../database/port.js';
import type { OptimizationSamplesRow, RecordOptimizationSamplesRow } from '../database/rows.generated.js';
import { isOptrailError } from '../errors.js';
import type { JsonObject, JsonValue } from '../schemas/json.js';
import type { CreateOptimizationSample, OptimizationSample, SampleBatchResult } from '../schemas/sample.js';
import { camelized } from './case.js';
import { contentOf, hex } from './content.js';
import type { ExampleMemory } from './example-memory.js';
import { toColumns, withTotalTokens } from './iterations.js';
import { missingRun } from './runs.js';
import { type Scope, theRow } from './scope.js';

/** Samples of one statement: enough to make its cost vanish, few enough to keep its text small. */
const SAMPLES_PER_STATEMENT = 1000;

const COLUMNS = [
  'run_id',
  'project_id',
  'iteration',
  'sample_index',
  'example_hash',
  'predicted_output',
  'score',
  'scores',
  'success',
  'failed',
  'latency_ms',
  'prompt_tokens',
  'completion_tokens',
  'total_tokens',
  'cost_usd',
  'error_message',
  'feedback',
  'example_id',
  'split',
  'metadata',
  'created_at',
] as const satisfies readonly (keyof OptimizationSamplesRow)[];

type SampleRow = Pick<OptimizationSamplesRow, (typeof COLUMNS)[number]> & { input: JsonValue | null; expected_output: JsonValue | null };

function sampleOf(row: SampleRow, hashes = false): OptimizationSample {
  const { exampleHash, ...sample } = camelized(row);
  return {
    ...sample,
    scores: sample.scores as Record<string, number> | null,
    metadata: sample.metadata as JsonObject | null,
    ...(hashes ? { exampleHash: exampleHash && hex(exampleHash) } : {}),
  };
}

/** Examples by hash, as the recording function takes them. */
class Examples {
  private readonly texts = new Map<string, string>();

  /** The hash under which the sample's example is stored, or undefined where it has none. */
  hashOf({ input, expectedOutput }: CreateOptimizationSample): string | undefined {
    if (input === undefined && expectedOutput === undefined) return undefined;
    const { hash, text } = contentOf({
      ...(input === undefined ? {} : { input }),
      ...(expectedOutput === undefined ? {} : { expectedOutput }),
    });
    this.texts.set(hash, text);
    return hash;
  }

  without(known: (hash: string) => boolean): [hash: string, text: string][] {
    return [...this.texts].filter(([hash]) => !known(hash));
  }
}

async function recordPart(transaction: Transaction, projectId: string, part: readonly CreateOptimizationSample[], memory: ExampleMemory): Promise<number> {
  const examples = new Examples();
  const rows = part.map((sample) => {
    const { input: _, expectedOutput: __, projectId: ___, ...fields } = withTotalTokens(sample);
    return toColumns({ ...fields, exampleHash: examples.hashOf(sample) });
  });
  const unsent = examples.without((hash) => memory.has(projectId, hash));
  const result = await transaction.query<RecordOptimizationSamplesRow & Row>({
    text: 'select stored, existing from public.record_optimization_samples($1, $2::jsonb, $3::text[], $4::text[])',
    values: [projectId, JSON.stringify(rows), unsent.map(([hash]) => hash), unsent.map(([, text]) => text)],
  });
  memory.add(
    projectId,
    unsent.map(([hash]) => hash),
  );
  return theRow(result, 'the recording of samples').stored ?? 0;
}

async function byProject(transaction: Transaction, samples: readonly CreateOptimizationSample[]): Promise<Map<string, CreateOptimizationSample[]>> {
  const projectOfRun = new Map<string, string>();
  const groups = new Map<string, CreateOptimizationSample[]>();
  for (const sample of samples) {
    const projectId = sample.projectId ?? projectOfRun.get(sample.runId) ?? (await resolveProject(transaction, sample.runId));
    if (sample.projectId === undefined) projectOfRun.set(sample.runId, projectId);
    const group = groups.get(projectId);
    if (group === undefined) groups.set(projectId, [sample]);
    else group.push(sample);
  }
  return groups;
}

async function resolveProject(transaction: Transaction, runId: string): Promise<string> {
  const [row] = await transaction.query<{ project_id: string | null }>({
    text: 'select optrail.resolve_run($1, null) as project_id',
    values: [runId],
  });
  if (row?.project_id == null) throw missingRun(runId);
  return row.project_id;
}

async function recordAll(scope: Scope, samples: readonly CreateOptimizationSample[], memory: ExampleMemory): Promise<SampleBatchResult> {
  const draft = memory.draft();
  const stored = await scope.transaction(async (transaction) => {
    let sum = 0;
    for (const [projectId, group] of await byProject(transaction, samples)) {
      for (let start = 0; start < group.length; start += SAMPLES_PER_STATEMENT) {
        sum += await recordPart(transaction, projectId, group.slice(start, start + SAMPLES_PER_STATEMENT), draft);
      }
    }
    return sum;
  });
  draft.keep();
  return { stored, existing: samples.length - stored };
}

/** Stores samples in one transaction. Examples that this database is known to hold are not sent again. */
export async function createSamples(scope: Scope, samples: readonly CreateOptimizationSample[], memory: ExampleMemory): Promise<SampleBatchResult> {
  if (samples.length === 0) return { stored: 0, existing: 0 };
  try {
    return await recordAll(scope, samples, memory);
  } catch (error) {
    // What was known is gone: somebody deleted the project, or restored an older copy of it.
    if (!isOptrailError(error) || error.constraint !== 'optimization_samples_example_fkey') throw error;
    memory.clear();
    return recordAll(scope, samples, memory);
  }
}

export interface SampleQuery {
  projectId: string | undefined;
  iteration?: number | undefined;
  sampleIndex?: number | undefined;
  failed?: boolean | undefined;
  hashes?: boolean | undefined;
  limit: number;
}

export async function getSamples(scope: Scope, runId: string, query: SampleQuery): Promise<OptimizationSample[]> {
  const values = [runId, query.projectId ?? null, query.limit, query.iteration ?? null, query.sampleIndex ?? null];
  const rows = await scope.query<SampleRow & Row>({
    text: `select ${COLUMNS.map((column) => (column === 'example_hash' ? 'e.input, e.expected_output, s.example_hash' : `s.${column}`)).join(', ')}
      from public.optimization_samples as s
      left join public.optimization_examples as e on e.project_id = s.project_id and e.example_hash = s.example_hash
      where s.run_id = $1 and s.project_id = optrail.resolve_run($1, $2)
        and ($4::int is null or s.iteration = $4) and ($5::int is null or s.sample_index = $5)
        ${query.failed === undefined ? '' : `and ${query.failed ? '' : 'not '}s.failed`}
      order by s.iteration, s.sample_index
      limit $3`,
    values,
  });
  return rows.map((row) => sampleOf(row, query.hashes));
}
