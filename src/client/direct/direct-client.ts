import { uuidv7 } from 'uuidv7';
import type { Database, Identity } from '../../database/port.js';
import { TopRunsOptionsSchema } from '../../schemas/analytics.js';
import { CreateOptimizationCheckpointSchema } from '../../schemas/checkpoint.js';
import { OptimizationRunFiltersSchema } from '../../schemas/filters.js';
import { CreateOptimizationIterationSchema, UpdateOptimizationIterationSchema } from '../../schemas/iteration.js';
import { IterationNumberSchema, NameSchema } from '../../schemas/primitives.js';
import { CreateOptimizationRunSchema, RunProgressSchema, UpdateOptimizationRunSchema } from '../../schemas/run.js';
import { CreateOptimizationSampleSchema, SampleBatchSchema } from '../../schemas/sample.js';
import { validated } from '../../schemas/validate.js';
import { weightOf } from '../../schemas/weighed.js';
import * as analytics from '../../store/analytics.js';
import * as checkpoints from '../../store/checkpoints.js';
import * as iterations from '../../store/iterations.js';
import { listProjects } from '../../store/projects.js';
import { listRuns } from '../../store/run-pages.js';
import * as runs from '../../store/runs.js';
import type { SampleStorage } from '../../store/sample-ingest/storage.js';
import * as samples from '../../store/samples.js';
import { scopeOf } from '../../store/scope.js';
import { IterationPageSchema, projectIdOf, runIdOf, sampleQueryOf } from '../arguments.js';
import type { CallOptions, IterationReadOptions, ReadOptions, SampleReadOptions, TrailClient } from '../port.js';
import { createAdministration, type Within } from './administration.js';
import { createViews } from './views.js';

/** Milliseconds between two looks for runs that fell silent. */
const SWEEP_EVERY = 60_000;

/** What a direct client stands on. Several clients may share the database, and what stores the samples. */
export interface DirectConnection {
  /**
   * Runs a whole call over the database, which the first call opens, and which is not closed before the call has ended.
   * `again` says that a call may be made twice and does the same, where the engine died under it.
   */
  use<T>(call: (database: Database) => Promise<T>, again: boolean): Promise<T>;
  samples: SampleStorage;
}

/** The helper functions over a database: input is validated before the database is even opened, then handed to the store. */
export function createDirectClient(connection: DirectConnection, identity: Identity): TrailClient {
  const within: Within = (options, call, again = true) =>
    connection.use((database) => call(scopeOf(database, identity, options.signal)), again);

  let sweptAt = Date.now();
  /** Who shows signs of life also stores that others show none; nobody waits for it, and the next one may do better. */
  function sweepNowAndThen(): void {
    if (Date.now() - sweptAt < SWEEP_EVERY) return;
    sweptAt = Date.now();
    void within({}, runs.sweepStaleRuns).catch(() => undefined);
  }

  const store = (batch: readonly unknown[], { signal }: CallOptions) =>
    connection.samples.store(batch, { identity, signal, use: (call) => connection.use(call, true) });

  return {
    ...createAdministration(within),
    ...createViews(within),

    async createOptimizationRun(input, options = {}) {
      const run = validated(CreateOptimizationRunSchema, input);
      return within(options, (scope) => runs.createRun(scope, { ...run, id: run.id ?? uuidv7() }));
    },

    async getOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return within(options, (scope) => runs.getRun(scope, id, projectId));
    },

    async updateOptimizationRun(runId, changes, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const valid = validated(UpdateOptimizationRunSchema, changes);
      return within(options, (scope) => runs.updateRun(scope, id, projectId, valid));
    },

    async updateRunProgress(runId, progress, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const valid = validated(RunProgressSchema, progress);
      const run = await within(options, (scope) => runs.updateRun(scope, id, projectId, valid, { heartbeat: true }));
      sweepNowAndThen();
      return run;
    },

    async resumeOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return within(options, (scope) => runs.resumeRun(scope, id, projectId));
    },

    async listOptimizationRuns(filters = {}, options = {}) {
      const valid = validated(OptimizationRunFiltersSchema, filters);
      return within(options, (scope) => listRuns(scope, valid));
    },

    async deleteOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      // A second time there is nothing to delete, and the answer would be another.
      return within(options, (scope) => runs.deleteRun(scope, id, projectId), false);
    },

    async createOptimizationIteration(input, options = {}) {
      const iteration = validated(CreateOptimizationIterationSchema, input);
      // Without an id a second time meets the row of the first, as it would meet anybody else's.
      return within(options, (scope) => iterations.createIteration(scope, iteration), iteration.id !== undefined);
    },

    async updateOptimizationIteration(runId, iteration, changes, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const number = validated(IterationNumberSchema, iteration, ['iteration']);
      const valid = validated(UpdateOptimizationIterationSchema, changes);
      return within(options, (scope) => iterations.updateIteration(scope, id, number, projectId, valid));
    },

    async getOptimizationIterations(runId, options: IterationReadOptions = {}) {
      const { signal, hashes, limit, orderDirection, after, ...place } = options;
      const [id, projectId] = [runIdOf(runId), projectIdOf(place)];
      const page = validated(IterationPageSchema, { limit, orderDirection, after });
      return within({ signal }, (scope) => iterations.getIterations(scope, id, projectId, page, hashes));
    },

    async getBestIteration(runId, options: ReadOptions = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return within(options, (scope) => iterations.getBestIteration(scope, id, projectId, options.hashes));
    },

    async createOptimizationSample(input, options = {}) {
      const sample = validated(CreateOptimizationSampleSchema, input);
      await store([sample], options);
      return within(options, (scope) => samples.getSample(scope, sample));
    },

    async batchCreateOptimizationSamples(inputs, options = {}) {
      // What a recorder has weighed stays the list that it is.
      const batch = weightOf(inputs) === undefined ? validated(SampleBatchSchema, inputs, ['samples']) : inputs;
      return store(batch, options);
    },

    async getOptimizationSamples(runId, iteration, limit, options: SampleReadOptions = {}) {
      const query = sampleQueryOf(iteration, limit, options);
      const id = runIdOf(runId);
      return within(options, (scope) => samples.getSamples(scope, id, query));
    },

    async createOptimizationCheckpoint(input, options = {}) {
      const checkpoint = validated(CreateOptimizationCheckpointSchema, input);
      return within(options, (scope) => checkpoints.createCheckpoint(scope, { ...checkpoint, id: checkpoint.id ?? uuidv7() }));
    },

    async getOptimizationCheckpoint(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return within(options, (scope) => checkpoints.latestCheckpoint(scope, id, projectId));
    },

    async getOptimizationRunSummary(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return within(options, (scope) => analytics.getSummary(scope, id, projectId));
    },

    async getTopRunsByScore(projectId, limit, options = {}) {
      const { signal, ...filters } = options;
      const id = validated(NameSchema, projectId, ['projectId']);
      const ranking = validated(TopRunsOptionsSchema, { ...filters, ...(limit === undefined ? {} : { limit }) });
      return within({ signal }, (scope) => analytics.getTopRuns(scope, id, ranking));
    },

    async getOptimizationAnalytics(projectId, options = {}) {
      const id = validated(NameSchema, projectId, ['projectId']);
      return within(options, (scope) => analytics.getAnalytics(scope, id));
    },

    async refreshOptimizationAnalytics(options = {}) {
      await within(options, analytics.refreshAnalytics);
    },

    async listProjects(options = {}) {
      return within(options, listProjects);
    },
  };
}
