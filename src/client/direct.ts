import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import type { Database, Identity } from '../database/port.js';
import { TopRunsOptionsSchema } from '../schemas/analytics.js';
import { OptimizationRunFiltersSchema } from '../schemas/filters.js';
import { CreateOptimizationIterationSchema, UpdateOptimizationIterationSchema } from '../schemas/iteration.js';
import { IdSchema, IterationNumberSchema, NameSchema } from '../schemas/primitives.js';
import { CreateOptimizationRunSchema, RunProgressSchema, UpdateOptimizationRunSchema } from '../schemas/run.js';
import { BatchCreateOptimizationSamplesSchema, CreateOptimizationSampleSchema } from '../schemas/sample.js';
import * as analytics from '../store/analytics.js';
import type { ExampleMemory } from '../store/example-memory.js';
import * as iterations from '../store/iterations.js';
import { listProjects } from '../store/projects.js';
import { listRuns } from '../store/run-pages.js';
import * as runs from '../store/runs.js';
import * as samples from '../store/samples.js';
import { type Scope, scopeOf, theRow } from '../store/scope.js';
import type { ByIdOptions, CallOptions, OptimizationClient, ReadOptions, SampleReadOptions } from './port.js';
import { validated } from './validate.js';

const SampleLimitSchema = z.int().min(1).max(100_000);

/** What a direct client stands on. The database may be opened, and what it is known to hold remembered, by several clients. */
export interface DirectConnection {
  /** Opens the database at the first call. */
  database(): Promise<Database>;
  examples: ExampleMemory;
}

function runIdOf(runId: unknown): string {
  return validated(IdSchema, runId, ['runId']);
}

function projectIdOf({ projectId }: ByIdOptions): string | undefined {
  return projectId === undefined ? undefined : validated(NameSchema, projectId, ['projectId']);
}

/** The helper functions over a database: input is validated before the database is even opened, then handed to the store. */
export function createDirectClient(connection: DirectConnection, identity: Identity): OptimizationClient {
  async function scope(options: CallOptions): Promise<Scope> {
    return scopeOf(await connection.database(), identity, options.signal);
  }

  return {
    async createOptimizationRun(input, options = {}) {
      const run = validated(CreateOptimizationRunSchema, input);
      return runs.createRun(await scope(options), { ...run, id: run.id ?? uuidv7() });
    },

    async getOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return runs.getRun(await scope(options), id, projectId);
    },

    async updateOptimizationRun(runId, changes, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const valid = validated(UpdateOptimizationRunSchema, changes);
      return runs.updateRun(await scope(options), id, projectId, valid);
    },

    async updateRunProgress(runId, progress, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const valid = validated(RunProgressSchema, progress);
      return runs.updateRun(await scope(options), id, projectId, valid, { heartbeat: true });
    },

    async listOptimizationRuns(filters = {}, options = {}) {
      const valid = validated(OptimizationRunFiltersSchema, filters);
      return listRuns(await scope(options), valid);
    },

    async deleteOptimizationRun(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return runs.deleteRun(await scope(options), id, projectId);
    },

    async createOptimizationIteration(input, options = {}) {
      const iteration = validated(CreateOptimizationIterationSchema, input);
      return iterations.createIteration(await scope(options), iteration);
    },

    async updateOptimizationIteration(runId, iteration, changes, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      const number = validated(IterationNumberSchema, iteration, ['iteration']);
      const valid = validated(UpdateOptimizationIterationSchema, changes);
      return iterations.updateIteration(await scope(options), id, number, projectId, valid);
    },

    async getOptimizationIterations(runId, options: ReadOptions = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return iterations.getIterations(await scope(options), id, projectId, options.hashes);
    },

    async getBestIteration(runId, options: ReadOptions = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return iterations.getBestIteration(await scope(options), id, projectId, options.hashes);
    },

    async createOptimizationSample(input, options = {}) {
      const sample = validated(CreateOptimizationSampleSchema, input);
      const reach = await scope(options);
      await samples.createSamples(reach, [sample], connection.examples);
      const { runId, projectId, iteration, sampleIndex } = sample;
      return theRow(await samples.getSamples(reach, runId, { projectId, iteration, sampleIndex, limit: 1 }), 'the recording of a sample');
    },

    async batchCreateOptimizationSamples(inputs, options = {}) {
      const valid = validated(BatchCreateOptimizationSamplesSchema, inputs, ['samples']);
      return samples.createSamples(await scope(options), valid, connection.examples);
    },

    async getOptimizationSamples(runId, iteration, limit, options: SampleReadOptions = {}) {
      const query: samples.SampleQuery = {
        projectId: projectIdOf(options),
        iteration: iteration === undefined ? undefined : validated(IterationNumberSchema, iteration, ['iteration']),
        limit: limit === undefined ? 1000 : validated(SampleLimitSchema, limit, ['limit']),
        failed: options.failed,
        hashes: options.hashes,
      };
      const id = runIdOf(runId);
      return samples.getSamples(await scope(options), id, query);
    },

    async getOptimizationRunSummary(runId, options = {}) {
      const [id, projectId] = [runIdOf(runId), projectIdOf(options)];
      return analytics.getSummary(await scope(options), id, projectId);
    },

    async getTopRunsByScore(projectId, limit, options = {}) {
      const { signal, ...filters } = options;
      const id = validated(NameSchema, projectId, ['projectId']);
      const ranking = validated(TopRunsOptionsSchema, { ...filters, ...(limit === undefined ? {} : { limit }) });
      return analytics.getTopRuns(await scope({ signal }), id, ranking);
    },

    async getOptimizationAnalytics(projectId, options = {}) {
      const id = validated(NameSchema, projectId, ['projectId']);
      return analytics.getAnalytics(await scope(options), id);
    },

    async refreshOptimizationAnalytics(options = {}) {
      await analytics.refreshAnalytics(await scope(options));
    },

    async listProjects(options = {}) {
      return listProjects(await scope(options));
    },
  };
}
