import type { OptimizationAnalytics, OptimizationRunSummary, TopRun, TopRunsOptions } from '../schemas/analytics.js';
import type { CreateOptimizationCheckpointInput, OptimizationCheckpoint } from '../schemas/checkpoint.js';
import type { RunFiltersInput, RunPage } from '../schemas/filters.js';
import type { CreateOptimizationIterationInput, OptimizationIteration, UpdateOptimizationIterationInput } from '../schemas/iteration.js';
import type { ApiKey, CreateApiKeyInput, CreatedApiKey } from '../schemas/key.js';
import type {
  Claims,
  CreateProjectInput,
  OptimizationProject,
  ProjectMember,
  ProjectRole,
  UpdateProjectInput,
} from '../schemas/project.js';
import type { CreateOptimizationRunInput, OptimizationRun, RunProgressInput, UpdateOptimizationRunInput } from '../schemas/run.js';
import type { CreateOptimizationSampleInput, OptimizationSample, SampleBatchResult } from '../schemas/sample.js';
import type { RunCurve, RunProgram, SampleMatrix, SearchResult } from '../schemas/views.js';

export interface CallOptions {
  /** Cancels the call; it rejects with `aborted`. A write that was already on its way may still be stored. */
  signal?: AbortSignal | undefined;
}

export interface ByIdOptions extends CallOptions {
  /** The project the id belongs to; needed only where several visible projects hold the same id (`ambiguous_id`). */
  projectId?: string | undefined;
}

export interface ReadOptions extends ByIdOptions {
  /** Adds the content hashes (`programHash`, `exampleHash`) to what is returned. */
  hashes?: boolean | undefined;
}

/**
 * The helper functions, whatever stands behind them. All of them check their input first (`invalid_input` names the path,
 * and nothing is stored in part), and all of them act under the identity of the client they were called on.
 */
export interface OptimizationClient {
  /** Creates a run. The id of a run that exists returns that run unchanged. */
  createOptimizationRun(input: CreateOptimizationRunInput, options?: CallOptions): Promise<OptimizationRun>;
  /** The run, or null where there is none that you may see. */
  getOptimizationRun(runId: string, options?: ByIdOptions): Promise<OptimizationRun | null>;
  /** Changes a run and returns it. Rejects with `not_found`, `forbidden` or `invalid_status_transition`. */
  updateOptimizationRun(runId: string, changes: UpdateOptimizationRunInput, options?: ByIdOptions): Promise<OptimizationRun>;
  /** One page of runs, newest first unless ordered otherwise. */
  listOptimizationRuns(filters?: RunFiltersInput, options?: CallOptions): Promise<RunPage>;
  /**
   * Sets a run that failed, was cancelled, or is stale running again, with `attempt` + 1. Rejects with `not_found`, with
   * `invalid_status_transition` where it is completed, and with `conflict` where it still runs.
   */
  resumeOptimizationRun(runId: string, options?: ByIdOptions): Promise<OptimizationRun>;
  /** Deletes a run with its iterations and samples. Whether there was one. */
  deleteOptimizationRun(runId: string, options?: ByIdOptions): Promise<boolean>;

  /** Records an iteration. The same id again returns the stored row unchanged; another id on a number taken is a `conflict`. */
  createOptimizationIteration(input: CreateOptimizationIterationInput, options?: CallOptions): Promise<OptimizationIteration>;
  updateOptimizationIteration(
    runId: string,
    iteration: number,
    changes: UpdateOptimizationIterationInput,
    options?: ByIdOptions,
  ): Promise<OptimizationIteration>;
  /** Iterations of a run in the order of their numbers: all of them, unless a `limit` is given. */
  getOptimizationIterations(runId: string, options?: IterationReadOptions): Promise<OptimizationIteration[]>;
  /** The winner, by the rules of `bestIteration`: null where no full evaluation was completed. */
  getBestIteration(runId: string, options?: ReadOptions): Promise<OptimizationIteration | null>;

  /** Records one sample and returns it; one that exists is returned unchanged. */
  createOptimizationSample(input: CreateOptimizationSampleInput, options?: CallOptions): Promise<OptimizationSample>;
  /**
   * Records many samples in one transaction, all or none. They are read in slices, so that many of them do not hold up your
   * thread: leave them unchanged until the promise resolves.
   */
  batchCreateOptimizationSamples(inputs: readonly CreateOptimizationSampleInput[], options?: CallOptions): Promise<SampleBatchResult>;
  /** Samples of a run, or of one of its iterations, by iteration and index. `limit` is 1,000 where it is left out. */
  getOptimizationSamples(runId: string, iteration?: number, limit?: number, options?: SampleReadOptions): Promise<OptimizationSample[]>;

  /** Stores an optimizer's own state with the run, to go on from later; the newest three of a run are kept. */
  createOptimizationCheckpoint(input: CreateOptimizationCheckpointInput, options?: CallOptions): Promise<OptimizationCheckpoint>;
  /** The newest checkpoint of a run, or null. */
  getOptimizationCheckpoint(runId: string, options?: ByIdOptions): Promise<OptimizationCheckpoint | null>;

