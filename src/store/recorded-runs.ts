import type { Row, SqlValue } from '../database/port.js';
import { OptrailError } from '../errors.js';
import type { RecordedExample, RecordedIteration, RecordedRun } from '../schemas/recorded-run.js';
import { MAX_MATRIX_CELLS } from '../schemas/views.js';
import { camelized } from './case.js';
import type { Scope } from './scope.js';

/** Most other runs whose evaluations of a program count. */
const MOST_RUNS = 200;

type IterationCells = [
  iteration: number,
  programHash: string | null,
  evalKind: RecordedIteration['evalKind'],
  status: RecordedIteration['status'],
  decision: RecordedIteration['decision'],
  decisionReason: string | null,
  parentIterations: number[],
  isBaseline: boolean,
  score: number | null,
  costUsd: number | null,
  endTime: number | null,
];
type ExampleCells = [
  exampleHash: string | null,
  exampleId: string | null,
  cluster: string | null,
  iterations: number[],
  scores: (number | null)[],
  failed: boolean[],
];

interface RecordRow extends Row {
  run_id: string;
  project_id: string;
  run_name: string;
  optimizer_type: string;
  status: string;
  metric: string | null;
  model: string | null;
  direction: string;
  score_max: number;
  eval_set_hash: string | null;
  declared_best: number | null;
  start_time_ms: number | null;
  end_time_ms: number | null;
  total_cost_usd: number | null;
  total_tokens: number;
  recorded_samples: number;
  iterations: IterationCells[] | null;
  examples: ExampleCells[] | null;
}

const milliseconds = (column: string) => `(extract(epoch from ${column}) * 1000)::double precision`;

/** Runs with their scores by example, in one statement. `only` restricts the iterations, as conditions on `i`. */
function selection(where: string, only: string): string {
  return `select r.id as run_id, r.project_id, r.run_name, r.optimizer_type, optrail.run_status(r.status, r.heartbeat_at) as status,
      r.metric, r.model, r.direction, r.score_max, r.eval_set_hash, r.declared_best_iteration as declared_best,
      ${milliseconds('r.start_time')} as start_time_ms, ${milliseconds('r.end_time')} as end_time_ms,
      nullif(r.total_cost_usd, 0)::double precision as total_cost_usd, r.total_tokens, r.recorded_samples, (
        select json_agg(json_build_array(i.iteration, encode(i.program_hash, 'hex'), i.eval_kind, i.status, i.decision, i.decision_reason,
          i.parent_iterations, i.is_baseline, i.score, i.cost_usd, ${milliseconds('i.end_time')}) order by i.iteration)
        from public.optimization_iterations as i
        where i.run_id = r.id and i.project_id = r.project_id ${only}
      ) as iterations, case when r.recorded_samples <= ${MAX_MATRIX_CELLS} then (
        select json_agg(json_build_array(encode(e.example_hash, 'hex'), e.example_id, e.cluster, e.iterations, e.scores, e.failed)
          order by e.first_index, e.first_iteration, e.example_hash)
        from (
          select s.example_hash, min(s.example_id) as example_id, min(s.metadata ->> 'cluster') as cluster,
            min(s.sample_index) as first_index, min(s.iteration) as first_iteration,
            array_agg(s.iteration order by s.iteration, s.sample_index) as iterations,
            array_agg(s.score order by s.iteration, s.sample_index) as scores,
            array_agg(s.failed order by s.iteration, s.sample_index) as failed
          from public.optimization_samples as s
          join public.optimization_iterations as i
            on i.run_id = s.run_id and i.iteration = s.iteration and i.project_id = s.project_id
          where s.run_id = r.id and s.project_id = r.project_id ${only}
          group by s.example_hash, case when s.example_hash is null then coalesce(s.example_id, s.sample_index::text) end
        ) as e
      ) end as examples
    from public.optimization_runs as r
    where ${where}`;
}

