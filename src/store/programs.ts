import type { Row } from '../database/port.js';
import type { OptimizationProgramsRow } from '../database/rows.generated.js';
import type { RunProgram } from '../schemas/views.js';
import { mapRows, queryWithin } from './bounded.js';
import { camelized } from './case.js';
import { hex } from './content.js';
import type { Scope } from './scope.js';

type ProgramRow = Pick<OptimizationProgramsRow, 'program_hash' | 'program'> & { iterations: number[]; best_score: number | null };

/** Evaluations that count for the score of a program, whatever the optimizer decided. */
const COUNTS = "i.status = 'completed' and i.eval_kind = 'full'";

/** The programs of a run in the order of their first iteration, or those whose first iteration comes after one. */
export async function getPrograms(
  scope: Scope,
  runId: string,
  projectId: string | undefined,
  after?: number,
  bytes?: number,
): Promise<RunProgram[]> {
  const statement = {
    text: `select used.program_hash, used.iterations, used.best_score, (
          select p.program from public.optimization_programs as p
          where p.project_id = used.project_id and p.program_hash = used.program_hash
        ) as program
      from (
        select i.project_id, i.program_hash, array_agg(i.iteration order by i.iteration) as iterations,
          case r.direction when 'minimize' then min(i.score) filter (where ${COUNTS}) else max(i.score) filter (where ${COUNTS}) end as best_score
        from public.optimization_runs as r
        join public.optimization_iterations as i on i.run_id = r.id and i.project_id = r.project_id
        where r.id = $1 and r.project_id = optrail.resolve_run($1, $2) and i.program_hash is not null
        group by i.project_id, i.program_hash, r.direction
      ) as used
      where used.iterations[1] > $3
      order by used.iterations[1]`,
    values: [runId, projectId ?? null, after ?? -1],
  };
  const rows = await queryWithin<ProgramRow & Row>(scope, statement, ['program'], bytes);
  return mapRows(rows, (row) => {
    const { programHash, ...program } = camelized<ProgramRow>(row);
    return { programHash: hex(programHash), ...program };
  });
}
