import type { Transaction } from '../../database/port.js';
import { isOptrailError } from '../../errors.js';
import type { CreateOptimizationSample, SampleBatchResult } from '../../schemas/sample.js';
import { TimeSlice } from '../../schemas/time-slice.js';
import { missingRun } from '../runs.js';
import { type Scope, theRow } from '../scope.js';
import { columnPlaces, columnsOf } from './columns.js';
import { type ExampleMemory, exampleContent } from './example-memory.js';

/** Samples, or examples, of one statement: enough to make its cost vanish, few enough to keep its text small. */
const PER_STATEMENT = 1000;

const FIRST_COLUMN = 2;
const PLACES = columnPlaces(FIRST_COLUMN);
const [HASHES, NEW_HASHES, NEW_TEXTS] = [0, 1, 2].map((next) => `$${FIRST_COLUMN + PLACES.length + next}::text[]`);
const RECORD = `select optrail.record_samples($1, ${PLACES.join(', ')}, ${HASHES}, ${NEW_HASHES}, ${NEW_TEXTS}) as stored`;

/** What one call of the recording function stores: samples, and the examples that are not known to be stored. */
interface Slice {
  projectId: string;
  samples: readonly CreateOptimizationSample[];
  /** Of the example of each sample. */
  hashes: (string | null)[];
  unsent: [hash: string, text: string][];
}

async function sliceOf(
  projectId: string,
  samples: readonly CreateOptimizationSample[],
  memory: ExampleMemory,
  turn: TimeSlice,
): Promise<Slice> {
  const unsent = new Map<string, string>();
  const hashes: (string | null)[] = [];
  for (const sample of samples) {
    const hasExample = sample.input !== undefined || sample.expectedOutput !== undefined;
    const { hash, text } = hasExample ? memory.contentOf(sample) : { hash: null };
    hashes.push(hash);
    if (hash !== null && !unsent.has(hash) && !memory.has(projectId, hash)) unsent.set(hash, text ?? exampleContent(sample).text);
    if (turn.isOver()) await turn.next();
  }
  return { projectId, samples, hashes, unsent: [...unsent] };
}

/** Of each project the slices of its samples. Hashing takes its time where examples are new. */
async function slicesOf(projects: readonly [string, CreateOptimizationSample[]][], memory: ExampleMemory): Promise<Slice[][]> {
  const turn = new TimeSlice();
  const groups: Slice[][] = [];
  for (const [projectId, samples] of projects) {
    const slices: Slice[] = [];
    for (const part of partsOf(samples)) {
      slices.push(await sliceOf(projectId, part, memory, turn));
    }
    groups.push(slices);
  }
  // Writing the first of them out is a turn's work again.
  await turn.next();
  return groups;
}

/** Stores a slice; how many of its samples are new. */
async function record(transaction: Transaction, { projectId, samples, hashes, unsent }: Slice): Promise<number> {
  const result = await transaction.query<{ stored: number }>({
    text: RECORD,
    values: [projectId, ...columnsOf(samples), hashes, unsent.map(([hash]) => hash), unsent.map(([, text]) => text)],
  });
  return theRow(result, 'the recording of samples').stored;
}

async function byProject(
  transaction: Transaction,
  samples: readonly CreateOptimizationSample[],
): Promise<[projectId: string, samples: CreateOptimizationSample[]][]> {
  const projectOfRun = new Map<string, string>();
  const groups = new Map<string, CreateOptimizationSample[]>();
  for (const sample of samples) {
    const projectId = sample.projectId ?? projectOfRun.get(sample.runId) ?? (await resolveProject(transaction, sample.runId));
    if (sample.projectId === undefined) projectOfRun.set(sample.runId, projectId);
    const group = groups.get(projectId);
    if (group === undefined) groups.set(projectId, [sample]);
    else group.push(sample);
  }
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
}

async function resolveProject(transaction: Transaction, runId: string): Promise<string> {
  const [row] = await transaction.query<{ project_id: string | null }>({
    text: 'select optrail.resolve_run($1, null) as project_id',
    values: [runId],
  });
  if (row?.project_id == null) throw missingRun(runId);
  return row.project_id;
}

/**
 * Stores many slices in one transaction. Each takes its locks in order, and here all of them together do: first every
 * run, then every example by its hash, then the samples; otherwise two batches over the same data could wait in a circle.
 */
async function recordMany(transaction: Transaction, groups: readonly Slice[][]): Promise<number> {
  for (const slices of groups) {
    const runIds = [...new Set(slices.flatMap((slice) => slice.samples.map((sample) => sample.runId)))];
    await transaction.query({ text: 'select optrail.lock_runs($1::uuid[], $2)', values: [runIds, slices[0]?.projectId ?? null] });
  }
  for (const slices of groups) {
    const unsent = [...new Map(slices.flatMap((slice) => slice.unsent))].sort(([one], [other]) => (one < other ? -1 : 1));
    const projectId = slices[0]?.projectId ?? '';
    for (const part of partsOf(unsent)) await record(transaction, { projectId, samples: [], hashes: [], unsent: part });
  }
  let stored = 0;
  for (const slice of groups.flat()) stored += await record(transaction, { ...slice, unsent: [] });
  return stored;
}

function partsOf<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / PER_STATEMENT) }, (_, part) =>
    items.slice(part * PER_STATEMENT, (part + 1) * PER_STATEMENT),
  );
}

async function recordAll(scope: Scope, samples: readonly CreateOptimizationSample[], memory: ExampleMemory): Promise<SampleBatchResult> {
  const groups = await slicesOf(await byProject(scope, samples), memory);
  const [only, ...others] = groups.flat();
  const isOne = only !== undefined && others.length === 0;
  const stored = isOne ? await record(scope, only) : await scope.transaction((transaction) => recordMany(transaction, groups));
  // Only now: what a rolled back transaction sent is not there.
  for (const { projectId, unsent } of groups.flat())
    memory.add(
      projectId,
      unsent.map(([hash]) => hash),
    );
  return { stored, existing: samples.length - stored };
}

/** Stores samples in one transaction. Examples that this database is known to hold are not sent again. */
export async function createSamples(
  scope: Scope,
  samples: readonly CreateOptimizationSample[],
  memory: ExampleMemory,
): Promise<SampleBatchResult> {
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
