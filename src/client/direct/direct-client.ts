import type { Database, Identity } from '../../database/port.js';
import { sweepStaleRuns } from '../../store/runs.js';
import type { SampleStorage } from '../../store/sample-ingest/storage.js';
import { getSample } from '../../store/samples.js';
import { type Scope, scopeOf } from '../../store/scope.js';
import { type CheckedCall, clientOver } from '../checked-call.js';
import type { OperationInput } from '../operations.js';
import type { TrailClient } from '../port.js';
import { HANDLERS } from './handlers.js';

/** Interval of the sweep for runs whose heartbeat stopped, in ms. */
const SWEEP_EVERY = 60_000;

/** The database and the sample storage of direct clients. Several clients may share them. */
export interface DirectConnection {
  /**
   * Runs a whole call over the database, which the first call opens, and which is not closed before the call has ended.
   * `again` allows a second attempt if the engine died during the first.
   */
  use<T>(call: (database: Database) => Promise<T>, again: boolean): Promise<T>;
  samples: SampleStorage;
}

/** The helper functions over a database: input is validated before the database is even opened, then handed to the store. */
export function createDirectClient(connection: DirectConnection, identity: Identity): TrailClient {
  return clientOver(executeOn(connection, identity));
}

/** Carries out checked calls over a database. `bytes` bounds the large columns of one list, which then may be partial. */
export function executeOn(connection: DirectConnection, identity: Identity, bytes?: number): (call: CheckedCall) => Promise<unknown> {
  const { samples } = connection;
  const within = <T>({ signal, again }: Pick<CheckedCall, 'signal' | 'again'>, call: (scope: Scope) => Promise<T>) =>
    connection.use((database) => call(scopeOf(database, identity, signal)), again);
  const store = (batch: readonly unknown[], { signal }: CheckedCall) =>
    samples.store(batch, { identity, signal, use: (call) => connection.use(call, true) });

  let sweptAt = Date.now();
  /** Marks silent runs stale in the background; a failed sweep is repeated by the next. */
  function sweepNowAndThen(): void {
    if (Date.now() - sweptAt < SWEEP_EVERY) return;
    sweptAt = Date.now();
    void within({ signal: undefined, again: true }, sweepStaleRuns).catch(() => undefined);
  }

  return async (call) => {
    switch (call.name) {
      case 'batchCreateOptimizationSamples':
        return store((call.input as OperationInput<'batchCreateOptimizationSamples'>).samples, call);
      case 'createOptimizationSample': {
        const { sample } = call.input as OperationInput<'createOptimizationSample'>;
        await store([sample], call);
        return within(call, (scope) => getSample(scope, sample));
      }
      default: {
        const handler: (scope: Scope, input: never, bytes?: number) => Promise<unknown> = HANDLERS[call.name];
        const result = await within(call, (scope) => handler(scope, call.input as never, bytes));
        if (call.name === 'updateRunProgress') sweepNowAndThen();
        return result;
      }
    }
  };
}
