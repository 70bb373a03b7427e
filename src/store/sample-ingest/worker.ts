/** The thread that checks samples, hashes their examples and stores them, so that the optimizer's thread need not. */
import { parentPort, workerData } from 'node:worker_threads';
import { EngineGone, openLent } from '../../database/embedded/lent.js';
import type { EnginePort, Identity, Queries } from '../../database/port.js';
import { openPostgres } from '../../database/postgres.js';
import { scopeOf } from '../scope.js';
import { createSamples } from './create-samples.js';
import { carried } from './error-transfer.js';
import { ExampleMemory } from './example-memory.js';
import type { Order, Report, ThreadData } from './messages.js';
import { samplesOf } from './storage.js';

/** Beside those of the caller's thread: batches are few and large. */
const CONNECTIONS = 4;

const { server, known } = workerData as ThreadData;
const memory = new ExampleMemory(known);
const postgres = server === null ? null : openPostgres({ url: server.url, maxConnections: CONNECTIONS });
const calls = new Map<number, Call>();

class Call {
  #batch: unknown[] = [];
  readonly #aborting = new AbortController();
  #lent: ((port: EnginePort) => void) | undefined;

  constructor(private readonly id: number) {}

  take(samples: readonly unknown[]): void {
    this.#batch = this.#batch.concat(samples);
  }

  async store(identity: Identity): Promise<void> {
    const { signal } = this.#aborting;
    try {
      const samples = await samplesOf(this.#batch);
      signal.throwIfAborted();
      const result = await createSamples(scopeOf(this.#database(), identity, signal), samples, memory);
      report({ kind: 'stored', call: this.id, result });
    } catch (error) {
      // Of an engine that is gone the caller's thread hears more than this one.
      if (!(error instanceof EngineGone)) report({ kind: 'refused', call: this.id, error: carried(error) });
    } finally {
      calls.delete(this.id);
    }
  }

  abort(): void {
    this.#aborting.abort();
    calls.delete(this.id);
  }

  lend(port: EnginePort): void {
    const lent = this.#lent;
    this.#lent = undefined;
    if (lent === undefined || this.#aborting.signal.aborted) port.close();
    else lent(port);
  }

  #database(): Queries {
    return postgres ?? openLent(() => this.#borrow());
  }

  #borrow(): Promise<EnginePort> {
    return new Promise((resolve) => {
      this.#lent = resolve;
      report({ kind: 'borrow', call: this.id });
    });
  }
}

function callOf(id: number): Call {
  const call = calls.get(id) ?? new Call(id);
  calls.set(id, call);
  return call;
}

function report(message: Report): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (order: Order) => {
  switch (order.kind) {
    case 'part':
      callOf(order.call).take(order.samples);
      if (order.storeAs !== null) void callOf(order.call).store(order.storeAs);
      break;
    case 'abort':
      calls.get(order.call)?.abort();
      break;
    case 'lent':
      if (calls.has(order.call)) callOf(order.call).lend(order.port);
      else order.port.close();
      break;
    case 'close':
      void postgres?.close().finally(() => process.exit());
      if (postgres === null) process.exit();
  }
});
