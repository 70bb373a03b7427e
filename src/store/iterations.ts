import type { Row, SqlValue, Statement, Transaction } from '../database/port.js';
import type { OptimizationIterationsRow } from '../database/rows.generated.js';
import { OptrailError } from '../errors.js';
import {
  type CreateOptimizationIteration,
  ITERATION_FIELDS,
  type OptimizationIteration,
  type UpdateOptimizationIteration,
} from '../schemas/iteration.js';
import type { JsonObject, JsonValue } from '../schemas/json.js';
import { mapRows, queryWithin } from './bounded.js';
import { camelized, snakeCase } from './case.js';
import { type Content, hex, programContent } from './content.js';
import { Parameters, setClause } from './parameters.js';
import { programValue, UNLESS_TEXT, unequalProgramText } from './programs.js';
import { whyRefused } from './runs.js';
import { type Scope, theRow } from './scope.js';

/** The columns that reads give: the key, the fields of the table with the hash of the program, and times. */
const COLUMNS = [
  ...['id', 'run_id', 'project_id', 'iteration'],
  ...Object.keys(ITERATION_FIELDS).map((name) => (name === 'program' ? 'program_hash' : snakeCase(name))),
  ...['created_at', 'updated_at'],
];

/** Columns of any size. */
const LARGE_COLUMNS = ['program', 'program_text', 'params', 'metadata', 'scores', 'error_message', 'decision_reason'];

/** Looked up only for the iterations that have one: a join would be planned, and its policy asked, for those without too. */
const ofProgram = (column: string) => `case when i.program_hash is not null then (
    select ${column} from public.optimization_programs as p where p.project_id = i.project_id and p.program_hash = i.program_hash
  ) end`;
const PROGRAM = `${ofProgram(UNLESS_TEXT)} as program, ${ofProgram('p.program_text')} as program_text`;
const SELECTION = [...COLUMNS.map((column) => `i.${column}`), PROGRAM].join(', ');
const WITHOUT_PROGRAM = [...COLUMNS.map((column) => `i.${column}`), 'null::jsonb as program', 'null as program_text'].join(', ');

type IterationRow = OptimizationIterationsRow & { program: JsonValue | null; program_text: string | null };

function iterationOf(row: IterationRow, hashes = false): OptimizationIteration {
  const { programHash, ...iteration } = camelized(row);
  const program = programValue(row);
  return {
    ...iteration,
    program,
    programText: unequalProgramText(row.program_text, program),
    params: iteration.params as JsonObject,
    metadata: iteration.metadata as JsonObject,
    scores: iteration.scores as Record<string, number> | null,
    ...(hashes ? { programHash: programHash && hex(programHash) } : {}),
  };
}

/** What a caller says of these overrides what follows from other columns. */
const DECLARED = new Set(['durationMs', 'totalTokens']);

/** Left out, the status follows from what there is: a score, only an error, or neither yet. */
function statusOf(iteration: CreateOptimizationIteration): OptimizationIteration['status'] {
  if (iteration.status !== undefined) return iteration.status;
  if (iteration.score !== undefined && iteration.score !== null) return 'completed';
  return iteration.errorMessage ? 'failed' : 'running';
}

/** A row as the recording functions of the database read it: their table's column names. */
function toColumns(fields: object): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const value = (fields as Record<string, unknown>)[name];
    if (value !== undefined && value !== null) columns[snakeCase(name)] = value;
  }
  return columns;
}

export async function createIteration(scope: Scope, iteration: CreateOptimizationIteration): Promise<OptimizationIteration> {
  const { program, programText, ...fields } = iteration;
  const content = programContent(iteration);
  const rows = await scope.query<IterationRow & Row>({
    text: `select ${SELECTION} from public.record_optimization_iteration($1::jsonb, $2, $3) as i`,
    values: [JSON.stringify(toColumns({ ...fields, status: statusOf(iteration) })), content?.hash ?? null, content?.text ?? null],
  });
  const row = theRow(rows, 'the recording of an iteration');
  // A statement sees the tables as they were when it began, so that a program it stored itself is not in its selection.
  const isOwn = content !== null && row.program_hash !== null && hex(row.program_hash) === content.hash;
  const isUnseen = isOwn && row.program === null && row.program_text === null;
  return iterationOf(isUnseen ? { ...row, program_text: content.text } : row);
}

export async function updateIteration(
  scope: Scope,
  runId: string,
  iteration: number,
  projectId: string | undefined,
  changes: UpdateOptimizationIteration,
): Promise<OptimizationIteration> {
  const { program, programText, ...fields } = changes;
  const content = programContent(changes);
  const assignments = new Map<string, SqlValue>([['is_placeholder', false]]);
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const isJson = typeof value === 'object' && value !== null && !Array.isArray(value);
    const column = DECLARED.has(name) ? `declared_${snakeCase(name)}` : snakeCase(name);
    assignments.set(column, isJson ? JSON.stringify(value) : (value as SqlValue));
  }
  if (content !== null) assignments.set('program_hash', Buffer.from(content.hash, 'hex'));

  const parameters = new Parameters();
  const [run, project, number] = [parameters.add(runId), parameters.add(projectId ?? null), parameters.add(iteration)];
  const completes = changes.status === undefined && changes.score !== undefined && changes.score !== null;
  const set = [
    setClause(assignments, parameters),
    // A score is what a running iteration was waiting for.
    completes ? "status = case i.status when 'running' then 'completed' else i.status end" : '',
  ];
  const text = `update public.optimization_iterations as i set ${set.filter((part) => part !== '').join(', ')}
    where i.run_id = ${run} and i.project_id = optrail.resolve_run(${run}, ${project}) and i.iteration = ${number}
    returning i.iteration`;

  return scope.transaction(async (transaction) => {
    if (Object.values(changes).every((change) => change === undefined)) return iterationAsItIs(transaction, runId, iteration, projectId);
    // The run before what is below it: see optrail.lock_runs.
    await transaction.query({
      text: `select from public.optimization_runs as r where r.id = $1 and r.project_id = optrail.resolve_run($1, $2) for no key update`,
      values: [runId, projectId ?? null],
    });
    if (content !== null) await storeProgram(transaction, runId, projectId, content);
    const updated = await transaction.query({ text, values: parameters.values });
    if (updated.length === 0) throw await whyNoIteration(transaction, runId, iteration, projectId);
    const rows = await readIterations(transaction, runId, projectId, { iteration });
    return iterationOf(theRow(rows, 'the change of an iteration'));
  });
}

