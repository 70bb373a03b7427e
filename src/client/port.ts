import type { Claims } from '../schemas/project.js';
import type { IterationFunctions } from './functions/iterations.js';
import type { ProjectAdministration, ProjectFunctions } from './functions/projects.js';
import type { RunFunctions } from './functions/runs.js';
import type { SampleFunctions } from './functions/samples.js';
import type { TrustFunctions } from './functions/trust.js';
import type { ReportFunctions, TrailViews } from './functions/views.js';

export type { IterationReadOptions } from './functions/iterations.js';
export type { ByIdOptions, CallOptions, ReadOptions } from './functions/options.js';
export type { ProjectAdministration } from './functions/projects.js';
export type { SampleReadOptions } from './functions/samples.js';
export type { GateRunsOptions, PairOptions, RegressionsOptions, TrustFunctions } from './functions/trust.js';
export type { TrailViews } from './functions/views.js';

/**
 * The helper functions, over a database or a server. All of them check their input first (`invalid_input` names the path,
 * and nothing is stored in part), and all of them act under the identity of the client they were called on.
 */
export interface OptimizationClient
  extends RunFunctions,
    IterationFunctions,
    SampleFunctions,
    ReportFunctions,
    TrustFunctions,
    ProjectFunctions {}

/** Every function that can be called under one identity. */
export interface TrailClient extends OptimizationClient, TrailViews, ProjectAdministration {}

/** A client with an owner: the program that created it closes it. */
export interface ClientHandle extends TrailClient, AsyncDisposable {
  /** The same functions under a user's identity: row-level security decides what they see and may do. */
  as(claims: Claims): TrailClient;
  /** Waits for calls under way, then closes what the client opened, and only that. */
  close(): Promise<void>;
}