  /** What the run came to, or null where there is none that you may see. */
  getOptimizationRunSummary(runId: string, options?: ByIdOptions): Promise<OptimizationRunSummary | null>;
  /** Completed runs by `finalScore / scoreMax`, the best first. `limit` is 10 where it is left out. */
  getTopRunsByScore(projectId: string, limit?: number, options?: TopRunsOptions & CallOptions): Promise<TopRun[]>;
  /** Figures of a project as of the last refresh. */
  getOptimizationAnalytics(projectId: string, options?: CallOptions): Promise<OptimizationAnalytics[]>;
  /** Brings the analytics up to date; only a trusted caller may (`forbidden`). */
  refreshOptimizationAnalytics(options?: CallOptions): Promise<void>;
  /** Declares progress figures, and is a sign of life. */
  updateRunProgress(runId: string, progress: RunProgressInput, options?: ByIdOptions): Promise<OptimizationRun>;

  /** Projects that you may see, with their number of runs. */
  listProjects(options?: CallOptions): Promise<OptimizationProject[]>;
}

/** The functions that a page of runs is drawn from: each reads what many calls of the others would. */
export interface TrailViews {
  /** The programs of a run, each once, in the order of their first iteration. */
  getOptimizationPrograms(runId: string, options?: ByIdOptions): Promise<RunProgram[]>;
  /** How each of up to 200 runs got better, in the order of their ids. Runs that you may not see are left out. */
  getOptimizationCurves(runIds: readonly string[], options?: ByIdOptions): Promise<RunCurve[]>;
  /**
   * Samples of a run as a table of scores, without their texts; null where there is no run that you may see.
   * Rejects with `too_large` where it would have more than a million cells.
   */
  getOptimizationMatrix(runId: string, options?: ByIdOptions): Promise<SampleMatrix | null>;
  /**
   * Runs and candidate programs of a project that contain a text of 1 to 200 characters, whatever the case: of its newest 5,000
   * runs (name, tags, notes) and 2,000 programs. `limit` of each, 1 to 100, is 20 where it is left out.
   */
  searchOptimizationTrail(projectId: string, text: string, limit?: number, options?: CallOptions): Promise<SearchResult>;
}

/** What an owner does with a project. */
export interface ProjectAdministration {
  /** The project, or null where there is none that you may see. */
  getProject(projectId: string, options?: CallOptions): Promise<OptimizationProject | null>;
  /** Makes a project; one that exists is returned unchanged. Only a trusted caller may (`forbidden`). */
  createProject(input: CreateProjectInput, options?: CallOptions): Promise<OptimizationProject>;
  /** Renames a project. Owners may; rejects with `not_found` or `forbidden`. */
  updateProject(projectId: string, changes: UpdateProjectInput, options?: CallOptions): Promise<OptimizationProject>;
  /** Deletes a project with everything in it. Owners may. Whether there was one. */
  deleteProject(projectId: string, options?: CallOptions): Promise<boolean>;
  /** The members of a project by user id. */
  listProjectMembers(projectId: string, options?: CallOptions): Promise<ProjectMember[]>;
  /** Makes a user a member, or gives a member another role. Owners may. */
  setProjectMember(projectId: string, userId: string, role: ProjectRole, options?: CallOptions): Promise<ProjectMember>;
  /** Whether there was such a member. Owners may. */
  removeProjectMember(projectId: string, userId: string, options?: CallOptions): Promise<boolean>;
  /** Makes a key, and gives its secret this once. Owners may. */
  createApiKey(projectId: string, input: CreateApiKeyInput, options?: CallOptions): Promise<CreatedApiKey>;
  /** The keys of a project, revoked ones too, the newest first. Owners may. */
  listApiKeys(projectId: string, options?: CallOptions): Promise<ApiKey[]>;
  /** Ends a key at once; one that has ended is returned as it is. Rejects with `not_found`. Owners may. */
  revokeApiKey(projectId: string, keyId: string, options?: CallOptions): Promise<ApiKey>;
}

/** Everything that can be done under one identity. */
export interface TrailClient extends OptimizationClient, TrailViews, ProjectAdministration {}

export interface IterationReadOptions extends ReadOptions {
  /** At most so many, 1 to 100,000. */
  limit?: number | undefined;
  /** `desc` gives the newest first; `asc` where it is left out. */
  orderDirection?: 'asc' | 'desc' | undefined;
  /** Only those that come after this number in the order asked for: the last one's, to go on from a page. */
  after?: number | undefined;
}

export interface SampleReadOptions extends ReadOptions {
  /** Only samples that failed. */
  failed?: boolean | undefined;
  /**
   * Only samples whose score or outcome differs from that of the same example in this iteration of the run, or whose example
   * it did not evaluate. Goes with `iteration`.
   */
  changedVs?: number | undefined;
  /** Only those that come after this one, the last of the page before. */
  after?: { iteration: number; sampleIndex: number } | undefined;
}

/** A client with an owner: whoever created it closes it. */
export interface ClientHandle extends TrailClient, AsyncDisposable {
  /** The same functions under a user's identity: row-level security decides what they see and may do. */
  as(claims: Claims): TrailClient;
  /** Waits for calls under way, then closes what the client opened, and only that. */
  close(): Promise<void>;
}
