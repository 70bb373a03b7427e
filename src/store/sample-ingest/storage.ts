import type { Database, Identity } from '../../database/port.js';
import { plainSample } from '../../schemas/plain-sample.js';
import { type CreateOptimizationSample, CreateOptimizationSampleSchema, type SampleBatchResult } from '../../schemas/sample.js';
import { validatedItems } from '../../schemas/validate.js';
import { scopeOf } from '../scope.js';
import { createSamples } from './create-samples.js';
import { ExampleMemory } from './example-memory.js';

/** For whom a batch is stored, and the way to the database. */
export interface BatchCall {
  identity: Identity;
  signal: AbortSignal | undefined;
  use<T>(call: (database: Database) => Promise<T>): Promise<T>;
}

/** Checks the samples of a batch and stores them, all or none. */
export interface SampleStorage {
  store(batch: readonly unknown[], call: BatchCall): Promise<SampleBatchResult>;
  close(): Promise<void>;
}

/** The samples of a batch as they are stored, or `invalid_input` with every issue. */
export function samplesOf(batch: readonly unknown[]): Promise<CreateOptimizationSample[]> {
  return validatedItems(batch, CreateOptimizationSampleSchema, plainSample, ['samples']);
}

/** On the caller's own thread, in turns. */
export class SamplesHere implements SampleStorage {
  constructor(private readonly memory = new ExampleMemory()) {}

  async store(batch: readonly unknown[], { identity, signal, use }: BatchCall): Promise<SampleBatchResult> {
    const samples = await samplesOf(batch);
    return use((database) => createSamples(scopeOf(database, identity, signal), samples, this.memory));
  }

  async close(): Promise<void> {}
}
