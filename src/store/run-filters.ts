import type { RunFilters } from '../schemas/filters.js';
import type { RunStatus } from '../schemas/run.js';
import type { Parameters } from './parameters.js';

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

/** Whether it takes a GIN index to find these runs, in a project that can also be read in order. */
export function isSearch({ projectId, tags, config }: RunFilters): boolean {
  return projectId !== undefined && (tags !== undefined || config !== undefined);
}

/** A filter as SQL over `optimization_runs as r`. */
export interface Conditions {
  /** What an index that gives the runs in their order can decide on the way. */
  indexed: string[];
  /** What is asked of each row. */
  asked: string[];
}

export function conditionsOf(filters: RunFilters, parameters: Parameters): Conditions {
  const conditions: Conditions = { indexed: [], asked: [] };
  const where = <T>(to: keyof Conditions, value: T | undefined, condition: (value: T) => string) => {
    if (value !== undefined) conditions[to].push(condition(value));
  };
  const rangeOf = (column: string) => (filters.orderBy === column ? 'indexed' : 'asked');

  where('indexed', filters.projectId, (id) => `r.project_id = ${parameters.add(id)}`);
  where('indexed', filters.status, (status) => statusCondition(listOf(status), parameters));
  where('indexed', filters.optimizerType, (type) =>
    typeof type === 'string' ? `r.optimizer_type = ${parameters.add(type)}` : `r.optimizer_type = any (${parameters.add(type)})`,
  );
  where('indexed', filters.model, (model) => `r.model = ${parameters.add(model)}`);
  where('indexed', filters.parentRunId, (id) => `r.parent_run_id = ${parameters.add(id)}`);
  where(rangeOf('final_score'), filters.minScore, (score) => `r.final_score >= ${parameters.add(score)}`);
  where(rangeOf('final_score'), filters.maxScore, (score) => `r.final_score <= ${parameters.add(score)}`);
  where(rangeOf('created_at'), filters.createdAfter, (time) => `r.created_at >= ${parameters.add(time)}`);
  where(rangeOf('created_at'), filters.createdBefore, (time) => `r.created_at < ${parameters.add(time)}`);
  where('asked', filters.metric, (metric) => `r.metric = ${parameters.add(metric)}`);
  where('asked', filters.search, (text) => `r.run_name ilike ${parameters.add(`%${text.replace(/[\\%_]/g, '\\$&')}%`)}`);
  return conditions;
}

/** What only a GIN index can decide without asking each row. */
export function searchedOf({ tags, config }: RunFilters, parameters: Parameters): string[] {
  return [
    ...(tags === undefined ? [] : [`r.tags @> ${parameters.add(tags)}::text[]`]),
    ...(config === undefined ? [] : [`r.config @> ${parameters.add(JSON.stringify(config))}::jsonb`]),
  ];
}

export function whereClause(...conditions: (readonly string[])[]): string {
  const all = conditions.flat();
  return all.length > 0 ? `where ${all.join(' and ')}` : '';
}
