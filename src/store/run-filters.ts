import type { RunFilters } from '../schemas/filters.js';
import type { RunStatus } from '../schemas/run.js';
import type { Parameters } from './parameters.js';
import type { Scope } from './scope.js';

function statusCondition(wanted: readonly RunStatus[], parameters: Parameters): string {
  // A run may be stale without anybody having written that down, so that both spellings are read and told apart.
  const stored: readonly RunStatus[] = wanted.includes('stale') ? [...new Set<RunStatus>([...wanted, 'running'])] : wanted;
  const [only, ...others] = stored;
  // One value by `=`, since only then does the index give the rows in their order.
  const condition =
    only !== undefined && others.length === 0 ? `r.status = ${parameters.add(only)}` : `r.status = any (${parameters.add(stored)})`;
  if (!stored.includes('running')) return condition;
  return `${condition} and optrail.run_status(r.status, r.heartbeat_at) = any (${parameters.add(wanted)})`;
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Filters, and the few runs that match those of them that only a GIN index can find, where they are few. */
export interface Search extends RunFilters {
  among?: readonly string[] | undefined;
}

/** A search in one project for tags or configuration asks first whether the runs it is about are rare. */
export async function prepared(scope: Scope, filters: RunFilters): Promise<Search> {
  if (filters.projectId === undefined || (filters.tags === undefined && filters.config === undefined)) return filters;
  const [row] = await scope.query<{ among: string[] | null }>({
    text: 'select optrail.find_rare_runs($1, $2::text[], $3::jsonb) as among',
    values: [filters.projectId, filters.tags ?? null, filters.config === undefined ? null : JSON.stringify(filters.config)],
  });
  return { ...filters, among: row?.among ?? undefined };
}

/** A filter as SQL over `optimization_runs as r`. */
export interface Conditions {
  /** What a B-tree decides, or what is cheap to ask of each row. */
  plain: string[];
  /** What only a GIN index could find, and what is asked of each row otherwise. */
  search: string[];
}

export function conditionsOf(filters: Search, parameters: Parameters): Conditions {
  const plain: string[] = [];
  const search: string[] = [];
  const add = <T>(to: string[], value: T | undefined, condition: (value: T) => string) => {
    if (value !== undefined) to.push(condition(value));
  };
  const where = <T>(value: T | undefined, condition: (value: T) => string) => add(plain, value, condition);

  where(filters.projectId, (id) => `r.project_id = ${parameters.add(id)}`);
  where(filters.among, (ids) => `r.id = any (${parameters.add(ids)}::uuid[])`);
  where(filters.status, (status) => statusCondition(listOf(status), parameters));
  where(filters.optimizerType, (type) =>
    typeof type === 'string' ? `r.optimizer_type = ${parameters.add(type)}` : `r.optimizer_type = any (${parameters.add(type)})`,
  );
  add(search, filters.tags, (tags) => `r.tags @> ${parameters.add(tags)}::text[]`);
  where(filters.model, (model) => `r.model = ${parameters.add(model)}`);
  where(filters.metric, (metric) => `r.metric = ${parameters.add(metric)}`);
  add(search, filters.config, (config) => `r.config @> ${parameters.add(JSON.stringify(config))}::jsonb`);
  where(filters.search, (text) => `r.run_name ilike ${parameters.add(`%${text.replace(/[\\%_]/g, '\\$&')}%`)}`);
  where(filters.parentRunId, (id) => `r.parent_run_id = ${parameters.add(id)}`);
  where(filters.minScore, (score) => `r.final_score >= ${parameters.add(score)}`);
  where(filters.maxScore, (score) => `r.final_score <= ${parameters.add(score)}`);
  where(filters.createdAfter, (time) => `r.created_at >= ${parameters.add(time)}`);
  where(filters.createdBefore, (time) => `r.created_at < ${parameters.add(time)}`);
  return { plain, search };
}
