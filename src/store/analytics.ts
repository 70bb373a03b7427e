import type { Row } from '../database/port.js';
import type { GetOptimizationAnalyticsRow, GetOptimizationRunSummaryRow, GetTopRunsByScoreRow } from '../database/rows.generated.js';
import type { OptimizationAnalytics, OptimizationRunSummary, TopRun } from '../schemas/analytics.js';
import { camelized } from './case.js';
import type { Scope } from './scope.js';

// PostgreSQL keeps no NOT NULL and no CHECK for what a function returns: which columns can be null is said here.
type NotNull<R, K extends keyof R> = Omit<R, K> & { [P in K]-?: NonNullable<R[P]> };

type SummaryRow = NotNull<
  Omit<GetOptimizationRunSummaryRow, 'status' | 'best_params' | 'best_program'>,
  | 'run_id'
  | 'project_id'
  | 'run_name'
  | 'optimizer_type'
  | 'best_declared'
  | 'iterations'
  | 'full_evaluations'
  | 'minibatch_evaluations'
  | 'accepted_candidates'
  | 'rejected_candidates'
  | 'failed_iterations'
  | 'samples_evaluated'
  | 'successful_samples'
  | 'failed_samples'
  | 'total_tokens'
  | 'total_cost_usd'
  | 'created_at'
> & {
  status: OptimizationRunSummary['status'];
  best_params: OptimizationRunSummary['bestParams'];
  best_program: OptimizationRunSummary['bestProgram'];
};

export async function getSummary(scope: Scope, runId: string, projectId: string | undefined): Promise<OptimizationRunSummary | null> {
  const [row] = await scope.query<SummaryRow & Row>({
    text: 'select * from public.get_optimization_run_summary($1, $2)',
    values: [runId, projectId ?? null],
  });
  return row === undefined ? null : camelized<SummaryRow>(row);
}

type TopRunRow = NotNull<
  GetTopRunsByScoreRow,
  'run_id' | 'run_name' | 'optimizer_type' | 'final_score' | 'iterations' | 'total_cost_usd' | 'created_at'
>;

export interface Ranking {
  limit: number;
  metric?: string | undefined;
  evalSetHash?: string | undefined;
}

export async function getTopRuns(scope: Scope, projectId: string, ranking: Ranking): Promise<TopRun[]> {
  const rows = await scope.query<TopRunRow & Row>({
    text: 'select * from public.get_top_runs_by_score($1, $2, $3, $4)',
    values: [projectId, ranking.limit, ranking.metric ?? null, ranking.evalSetHash ?? null],
  });
  return rows.map((row) => camelized<TopRunRow>(row));
}

type AnalyticsRow = NotNull<
  Omit<GetOptimizationAnalyticsRow, 'status'>,
  | 'project_id'
  | 'optimizer_type'
  | 'total_runs'
  | 'total_samples_evaluated'
  | 'total_tokens_used'
  | 'total_cost_usd'
  | 'first_run_at'
  | 'last_run_at'
  | 'refreshed_at'
> & { status: OptimizationAnalytics['status'] };

export async function getAnalytics(scope: Scope, projectId: string): Promise<OptimizationAnalytics[]> {
  const rows = await scope.query<AnalyticsRow & Row>({
    text: 'select * from public.get_optimization_analytics($1)',
    values: [projectId],
  });
  return rows.map((row) => camelized<AnalyticsRow>(row));
}

export async function refreshAnalytics(scope: Scope): Promise<void> {
  await scope.query({ text: 'select public.refresh_optimization_analytics()' });
}
