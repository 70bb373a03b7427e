import { defaultClient } from './client/open/create-client.js';
import { openJournal, openLeftovers } from './client/open/journal-location.js';
import type { OptimizationClient } from './client/port.js';
import { createTrackRun } from './recorder/track-run.js';

/*
 * The helper functions at top level act on the default client. They are spelled out one by one, so that an editor shows
 * each with its description and a bundler drops those that are not used.
 */

/** {@inheritDoc OptimizationClient.createOptimizationRun} */
export const createOptimizationRun: OptimizationClient['createOptimizationRun'] = (...args) =>
  defaultClient().createOptimizationRun(...args);
/** {@inheritDoc OptimizationClient.getOptimizationRun} */
export const getOptimizationRun: OptimizationClient['getOptimizationRun'] = (...args) => defaultClient().getOptimizationRun(...args);
/** {@inheritDoc OptimizationClient.updateOptimizationRun} */
export const updateOptimizationRun: OptimizationClient['updateOptimizationRun'] = (...args) =>
  defaultClient().updateOptimizationRun(...args);
/** {@inheritDoc OptimizationClient.listOptimizationRuns} */
export const listOptimizationRuns: OptimizationClient['listOptimizationRuns'] = (...args) => defaultClient().listOptimizationRuns(...args);
/** {@inheritDoc OptimizationClient.deleteOptimizationRun} */
export const deleteOptimizationRun: OptimizationClient['deleteOptimizationRun'] = (...args) =>
  defaultClient().deleteOptimizationRun(...args);
/** {@inheritDoc OptimizationClient.resumeOptimizationRun} */
export const resumeOptimizationRun: OptimizationClient['resumeOptimizationRun'] = (...args) =>
  defaultClient().resumeOptimizationRun(...args);
/** {@inheritDoc OptimizationClient.createOptimizationIteration} */
export const createOptimizationIteration: OptimizationClient['createOptimizationIteration'] = (...args) =>
  defaultClient().createOptimizationIteration(...args);
/** {@inheritDoc OptimizationClient.updateOptimizationIteration} */
export const updateOptimizationIteration: OptimizationClient['updateOptimizationIteration'] = (...args) =>
  defaultClient().updateOptimizationIteration(...args);
/** {@inheritDoc OptimizationClient.getOptimizationIterations} */
export const getOptimizationIterations: OptimizationClient['getOptimizationIterations'] = (...args) =>
  defaultClient().getOptimizationIterations(...args);
/** {@inheritDoc OptimizationClient.getBestIteration} */
export const getBestIteration: OptimizationClient['getBestIteration'] = (...args) => defaultClient().getBestIteration(...args);
/** {@inheritDoc OptimizationClient.createOptimizationSample} */
export const createOptimizationSample: OptimizationClient['createOptimizationSample'] = (...args) =>
  defaultClient().createOptimizationSample(...args);
/** {@inheritDoc OptimizationClient.batchCreateOptimizationSamples} */
export const batchCreateOptimizationSamples: OptimizationClient['batchCreateOptimizationSamples'] = (...args) =>
  defaultClient().batchCreateOptimizationSamples(...args);
/** {@inheritDoc OptimizationClient.getOptimizationSamples} */
export const getOptimizationSamples: OptimizationClient['getOptimizationSamples'] = (...args) =>
  defaultClient().getOptimizationSamples(...args);
/** {@inheritDoc OptimizationClient.createOptimizationCheckpoint} */
export const createOptimizationCheckpoint: OptimizationClient['createOptimizationCheckpoint'] = (...args) =>
  defaultClient().createOptimizationCheckpoint(...args);
/** {@inheritDoc OptimizationClient.getOptimizationCheckpoint} */
export const getOptimizationCheckpoint: OptimizationClient['getOptimizationCheckpoint'] = (...args) =>
  defaultClient().getOptimizationCheckpoint(...args);
/** {@inheritDoc OptimizationClient.getOptimizationRunSummary} */
export const getOptimizationRunSummary: OptimizationClient['getOptimizationRunSummary'] = (...args) =>
  defaultClient().getOptimizationRunSummary(...args);
/** {@inheritDoc OptimizationClient.getTopRunsByScore} */
export const getTopRunsByScore: OptimizationClient['getTopRunsByScore'] = (...args) => defaultClient().getTopRunsByScore(...args);
/** {@inheritDoc OptimizationClient.getOptimizationAnalytics} */
export const getOptimizationAnalytics: OptimizationClient['getOptimizationAnalytics'] = (...args) =>
  defaultClient().getOptimizationAnalytics(...args);
/** {@inheritDoc OptimizationClient.refreshOptimizationAnalytics} */
export const refreshOptimizationAnalytics: OptimizationClient['refreshOptimizationAnalytics'] = (...args) =>
  defaultClient().refreshOptimizationAnalytics(...args);
/** {@inheritDoc OptimizationClient.updateRunProgress} */
export const updateRunProgress: OptimizationClient['updateRunProgress'] = (...args) => defaultClient().updateRunProgress(...args);
/** {@inheritDoc OptimizationClient.listProjects} */
export const listProjects: OptimizationClient['listProjects'] = (...args) => defaultClient().listProjects(...args);