/** A run as verdicts read it; null if it is not visible. */
export async function getRecordedRun(scope: Scope, runId: string, projectId: string | undefined): Promise<RecordedRun | null> {
  const text = selection('r.id = $1 and r.project_id = optrail.resolve_run($1, $2)', '');
  const [row] = await scope.query<RecordRow>({ text, values: [runId, projectId ?? null] });
  return row === undefined ? null : recordOf(row);
}

/** Evaluations of some programs in the newest other runs of a project that are scored alike: only these iterations. */
export async function getProgramsElsewhere(scope: Scope, like: RecordedRun, programHashes: readonly string[]): Promise<RecordedRun[]> {
  const hashes = "i.program_hash = any (array(select decode(each, 'hex') from unnest($2::text[]) as each))";
  const where = `r.project_id = $1 and r.id <> $3 and r.direction = $4 and r.score_max = $5 and r.metric is not distinct from $6
    and r.id in (
      select i.run_id from public.optimization_iterations as i where i.project_id = $1 and ${hashes}
      order by i.run_id desc limit ${MOST_RUNS}
    )`;
  const values: SqlValue[] = [like.projectId, [...programHashes], like.runId, like.direction, like.scoreMax, like.metric];
  const rows = await scope.query<RecordRow>({ text: selection(where, `and ${hashes}`), values });
  return rows.map(recordOf);
}

/** How many programs of the project were ever scored on the held-out examples of a run. */
export async function getWear(scope: Scope, { runId, projectId }: RecordedRun): Promise<number> {
  const [row] = await scope.query<{ programs: number } & Row>({
    text: `select count(distinct i.program_hash)::integer as programs
      from public.optimization_samples as s
      join public.optimization_iterations as i on i.run_id = s.run_id and i.iteration = s.iteration and i.project_id = s.project_id
      where s.project_id = $1 and s.score is not null and s.example_hash in (
        select h.example_hash from public.optimization_samples as h
        join public.optimization_iterations as t on t.run_id = h.run_id and t.iteration = h.iteration and t.project_id = h.project_id
        where h.project_id = $1 and h.run_id = $2 and t.eval_kind = 'test' and h.example_hash is not null)`,
    values: [projectId, runId],
  });
  return row?.programs ?? 0;
}

function recordOf(row: RecordRow): RecordedRun {
  const { recordedSamples, iterations, examples, startTimeMs, endTimeMs, direction, ...run } = camelized<RecordRow>(row);
  if (recordedSamples > MAX_MATRIX_CELLS) throw tooManySamples(row.run_id);
  const samples = { iteration: [] as number[], example: [] as number[], score: [] as (number | null)[], failed: [] as boolean[] };
  for (const [at, [, , , numbers, scores, failed]] of (examples ?? []).entries()) {
    for (const [each, iteration] of numbers.entries()) {
      samples.iteration.push(iteration);
      samples.example.push(at);
      samples.score.push(scores[each] ?? null);
      samples.failed.push(failed[each] === true);
    }
  }
  return {
    ...run,
    direction: direction === 'minimize' ? 'minimize' : 'maximize',
    startTime: startTimeMs,
    endTime: endTimeMs,
    iterations: (iterations ?? []).map(iterationOf),
    examples: (examples ?? []).map(([exampleHash, exampleId, cluster]): RecordedExample => ({ exampleHash, exampleId, cluster })),
    samples,
  };
}

function iterationOf(cells: IterationCells): RecordedIteration {
  const [iteration, programHash, evalKind, status, decision, decisionReason, parentIterations, isBaseline, score, costUsd, endTime] = cells;
  return {
    iteration,
    programHash,
    evalKind,
    status,
    decision,
    decisionReason,
    parentIterations,
    isBaseline,
    score,
    costUsd,
    endTime,
  };
}

function tooManySamples(runId: string): OptrailError {
  return new OptrailError('too_large', `Run ${runId} has more than ${MAX_MATRIX_CELLS} samples, which is more than a verdict reads.`, {
    path: 'runId',
    hint: 'Compare iterations by their scores, with getOptimizationIterations.',
  });
}
