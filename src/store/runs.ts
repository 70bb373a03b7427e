import type { Row, SqlValue, Transaction } from '../database/port.js';
import type { OptimizationRunsRow } from '../database/rows.generated.js';
import { OptrailError } from '../errors.js';
import type { JsonObject } from '../schemas/json.js';
import type { CreateOptimizationRun, OptimizationRun, UpdateOptimizationRun } from '../schemas/run.js';
import { camelized, snakeCase } from './case.js';
import { insertClause, Parameters, setClause } from './parameters.js';
import { type Scope, theRow } from './scope.js';

const COLUMNS = [
  'id',
  'project_id',
  'run_name',
  'optimizer_type',
  'status',
  'attempt',
  'direction',
  'score_max',
  'metric',
  'model',
  'config',
  'tags',
  'notes',
  'metadata',
  'parent_run_id',
  'eval_set_hash',
  'initial_score',
  'final_score',
  'best_score',
  'best_iteration',
  'improvement',
  'improvement_pct',
  'iterations',
  'samples_evaluated',
  'successful_samples',
  'failed_samples',
  'total_tokens',
  'total_cost_usd',
  'avg_latency_ms',
  'start_time',
  'end_time',
  'duration_ms',
  'heartbeat_at',
  'error_message',
  'error_stack',
  'created_by',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof OptimizationRunsRow)[];

const EXPRESSIONS: Partial<Record<(typeof COLUMNS)[number], string>> = {
  // Staleness is derived, whether or not somebody has written it down yet.
  status: 'optrail.run_status(r.status, r.heartbeat_at) as status',
  best_iteration: 'r.best_iteration, r.declared_best_iteration is not null as best_declared',
};

/** What a run is read as, from `optimization_runs as r`. */
/** Columns of any size. */
export const LARGE_RUN_COLUMNS = ['config', 'metadata', 'notes', 'error_message', 'error_stack'];

export const RUN_SELECTION = COLUMNS.map((column) => EXPRESSIONS[column] ?? `r.${column}`).join(', ');

export type RunRow = Pick<OptimizationRunsRow, (typeof COLUMNS)[number]> & { best_declared: boolean };

export function runOf(row: RunRow): OptimizationRun {
  const run = camelized(row);
  return { ...run, config: run.config as JsonObject, metadata: run.metadata as JsonObject };
}

/** What a caller says of these is kept beside what the rows say; the seed's names follow from both. */
const DECLARED = new Set<string>([
  'initialScore',
  'finalScore',
  'bestIteration',
  'iterations',
  'samplesEvaluated',
  'successfulSamples',
  'failedSamples',
  'totalTokens',
  'totalCostUsd',
  'avgLatencyMs',
  'durationMs',
]);
const JSON_FIELDS = new Set<string>(['config', 'metadata']);

