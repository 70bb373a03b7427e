import type { Row } from '../database/port.js';
import { OptrailError } from '../errors.js';
import { MAX_MATRIX_CELLS, type SampleMatrix } from '../schemas/views.js';
import { camelized } from './case.js';
import type { Scope } from './scope.js';

type Column = [iteration: number, evalKind: MatrixColumn['evalKind'], status: MatrixColumn['status'], score: number | null];
type MatrixColumn = SampleMatrix['iterations'][number];
type MatrixRow = SampleMatrix['examples'][number];

/** An example, and where it was evaluated: lists side by side, by iteration and index. */
type Evaluated = [
  exampleHash: string | null,
  exampleId: string | null,
  iterations: number[],
  indexes: number[],
  scores: (number | null)[],
  failed: boolean[],
];

interface MatrixAnswer {
  run_id: string;
  project_id: string;
  recorded_samples: number;
  iterations: Column[] | null;
  examples: Evaluated[] | null;
}

/** The whole table in one statement and one row: an example's hash comes once, and its numbers as lists. */
export async function getMatrix(scope: Scope, runId: string, projectId: string | undefined): Promise<SampleMatrix | null> {
  const [row] = await scope.query<MatrixAnswer & Row>({
    text: `select r.id as run_id, r.project_id, r.recorded_samples, (
        select json_agg(json_build_array(i.iteration, i.eval_kind, i.status, i.score) order by i.iteration)
        from public.optimization_iterations as i
        where i.run_id = r.id and i.project_id = r.project_id and exists (
          select from public.optimization_samples as s
          where s.run_id = i.run_id and s.iteration = i.iteration and s.project_id = i.project_id)
      ) as iterations, case when r.recorded_samples <= $3 then (
        select json_agg(json_build_array(encode(e.example_hash, 'hex'), e.example_id, e.iterations, e.indexes, e.scores, e.failed)
          order by e.first_index, e.indexes[1], e.example_hash)
        from (
          select s.example_hash, min(s.example_id) as example_id, min(s.sample_index) as first_index,
            array_agg(s.iteration order by s.iteration, s.sample_index) as iterations,
            array_agg(s.sample_index order by s.iteration, s.sample_index) as indexes,
            array_agg(s.score order by s.iteration, s.sample_index) as scores,
            array_agg(s.failed order by s.iteration, s.sample_index) as failed
          from public.optimization_samples as s
          where s.run_id = r.id and s.project_id = r.project_id
          group by s.example_hash, case when s.example_hash is null then s.sample_index end
        ) as e
      ) end as examples
      from public.optimization_runs as r
      where r.id = $1 and r.project_id = optrail.resolve_run($1, $2)`,
    values: [runId, projectId ?? null, MAX_MATRIX_CELLS],
  });
  return row === undefined ? null : matrixOf(row);
}

function matrixOf(row: MatrixAnswer): SampleMatrix {
  const { recordedSamples, iterations, examples, ...run } = camelized(row);
  const columns = (iterations ?? []).map(([iteration, evalKind, status, score]) => ({ iteration, evalKind, status, score }));
  const cells = (examples?.length ?? recordedSamples) * columns.length;
  if (recordedSamples > MAX_MATRIX_CELLS || cells > MAX_MATRIX_CELLS) throw tooLarge(row.run_id);
  const places = new Map(columns.map(({ iteration }, place) => [iteration, place]));
  return { ...run, iterations: columns, examples: (examples ?? []).flatMap((example) => rowsOf(example, places)) };
}

/** One row, or several where an iteration evaluated the example more than once. */
function rowsOf(
  [exampleHash, exampleId, iterations, indexes, scores, failed]: Evaluated,
  places: ReadonlyMap<number, number>,
): MatrixRow[] {
  const rows: MatrixRow[] = [];
  let [before, repeated] = [-1, 0];
  for (const [at, iteration] of iterations.entries()) {
    repeated = iteration === before ? repeated + 1 : 0;
    before = iteration;
    rows[repeated] ??= { exampleHash, exampleId, sampleIndex: indexes[at] ?? 0, ...blank(places.size) };
    const [row, place] = [rows[repeated] as MatrixRow, places.get(iteration)];
    // An iteration that was recorded while the statement ran has no column.
    if (place === undefined) continue;
    row.scores[place] = scores[at] ?? null;
    row.outcomes[place] = failed[at] === true ? 0 : 1;
    row.indexes[place] = indexes[at] ?? null;
  }
  return rows;
}

function blank(columns: number): Pick<MatrixRow, 'scores' | 'outcomes' | 'indexes'> {
  const nothing = () => new Array<null>(columns).fill(null);
  return { scores: nothing(), outcomes: nothing(), indexes: nothing() };
}

function tooLarge(runId: string): OptrailError {
  return new OptrailError('too_large', `The samples of run ${runId} make a table of more than ${MAX_MATRIX_CELLS} cells.`, {
    path: 'runId',
    hint: 'Read them iteration by iteration, with getOptimizationSamples.',
  });
}
