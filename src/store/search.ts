import type { Row } from '../database/port.js';
import type { SearchResult } from '../schemas/views.js';
import { camelized } from './case.js';
import { hex } from './content.js';
import { RUN_SELECTION, type RunRow, runOf } from './runs.js';
import type { Scope } from './scope.js';

/** How many of a project's newest are looked through: a text has no index that row-level security would let a user search by. */
const LOOKED_THROUGH = { runs: 5_000, programs: 2_000 };
/** Characters of a program's text that are shown before and after what was found. */
const AROUND = 80;

export interface Search {
  projectId: string;
  text: string;
  limit: number;
}

export async function searchTrail(scope: Scope, search: Search): Promise<SearchResult> {
  return { runs: await findRuns(scope, search), programs: await findPrograms(scope, search) };
}

async function findRuns(scope: Scope, { projectId, text, limit }: Search): Promise<SearchResult['runs']> {
  const rows = await scope.query<RunRow & Row>({
    text: `select ${RUN_SELECTION}
      from (select * from public.optimization_runs as r where r.project_id = $1 order by r.created_at desc, r.id desc limit ${LOOKED_THROUGH.runs}) as r
      where r.run_name ilike $2 or r.notes ilike $2 or exists (select from unnest(r.tags) as t(tag) where t.tag ilike $2)
      order by r.created_at desc, r.id desc limit $3`,
    values: [projectId, containing(text), limit],
  });
  return rows.map(runOf);
}

interface FoundRow {
  run_id: string;
  project_id: string;
  run_name: string;
  iteration: number;
  program_hash: Uint8Array;
  found: string;
}

/** Each program once, with the newest iteration that evaluated it. */
async function findPrograms(scope: Scope, { projectId, text, limit }: Search): Promise<SearchResult['programs']> {
  // First the JSON as it is, which is quick and passes over most; then its strings, so that no name and no escape is taken for text.
  const rows = await scope.query<FoundRow & Row>({
    text: `select used.run_id, p.project_id, used.run_name, used.iteration, p.program_hash, said.text as found
      from (
        select * from public.optimization_programs as p where p.project_id = $1
        order by p.created_at desc, p.program_hash limit ${LOOKED_THROUGH.programs}
      ) as p
      cross join lateral (
        select string.text
        from (
          select value #>> '{}' as text from jsonb_path_query(p.program, 'strict $.** ? (@.type() == "string")') as value
          where p.program::text ilike $3
        ) as string
        where string.text ilike $2 limit 1
      ) as said
      cross join lateral (
        select i.run_id, r.run_name, i.iteration
        from public.optimization_iterations as i
        join public.optimization_runs as r on r.id = i.run_id and r.project_id = i.project_id
        where i.project_id = p.project_id and i.program_hash = p.program_hash
        order by i.created_at desc, i.iteration desc limit 1
      ) as used
      order by p.created_at desc, p.program_hash limit $4`,
    values: [projectId, containing(text), containing(JSON.stringify(text).slice(1, -1)), limit],
  });
  return rows.map((row) => {
    const { programHash, found, ...program } = camelized<FoundRow>(row);
    return { ...program, programHash: hex(programHash), excerpt: excerptOf(found, text) };
  });
}

/** A pattern of LIKE for what contains a text, in which its own wildcards mean themselves. */
function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** A piece of a text around the first place where it contains another. */
function excerptOf(text: string, wanted: string): string {
  // PostgreSQL found it by its own rule of case: where JavaScript's does not, the beginning is shown.
  const at = Math.max(0, text.toLowerCase().indexOf(wanted.toLowerCase()));
  const [start, end] = [Math.max(0, at - AROUND), Math.min(text.length, at + wanted.length + AROUND)];
  // toWellFormed: the cut may go through a surrogate pair.
  return `${start > 0 ? '…' : ''}${text.slice(start, end).toWellFormed()}${end < text.length ? '…' : ''}`;
}
