import type { MessagePort } from 'node:worker_threads';
import { OptrailError } from '../../errors.js';
import type { Reply } from '../channel.js';
import { sqlError } from '../sql-errors.js';
import type { EncodedStatement } from '../types.js';

/** In the place of a directory: a database that ends with its engine. */
export const MEMORY = 'memory://';

/** What the worker is started with: a directory of PGlite's, or {@link MEMORY}. */
export interface WorkerData {
  dataDir: string;
  /** What to make a new directory of, where it fits; initdb makes it otherwise. */
  seed?: SeedOffer | undefined;
}

/** A file with a data directory, and what it must say it is. */
export interface SeedOffer {
  file: string;
  key: string;
}

/** What the main thread asks, one at a time; the worker answers each once. */
export type Request =
  /** Statements in order up to the first error, after which `rollbackOnError` sends a rollback. */
  | { kind: 'run'; statements: EncodedStatement[]; rollbackOnError: boolean }
  /** SQL text of several statements, which bring their own transactions. */
  | { kind: 'script'; text: string }
  /** Another thread asks on a port of its own, in the same way. It is answered when that port was closed. */
  | { kind: 'lend'; port: MessagePort }
  | { kind: 'close' };

export type Response =
  /** Sent once, unasked: the engine is open. */
  | { kind: 'ready' }
  | { kind: 'done'; replies: Reply[] }
  | { kind: 'refused'; error: EngineError }
  /** The engine neither did a statement nor refused it: it is not to be trusted any more. */
  | { kind: 'lost' };

/** The fields of an error that matter, named as both drivers name them. */
export interface EngineError {
  message: string;
  code: string | undefined;
  detail: string | undefined;
  hint: string | undefined;
  constraint: string | undefined;
  stack: string | undefined;
}

/** What a request was answered. Throws what the database said, or `engine_failed`. */
export function repliesOf(response: Response): Reply[] {
  if (response.kind === 'done') return response.replies;
  if (response.kind === 'refused') throw refusal(response);
  throw engineFailed('The embedded engine lost a statement: it was neither stored nor refused.');
}

export function engineFailed(message: string, options: { cause?: unknown } = {}): OptrailError {
  return new OptrailError('engine_failed', message, options);
}

/** An error with a SQLSTATE is the database's; one without comes from the engine's own code. */
function refusal({ error }: Response & { kind: 'refused' }): OptrailError {
  const original = Object.assign(new Error(error.message), error);
  return error.code === undefined ? engineFailed(error.message, { cause: original }) : sqlError(original);
}
