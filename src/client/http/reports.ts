import { OptimizationAnalyticsSchema, OptimizationRunSummarySchema, TopRunSchema, TopRunsOptionsSchema } from '../../schemas/analytics.js';
import { NameSchema } from '../../schemas/primitives.js';
import { validated } from '../../schemas/validate.js';
import { RunCurveSchema, RunProgramSchema, SampleMatrixSchema, SearchResultSchema } from '../../schemas/views.js';
import { curveIdsOf, projectIdOf, runIdOf, trailSearchOf } from '../arguments.js';
import type { OptimizationClient, TrailViews } from '../port.js';
import { answerOf, listAt, orNull } from './answers.js';
import { at } from './query.js';
import type { Transport } from './transport.js';

/** Runs of one request: their ids stand in the URL, which proxies cut off at 8 KB. */
const CURVES_AT_ONCE = 100;

export type ReportCalls = TrailViews &
  Pick<OptimizationClient, 'getOptimizationRunSummary' | 'getTopRunsByScore' | 'getOptimizationAnalytics' | 'refreshOptimizationAnalytics'>;

/** What is read of runs and projects as a whole, over HTTP. */
export function reportsOver(transport: Transport): ReportCalls {
  return {
    async getOptimizationRunSummary(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const read = transport.call({ method: 'GET', path: at`/v1/runs/${id}/summary`, query: { projectId }, signal: options.signal });
      return orNull(read.then((answer) => answerOf(OptimizationRunSummarySchema, answer)));
    },

    async getTopRunsByScore(projectId, limit, options = {}) {
      const { signal, ...filters } = options;
      const id = validated(NameSchema, projectId, ['projectId']);
      const query = validated(TopRunsOptionsSchema, { ...filters, ...(limit === undefined ? {} : { limit }) });
      return listAt(transport, { path: at`/v1/projects/${id}/leaderboard`, query, signal }, TopRunSchema);
    },

    async getOptimizationAnalytics(projectId, { signal } = {}) {
      const id = validated(NameSchema, projectId, ['projectId']);
      return listAt(transport, { path: at`/v1/projects/${id}/analytics`, signal }, OptimizationAnalyticsSchema);
    },

    async refreshOptimizationAnalytics({ signal } = {}) {
      await transport.call({ method: 'POST', path: '/v1/analytics/refresh', signal });
    },

    async getOptimizationPrograms(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return listAt(transport, { path: at`/v1/runs/${id}/programs`, query: { projectId }, signal: options.signal }, RunProgramSchema);
    },

    async getOptimizationCurves(runIds, options = {}) {
      const [ids, projectId] = [curveIdsOf(runIds), projectIdOf(options)];
      const parts = Array.from({ length: Math.ceil(ids.length / CURVES_AT_ONCE) }, (_, part) =>
        ids.slice(part * CURVES_AT_ONCE, (part + 1) * CURVES_AT_ONCE),
      );
      const curves = parts.map((runId) =>
        listAt(transport, { path: '/v1/curves', query: { runId, projectId }, signal: options.signal }, RunCurveSchema),
      );
      return (await Promise.all(curves)).flat();
    },

    async getOptimizationMatrix(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const read = transport.call({ method: 'GET', path: at`/v1/runs/${id}/matrix`, query: { projectId }, signal: options.signal });
      return orNull(read.then((answer) => answerOf(SampleMatrixSchema, answer)));
    },

    async searchOptimizationTrail(projectId, text, limit, { signal } = {}) {
      const search = trailSearchOf(projectId, text, limit);
      const query = { q: search.text, limit: search.limit };
      const answer = await transport.call({ method: 'GET', path: at`/v1/projects/${search.projectId}/search`, query, signal });
      return answerOf(SearchResultSchema, answer);
    },
  };
}
