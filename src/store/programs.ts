import type { Row } from '../database/port.js';
import type { OptimizationProgramsRow } from '../database/rows.generated.js';
import type { JsonValue } from '../schemas/json.js';
import type { RunProgram } from '../schemas/views.js';
import { mapRows, queryWithin } from './bounded.js';
import { camelized } from './case.js';
import { hex } from './content.js';
import type { Scope } from './scope.js';

type ProgramRow = Pick<OptimizationProgramsRow, 'program_hash' | 'program' | 'program_text'> & {
  iterations: number[];
  best_score: number | null;
};

/** The value of a program of `p` that has no text; one that has is parsed from it, so that it is sent once. */
export const UNLESS_TEXT = 'case when p.program_text is null then p.program end';

/** A program as its recorded text says, or else as the database holds it. */
export function programValue(row: { program: JsonValue | null; program_text: string | null }): JsonValue | null {
  return row.program_text === null ? row.program : JSON.parse(row.program_text);
}

/** The recorded text, or null if JSON.stringify of the value gives it: then it is not sent a second time. */
export function unequalProgramText(text: string | null, value: JsonValue | null): string | null {
  return text === null || text === JSON.stringify(value) ? null : text;
}

/** Evaluations that count for the score of a program, whatever the optimizer decided. */
const COUNTS = "i.status = 'completed' and i.eval_kind = 'full'";

const ofUsed = (column: string) => `(
          select ${column} from public.optimization_programs as p
          where p.project_id = used.project_id and p.program_hash = used.program_hash
        )`;

/** The programs of a run in the order of their first iteration, or those whose first iteration comes after one. */
export async function getPrograms(
  scope: Scope,
  runId: string,
  projectId: string | undefined,
  after?: number,
  bytes?: number,
): Promise<RunProgram[]> {
  const statement = {
    text: `select used.program_hash, used.iterations, used.best_score, ${ofUsed(UNLESS_TEXT)} as program,
        ${ofUsed('p.program_text')} as program_text
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
  const rows = await queryWithin<ProgramRow & Row>(scope, statement, ['program', 'program_text'], bytes);
  return mapRows(rows, (row) => {
    const { programHash, ...program } = camelized<ProgramRow>(row);
    const value = programValue(row);
    return { programHash: hex(programHash), ...program, program: value, programText: unequalProgramText(row.program_text, value) };
  });
}
