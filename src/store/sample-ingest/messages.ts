import type { Elsewhere, EnginePort, Identity } from '../../database/port.js';
import type { OptrailErrorCode, OptrailErrorOptions } from '../../errors.js';
import type { SampleBatchResult } from '../../schemas/sample.js';
import type { KnownExamples } from './example-memory.js';

/** What the thread is started with. */
export interface ThreadData {
  /** A server to connect to; null where the caller's thread lends its engine. */
  server: Extract<Elsewhere, { kind: 'postgres' }> | null;
  known: KnownExamples;
}

/** From the caller's thread. `call` tells the calls apart. */
export type Order =
  /** Samples of a batch, as they were given; the parts of a batch come in order. For whom it is stored stands in the last. */
  | { kind: 'part'; call: number; samples: readonly unknown[]; storeAs: Identity | null }
  /** Nobody waits for the call any more. */
  | { kind: 'abort'; call: number }
  /** The engine that was asked for. It is the thread's until it closes the port. */
  | { kind: 'lent'; call: number; port: EnginePort }
  | { kind: 'close' };

/** To the caller's thread. */
export type Report =
  | { kind: 'stored'; call: number; result: SampleBatchResult }
  | { kind: 'refused'; call: number; error: CarriedError }
  /** Asks for the engine. */
  | { kind: 'borrow'; call: number };

/** An error as it goes between threads, which would take all but its message from it. */
export interface CarriedError {
  /** Null where it is none of ours. */
  code: OptrailErrorCode | null;
  message: string;
  options?: Omit<OptrailErrorOptions, 'cause'>;
  cause?: Record<string, unknown> | undefined;
}