function assignmentsOf(fields: CreateOptimizationRun | UpdateOptimizationRun): Map<string, SqlValue> {
  const assignments = new Map<string, SqlValue>();
  for (const [field, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    const column = DECLARED.has(field) ? `declared_${snakeCase(field)}` : snakeCase(field);
    assignments.set(column, JSON_FIELDS.has(field) ? JSON.stringify(value) : (value as SqlValue));
  }
  return assignments;
}

export async function createRun(scope: Scope, run: CreateOptimizationRun & { id: string }): Promise<OptimizationRun> {
  const parameters = new Parameters();
  const inserted = await scope.query<RunRow & Row>({
    text: `insert into public.optimization_runs as r ${insertClause(assignmentsOf(run), parameters)}
      on conflict on constraint optimization_runs_pkey do nothing returning ${RUN_SELECTION}`,
    values: parameters.values,
  });
  if (inserted[0] !== undefined) return runOf(inserted[0]);
  return theRow(await findRuns(scope, run.id, run.projectId), 'the insertion of a run');
}

/** The runs with this id that the caller sees: one at most where the project is named. */
async function findRuns(scope: Transaction, runId: string, projectId: string | undefined): Promise<OptimizationRun[]> {
  const rows = await scope.query<RunRow & Row>({
    text: `select ${RUN_SELECTION} from public.optimization_runs as r
      where r.id = $1 ${projectId === undefined ? '' : 'and r.project_id = $2'} limit 2`,
    values: projectId === undefined ? [runId] : [runId, projectId],
  });
  return rows.map(runOf);
}

export async function getRun(scope: Transaction, runId: string, projectId: string | undefined): Promise<OptimizationRun | null> {
  const [run, other] = await findRuns(scope, runId, projectId);
  if (other === undefined) return run ?? null;
  throw ambiguousRun(runId);
}

export function ambiguousRun(runId: string): OptrailError {
  return new OptrailError('ambiguous_id', `The run id ${runId} exists in several projects.`, {
    path: 'runId',
    hint: 'Pass { projectId } as the last argument.',
  });
}

export async function updateRun(
  scope: Scope,
  runId: string,
  projectId: string | undefined,
  changes: UpdateOptimizationRun,
  { heartbeat = false }: { heartbeat?: boolean } = {},
): Promise<OptimizationRun> {
  const parameters = new Parameters();
  const id = parameters.add(runId);
  const project = parameters.add(projectId ?? null);
  const assignments = setClause(assignmentsOf(changes), parameters);
  const set = [assignments, heartbeat ? 'heartbeat_at = clock_timestamp()' : ''].filter((part) => part !== '').join(', ');
  if (set === '') return (await getRun(scope, runId, projectId)) ?? runIsMissing(runId);

  const [row] = await scope.query<RunRow & Row>({
    text: `update public.optimization_runs as r set ${set}
      where r.id = ${id} and r.project_id = optrail.resolve_run(${id}, ${project}) returning ${RUN_SELECTION}`,
    values: parameters.values,
  });
  if (row !== undefined) return runOf(row);
  throw await whyRefused(scope, runId, projectId);
}

/**
 * Lets a run go on that failed, was cancelled, fell silent, or was never begun. Of several that try at once one succeeds: the
 * others find it running.
 */
export async function resumeRun(scope: Scope, runId: string, projectId: string | undefined): Promise<OptimizationRun> {
  const [row] = await scope.query<RunRow & Row>({
    text: `update public.optimization_runs as r set status = 'running'
      where r.id = $1 and r.project_id = optrail.resolve_run($1, $2)
        and optrail.run_status(r.status, r.heartbeat_at) in ('failed', 'cancelled', 'stale', 'pending')
      returning ${RUN_SELECTION}`,
    values: [runId, projectId ?? null],
  });
  if (row !== undefined) return runOf(row);
  const run = await getRun(scope, runId, projectId);
  if (run?.status === 'completed') {
    throw new OptrailError('invalid_status_transition', `Run ${runId} is completed, which is final.`, {
      path: 'resume',
      hint: 'Record another run; `parentRunId` can name this one.',
    });
  }
  if (run?.status === 'running') {
    const sign = run.heartbeatAt === null ? 'It has shown no sign of life yet.' : `Its last sign of life was at ${run.heartbeatAt}.`;
    throw new OptrailError('conflict', `Run ${runId} is still running. ${sign}`, {
      path: 'resume',
      hint: 'End its process. 45 seconds after its last sign of life it can be resumed; one that shows none, when its status is set to cancelled.',
    });
  }
  throw await whyRefused(scope, runId, projectId);
}

/** Stores that runs are stale whose heart stopped, which reads derive anyway. */
export async function sweepStaleRuns(scope: Scope): Promise<void> {
  await scope.query({ text: 'select optrail.sweep_stale_runs()', values: [] });
}

/** Whether there was a run to delete. */
export async function deleteRun(scope: Scope, runId: string, projectId: string | undefined): Promise<boolean> {
  const deleted = await scope.query({
    text: `delete from public.optimization_runs as r
      where r.id = $1 and r.project_id = optrail.resolve_run($1, $2) returning r.id`,
    values: [runId, projectId ?? null],
  });
  if (deleted.length > 0) return true;
  const reason = await whyRefused(scope, runId, projectId);
  if (reason.code === 'not_found') return false;
  throw reason;
}

/** Row-level security hides what may not be written as if it were not there; a caller who may read it is told the truth. */
export async function whyRefused(scope: Transaction, runId: string, projectId: string | undefined): Promise<OptrailError> {
  if ((await getRun(scope, runId, projectId)) === null) return missingRun(runId);
  return new OptrailError('forbidden', `Your role in the project does not allow changing run ${runId}.`, {
    hint: 'Ask an owner of the project for the role editor.',
  });
}

export function missingRun(runId: string): OptrailError {
  return new OptrailError('not_found', `There is no run ${runId}, or none that you may see.`, { path: 'runId' });
}

function runIsMissing(runId: string): never {
  throw missingRun(runId);
}