/** A change that says nothing changes nothing, a placeholder's being one included. */
async function iterationAsItIs(
  scope: Transaction,
  runId: string,
  iteration: number,
  projectId: string | undefined,
): Promise<OptimizationIteration> {
  const [row] = await readIterations(scope, runId, projectId, { iteration });
  if (row === undefined) throw await whyNoIteration(scope, runId, iteration, projectId);
  return iterationOf(row);
}

async function storeProgram(scope: Transaction, runId: string, projectId: string | undefined, content: Content): Promise<void> {
  await scope.query({
    text: `insert into public.optimization_programs (project_id, program_hash, program, program_text)
      select r.project_id, decode($3, 'hex'), $4::text::jsonb, $4::text from public.optimization_runs as r
      where r.id = $1 and r.project_id = optrail.resolve_run($1, $2)
      on conflict do nothing`,
    values: [runId, projectId ?? null, content.hash, content.text],
  });
}

async function whyNoIteration(scope: Transaction, runId: string, iteration: number, projectId: string | undefined): Promise<OptrailError> {
  const reason = await whyRefused(scope, runId, projectId);
  if (reason.code === 'not_found') return reason;
  const rows = await readIterations(scope, runId, projectId, { iteration });
  if (rows.length > 0) return reason;
  return new OptrailError('not_found', `Run ${runId} has no iteration ${iteration}.`, { path: 'iteration' });
}

/** The project as SQL where the run is $1 and the project $2, which the database finds out only where the caller left it out. */
function projectOf(projectId: string | undefined): string {
  return projectId === undefined ? 'optrail.resolve_run($1, $2)' : '$2';
}

/** Which iterations of a run: one of them, or those after a number, in the order asked for. */
interface IterationQuery {
  iteration?: number | undefined;
  after?: number | undefined;
  orderDirection?: 'asc' | 'desc' | undefined;
  limit?: number | undefined;
  /** False leaves the programs out; their hashes are given instead. */
  programs?: boolean | undefined;
}

function iterationsStatement(
  runId: string,
  projectId: string | undefined,
  { iteration, after, orderDirection = 'asc', limit, programs = true }: IterationQuery = {},
): Statement {
  const parameters = new Parameters();
  const where = [`i.run_id = ${parameters.add(runId)}`];
  parameters.add(projectId ?? null);
  where.push(`i.project_id = ${projectOf(projectId)}`);
  if (iteration !== undefined) where.push(`i.iteration = ${parameters.add(iteration)}`);
  if (after !== undefined) where.push(`i.iteration ${orderDirection === 'asc' ? '>' : '<'} ${parameters.add(after)}`);
  return {
    text: `select ${programs ? SELECTION : WITHOUT_PROGRAM} from public.optimization_iterations as i where ${where.join(' and ')}
      order by i.iteration ${orderDirection} ${limit === undefined ? '' : `limit ${parameters.add(limit)}`}`,
    values: parameters.values,
  };
}

function readIterations(
  scope: Transaction,
  runId: string,
  projectId: string | undefined,
  query: IterationQuery,
): Promise<(IterationRow & Row)[]> {
  return scope.query<IterationRow & Row>(iterationsStatement(runId, projectId, query));
}

export async function getIterations(
  scope: Scope,
  runId: string,
  projectId: string | undefined,
  page: Omit<IterationQuery, 'iteration'>,
  hashes = false,
  bytes?: number,
): Promise<OptimizationIteration[]> {
  const statement = iterationsStatement(runId, projectId, page);
  const rows = await queryWithin<IterationRow & Row>(scope, statement, LARGE_COLUMNS, bytes);
  return mapRows(rows, (row) => iterationOf(row, hashes || page.programs === false));
}

/** The iteration that the run's row names as best; the database keeps that by one rule for everybody. */
export async function getBestIteration(
  scope: Scope,
  runId: string,
  projectId: string | undefined,
  hashes = false,
): Promise<OptimizationIteration | null> {
  const [row] = await scope.query<IterationRow & Row>({
    text: `select ${SELECTION}
      from public.optimization_runs as r
      join public.optimization_iterations as i on i.run_id = r.id and i.project_id = r.project_id and i.iteration = r.best_iteration
      where r.id = $1 and r.project_id = ${projectOf(projectId)}`,
    values: [runId, projectId ?? null],
  });
  return row === undefined ? null : iterationOf(row, hashes);
}