/** {@inheritDoc OptimizationClient.assessRun} */
export const assessRun: OptimizationClient['assessRun'] = (...args) => defaultClient().assessRun(...args);
/** {@inheritDoc OptimizationClient.compareRuns} */
export const compareRuns: OptimizationClient['compareRuns'] = (...args) => defaultClient().compareRuns(...args);
/** {@inheritDoc OptimizationClient.gateRuns} */
export const gateRuns: OptimizationClient['gateRuns'] = (...args) => defaultClient().gateRuns(...args);
/** {@inheritDoc OptimizationClient.editImpact} */
export const editImpact: OptimizationClient['editImpact'] = (...args) => defaultClient().editImpact(...args);
/** {@inheritDoc OptimizationClient.blamePrompt} */
export const blamePrompt: OptimizationClient['blamePrompt'] = (...args) => defaultClient().blamePrompt(...args);
/** {@inheritDoc OptimizationClient.regressions} */
export const regressions: OptimizationClient['regressions'] = (...args) => defaultClient().regressions(...args);
/** {@inheritDoc OptimizationClient.bisectExamples} */
export const bisectExamples: OptimizationClient['bisectExamples'] = (...args) => defaultClient().bisectExamples(...args);
/** {@inheritDoc OptimizationClient.hindsight} */
export const hindsight: OptimizationClient['hindsight'] = (...args) => defaultClient().hindsight(...args);
/** {@inheritDoc OptimizationClient.race} */
export const race: OptimizationClient['race'] = (...args) => defaultClient().race(...args);
/** {@inheritDoc OptimizationClient.receipt} */
export const receipt: OptimizationClient['receipt'] = (...args) => defaultClient().receipt(...args);

/** Records one run around a callback, into `options.client` or the default client. */
export const { trackRun, startRun } = createTrackRun(async () => defaultClient(), openJournal, openLeftovers);

export { type ClientOptions, closeDefaultClient, createClient } from './client/open/create-client.js';
export type {
  ByIdOptions,
  CallOptions,
  ClientHandle,
  GateRunsOptions,
  IterationReadOptions,
  OptimizationClient,
  PairOptions,
  ProjectAdministration,
  ReadOptions,
  RegressionsOptions,
  SampleReadOptions,
  TrailClient,
  TrailViews,
  TrustFunctions,
} from './client/port.js';
export type {
  OptimizationCheckpointsRow,
  OptimizationExamplesRow,
  OptimizationIterationsRow,
  OptimizationProgramsRow,
  OptimizationProjectMembersRow,
  OptimizationProjectsRow,
  OptimizationRunAnalyticsRow,
  OptimizationRunsRow,
  OptimizationSamplesRow,
  OptrailFunctions,
} from './database/rows.generated.js';
export { ERROR_CODES, type ErrorIssue, isOptrailError, OptrailError, type OptrailErrorCode } from './errors.js';
export type {
  EvaluatedSample,
  EvaluateOptions,
  Evaluation,
  Example,
  Score,
  ScoreWithDetail,
  TaskContext,
  Usage,
} from './recorder/evaluation.js';
export type { IterationEvent, Mask, MaskPlace, ResumeOptions, TrackRunOptions } from './recorder/options.js';
export type {
  FlushOptions,
  FlushReport,
  IterationRecord,
  IterationUpdate,
  Resumed,
  Run,
  RunAnnotation,
  SampleRecord,
  StartedRun,
  TrackedRun,
} from './recorder/port.js';
export type { BestSoFar } from './schemas/best.js';
export type {
  ApiKey,
  ApiKeyScope,
  Bisection,
  BlamedPrompt,
  Candidate,
  Claims,
  CreateApiKeyInput,
  CreatedApiKey,
  CreateOptimizationCheckpointInput,
  CreateOptimizationIterationInput,
  CreateOptimizationRunInput,
  CreateOptimizationSampleInput,
  CreateProjectInput,
  Direction,
  Edit,
  EditEvidence,
  EditImpact,
  EvalKind,
  GateResult,
  HeldOut,
  Hindsight,
  IterationDecision,
  IterationStatus,
  JsonObject,
  JsonValue,
  OptimizationAnalytics,
  OptimizationCheckpoint,
  OptimizationIteration,
  OptimizationProject,
  OptimizationRun,
  OptimizationRunSummary,
  OptimizationSample,
  ProjectMember,
  ProjectRole,
  Race,
  Receipt,
  Regression,
  RegressionReport,
  RunAssessment,
  RunComparison,
  RunCurve,
  RunFiltersInput,
  RunPage,
  RunProgram,
  RunProgressInput,
  RunStatus,
  SampleBatchResult,
  SampleMatrix,
  SearchResult,
  TopRun,
  TopRunsOptions,
  TrustWord,
  UpdateOptimizationIterationInput,
  UpdateOptimizationRunInput,
  UpdateProjectInput,
} from './schemas/index.js';
