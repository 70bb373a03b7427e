import * as analytics from '../../store/analytics.js';
import * as checkpoints from '../../store/checkpoints.js';
import { getCurves } from '../../store/curves.js';
import * as iterations from '../../store/iterations.js';
import * as keys from '../../store/keys.js';
import { getMatrix } from '../../store/matrix.js';
import * as members from '../../store/members.js';
import { getPrograms } from '../../store/programs.js';
import * as projects from '../../store/projects.js';
import { listRuns } from '../../store/run-pages.js';
import * as runs from '../../store/runs.js';
import * as samples from '../../store/samples.js';
import type { Scope } from '../../store/scope.js';
import { searchTrail } from '../../store/search.js';
import type { OperationInput, OperationName, OperationResult } from '../operations.js';
import { newSecret, storedSecret } from './secret.js';
import * as trust from './verdict/answers.js';
import { receipt } from './verdict/receipt.js';

type Handler<K extends OperationName> = (scope: Scope, input: OperationInput<K>, bytes?: number) => Promise<OperationResult<K>>;
type Handlers<N extends OperationName> = { [K in N]: Handler<K> };

/**
 * Each function over a database, but those that store samples: these have a way of their own. With `bytes` a list ends early if its rows
 * are large, and is marked partial.
 */
export const HANDLERS: Handlers<Exclude<OperationName, 'createOptimizationSample' | 'batchCreateOptimizationSamples'>> = {
  createOptimizationRun: (scope, { run }) => runs.createRun(scope, { ...run, id: run.id as string }),
  getOptimizationRun: (scope, { runId, projectId }) => runs.getRun(scope, runId, projectId),
  updateOptimizationRun: (scope, { runId, projectId, changes }) => runs.updateRun(scope, runId, projectId, changes),
  updateRunProgress: (scope, { runId, projectId, progress }) => runs.updateRun(scope, runId, projectId, progress, { heartbeat: true }),
  resumeOptimizationRun: (scope, { runId, projectId }) => runs.resumeRun(scope, runId, projectId),
  listOptimizationRuns: (scope, { filters }, bytes) => listRuns(scope, filters, bytes),
  deleteOptimizationRun: (scope, { runId, projectId }) => runs.deleteRun(scope, runId, projectId),

  createOptimizationIteration: (scope, { iteration }) => iterations.createIteration(scope, iteration),
  updateOptimizationIteration: (scope, { runId, iteration, projectId, changes }) =>
    iterations.updateIteration(scope, runId, iteration, projectId, changes),
  getOptimizationIterations: (scope, { runId, projectId, hashes, ...page }, bytes) =>
    iterations.getIterations(scope, runId, projectId, page, hashes, bytes),
  getBestIteration: (scope, { runId, projectId, hashes }) => iterations.getBestIteration(scope, runId, projectId, hashes),
  createOptimizationCheckpoint: (scope, { checkpoint }) =>
    checkpoints.createCheckpoint(scope, { ...checkpoint, id: checkpoint.id as string }),
  getOptimizationCheckpoint: (scope, { runId, projectId }) => checkpoints.latestCheckpoint(scope, runId, projectId),

  getOptimizationSamples: (scope, { runId, ...query }, bytes) => samples.getSamples(scope, runId, query, bytes),

  getOptimizationRunSummary: (scope, { runId, projectId }) => analytics.getSummary(scope, runId, projectId),
  getTopRunsByScore: (scope, { projectId, ...ranking }) => analytics.getTopRuns(scope, projectId, ranking),
  getOptimizationAnalytics: (scope, { projectId }) => analytics.getAnalytics(scope, projectId),
  refreshOptimizationAnalytics: (scope) => analytics.refreshAnalytics(scope),

  getOptimizationPrograms: (scope, { runId, projectId, after }, bytes) => getPrograms(scope, runId, projectId, after, bytes),
  getOptimizationCurves: (scope, { runIds, projectId }) => getCurves(scope, runIds, projectId),
  getOptimizationMatrix: (scope, { runId, projectId }) => getMatrix(scope, runId, projectId),
  searchOptimizationTrail: (scope, search, bytes) => searchTrail(scope, search, bytes),

  assessRun: trust.assessRun,
  compareRuns: trust.compareRuns,
  gateRuns: trust.gateRuns,
  editImpact: trust.editImpact,
  blamePrompt: trust.blamePrompt,
  regressions: trust.regressions,
  bisectExamples: trust.bisectExamples,
  hindsight: trust.hindsight,
  race: trust.race,
  receipt,

  listProjects: (scope) => projects.listProjects(scope),
  getProject: (scope, { projectId }) => projects.getProject(scope, projectId),
  createProject: (scope, { project }) => projects.createProject(scope, project),
  updateProject: (scope, { projectId, changes }) => projects.updateProject(scope, projectId, changes),
  deleteProject: (scope, { projectId }) => projects.deleteProject(scope, projectId),
  listProjectMembers: (scope, { projectId }) => members.listMembers(scope, projectId),
  setProjectMember: (scope, { projectId, userId, role }) => members.setMember(scope, projectId, userId, role),
  removeProjectMember: (scope, { projectId, userId }) => members.removeMember(scope, projectId, userId),

  async createApiKey(scope, { projectId, key }) {
    const secret = newSecret();
    return { ...(await keys.createKey(scope, projectId, key, await storedSecret(secret))), secret };
  },
  listApiKeys: (scope, { projectId }) => keys.listKeys(scope, projectId),
  revokeApiKey: (scope, { projectId, keyId }) => keys.revokeKey(scope, projectId, keyId),
};
