export type { OptimizationAnalytics, OptimizationRunSummary, TopRun, TopRunsOptions } from './analytics.js';
export { OptimizationAnalyticsSchema, OptimizationRunSummarySchema, TopRunSchema, TopRunsOptionsSchema } from './analytics.js';
export type { CreateOptimizationCheckpoint, CreateOptimizationCheckpointInput, OptimizationCheckpoint } from './checkpoint.js';
export { CreateOptimizationCheckpointSchema, MAX_CHECKPOINT_BYTES, OptimizationCheckpointSchema } from './checkpoint.js';
export { KNOWN_OPTIMIZERS, ModelConfigSchema, OptimizationConfigSchema, OptimizerSectionSchemas, OptimizerTypeSchema } from './config.js';
export type { TrailEvent, TrailEventKind } from './event.js';
export { TrailEventKindSchema, TrailEventSchema } from './event.js';
export type { RunFilters, RunFiltersInput, RunPage } from './filters.js';
export { MAX_PAGE, OptimizationRunFiltersSchema, RunOrderSchema, RunPageSchema } from './filters.js';
export type {
  CreateOptimizationIteration,
  CreateOptimizationIterationInput,
  EvalKind,
  IterationDecision,
  IterationStatus,
  OptimizationIteration,
  UpdateOptimizationIteration,
  UpdateOptimizationIterationInput,
} from './iteration.js';
export {
  CreateOptimizationIterationSchema,
  EvalKindSchema,
  IterationDecisionSchema,
  IterationStatusSchema,
  OptimizationIterationSchema,
  UpdateOptimizationIterationSchema,
} from './iteration.js';
export type { JsonObject, JsonValue } from './json.js';
export { JsonObjectSchema, JsonValueSchema, MAX_JSON_DEPTH, MAX_JSON_LENGTH } from './json.js';
export type { ApiKey, ApiKeyScope, CreateApiKey, CreateApiKeyInput, CreatedApiKey } from './key.js';
export { ApiKeySchema, ApiKeyScopeSchema, CreateApiKeySchema, CreatedApiKeySchema } from './key.js';
export {
  CostSchema,
  CountSchema,
  IdSchema,
  IterationNumberSchema,
  MAX_NAME_LENGTH,
  MAX_SCORE,
  MAX_TEXT_LENGTH,
  MillisecondsSchema,
  NameSchema,
  ScoreSchema,
  ScoresSchema,
  TagsSchema,
  TextSchema,
  TimeSchema,
  TokensSchema,
} from './primitives.js';
export type { Claims, CreateProjectInput, OptimizationProject, ProjectMember, ProjectRole, UpdateProjectInput } from './project.js';
export {
  ClaimsSchema,
  CreateProjectSchema,
  OptimizationProjectSchema,
  ProjectMemberSchema,
  ProjectRoleSchema,
  UpdateProjectSchema,
} from './project.js';
export type { Hindsight, Race, RaceRun, Receipt, ReceiptCheck } from './receipt.js';
export { HindsightSchema, RaceEntrySchema, RaceRunSchema, RaceSchema, ReceiptCheckSchema, ReceiptSchema } from './receipt.js';
export type {
  CreateOptimizationRun,
  CreateOptimizationRunInput,
  Direction,
  OptimizationRun,
  RunProgressInput,
  RunStatus,
  UpdateOptimizationRun,
  UpdateOptimizationRunInput,
} from './run.js';
export {
  CreateOptimizationRunSchema,
  DirectionSchema,
  OptimizationRunSchema,
  RunProgressSchema,
  RunStatusSchema,
  UpdateOptimizationRunSchema,
} from './run.js';
export type { CreateOptimizationSample, CreateOptimizationSampleInput, OptimizationSample, SampleBatchResult } from './sample.js';
export {
  BatchCreateOptimizationSamplesSchema,
  CreateOptimizationSampleSchema,
  MAX_BATCH,
  OptimizationSampleSchema,
  SampleBatchResultSchema,
} from './sample.js';
export type {
  Candidate,
  ExamplePair,
  GateOptions,
  GateOutcome,
  GateResult,
  HeldOut,
  RunAssessment,
  RunComparison,
  TrustVerdict,
  TrustWord,
} from './trust.js';
export {
  CandidateSchema,
  ExampleChangeSchema,
  ExamplePairSchema,
  GateOptionsSchema,
  GateOutcomeSchema,
  GateResultSchema,
  HeldOutSchema,
  IntervalSchema,
  RunAssessmentSchema,
  RunComparisonSchema,
  TrustVerdictSchema,
  TrustWordSchema,
} from './trust.js';
export type {
  Bisection,
  BlamedPrompt,
  BlameSource,
  BlameSpan,
  Edit,
  EditEvidence,
  EditImpact,
  ExampleHistory,
  Regression,
  RegressionReport,
} from './trust-edits.js';
export {
  BisectionSchema,
  BlamedPromptSchema,
  BlameSourceSchema,
  BlameSpanSchema,
  EditEvidenceSchema,
  EditImpactSchema,
  EditSchema,
  ExampleHistorySchema,
  HistoryKindSchema,
  RegressionKindSchema,
  RegressionReportSchema,
  RegressionSchema,
} from './trust-edits.js';
export type { RunCurve, RunProgram, SampleMatrix, SearchResult } from './views.js';
export { MAX_CURVES, MAX_MATRIX_CELLS, RunCurveSchema, RunProgramSchema, SampleMatrixSchema, SearchResultSchema } from './views.js';
