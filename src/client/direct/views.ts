import { getCurves } from '../../store/curves.js';
import { getMatrix } from '../../store/matrix.js';
import { getPrograms } from '../../store/programs.js';
import { searchTrail } from '../../store/search.js';
import { curveIdsOf, projectIdOf, runIdOf, trailSearchOf } from '../arguments.js';
import type { TrailViews } from '../port.js';
import type { Within } from './administration.js';

export function createViews(within: Within): TrailViews {
  return {
    async getOptimizationPrograms(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return within(options, (scope) => getPrograms(scope, id, projectId));
    },

    async getOptimizationCurves(runIds, options = {}) {
      const [ids, projectId] = [curveIdsOf(runIds), projectIdOf(options)];
      return within(options, (scope) => getCurves(scope, ids, projectId));
    },

    async getOptimizationMatrix(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return within(options, (scope) => getMatrix(scope, id, projectId));
    },

    async searchOptimizationTrail(projectId, text, limit, options = {}) {
      const search = trailSearchOf(projectId, text, limit);
      return within(options, (scope) => searchTrail(scope, search));
    },
  };
}
