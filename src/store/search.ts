import type { Row } from '../database/port.js';
import type { SearchResult } from '../schemas/views.js';
import { queryWithin } from './bounded.js';
import { camelized } from './case.js';
import { hex } from './content.js';
import { LARGE_RUN_COLUMNS, RUN_SELECTION, type RunRow, runOf } from './runs.js';
import type { Scope } from './scope.js';

/** Newest rows of a project that a search reads: row-level security lets a user search a text without an index only. */
const LOOKED_THROUGH = { runs: 5_000, programs: 2_000 };
/** Stored bytes of the programs of one query. */
const SLICE_BYTES = 4 * 1024 * 1024;
/** Characters of a program's text that are read before and after a match: more than are shown. */
const CUT = 400;
/** Characters of a program's text that are shown before and after a match. */
const AROUND = 80;

export interface Search {
  projectId: string;
  text: string;
  limit: number;
}

/** Runs and programs that contain a text; fewer than `limit` if the rows of the runs are large. */
export async function searchTrail(scope: Scope, search: Search, bytes?: number): Promise<SearchResult> {
  return { runs: await findRuns(scope, search, bytes), programs: await findPrograms(scope, search) };
}

async function findRuns(scope: Scope, { projectId, text, limit }: Search, bytes: number | undefined): Promise<SearchResult['runs']> {
  const statement = {
    text: `select ${RUN_SELECTION}
      from (select * from public.optimization_runs as r where r.project_id = $1 order by r.created_at desc, r.id desc limit ${LOOKED_THROUGH.runs}) as r
      where r.run_name ilike $2 or r.notes ilike $2 or exists (select from unnest(r.tags) as t(tag) where t.tag ilike $2)
      order by r.created_at desc, r.id desc limit $3`,
    values: [projectId, containing(text), limit],
  };
  return (await queryWithin<RunRow & Row>(scope, statement, LARGE_RUN_COLUMNS, bytes)).map(runOf);
}

interface FoundRow {
  run_id: string;
  project_id: string;
  run_name: string;
  iteration: number;
  program_hash: Uint8Array;
  found: string;
}

/** The newest programs of a project in slices of some size, so that other calls of an embedded engine run in between. */
async function programSlices(scope: Scope, projectId: string): Promise<string[][]> {
  const rows = await scope.query<{ hash: string; size: number }>({
    text: `select encode(p.program_hash, 'hex') as hash, pg_column_size(p.program) as size
      from public.optimization_programs as p where p.project_id = $1
      order by p.created_at desc, p.program_hash limit ${LOOKED_THROUGH.programs}`,
    values: [projectId],
  });
  const slices: string[][] = [];
  let left = 0;
  for (const { hash, size } of rows) {
    if (left <= 0) {
      slices.push([]);
      left = SLICE_BYTES;
    }
    slices.at(-1)?.push(hash);
    left -= size;
  }
  return slices;
}

async function findPrograms(scope: Scope, search: Search): Promise<SearchResult['programs']> {
  const found: SearchResult['programs'] = [];
  for (const hashes of await programSlices(scope, search.projectId)) {
    found.push(...(await findInPrograms(scope, { ...search, limit: search.limit - found.length }, hashes)));
    if (found.length >= search.limit) break;
  }
  return found;
}

/** Each program once, with the newest iteration that evaluated it. */
async function findInPrograms(
  scope: Scope,
  { projectId, text, limit }: Search,
  hashes: readonly string[],
): Promise<SearchResult['programs']> {
  // First the JSON as it is, which is quick and passes over most; then its strings, so that no name and no escape is taken for text.
  const rows = await scope.query<FoundRow & Row>({
    text: `select used.run_id, p.project_id, used.run_name, used.iteration, p.program_hash,
        substr(said.text, greatest(1, position(lower($5) in lower(said.text)) - ${CUT}), ${2 * CUT} + length($5)) as found
      from (
        select * from public.optimization_programs as p
        where p.project_id = $1 and p.program_hash in (select decode(hash, 'hex') from unnest($6::text[]) as hash)
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
    values: [projectId, containing(text), containing(JSON.stringify(text).slice(1, -1)), limit, text, hashes],
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
