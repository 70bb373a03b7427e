import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type MessagePort, type Transferable, Worker } from 'node:worker_threads';
import { abortable } from '../../database/abort.js';
import type { Elsewhere, Identity } from '../../database/port.js';
import type { SampleBatchResult } from '../../schemas/sample.js';
import { TimeSlice } from '../../schemas/time-slice.js';
import { revived } from './error-transfer.js';
import type { KnownExamples } from './example-memory.js';
import type { Order, Report, ThreadData } from './messages.js';

/** The thread has not stored a batch, which may be stored in another way: it cannot be sent there, or the thread has ended. */
export class NotThere extends Error {}

interface Waiting {
  resolve(result: SampleBatchResult): void;
  reject(error: unknown): void;
}

/** The caller's side of the thread that stores samples. */
export class SampleThread {
  readonly #worker: Worker;
  readonly #elsewhere: Elsewhere;
  readonly #waiting = new Map<number, Waiting>();
  #lastCall = 0;
  #isClosing = false;
  #isOver = false;

  private constructor(file: string, elsewhere: Elsewhere, known: KnownExamples) {
    const workerData: ThreadData = { server: elsewhere.kind === 'postgres' ? elsewhere : null, known };
    this.#elsewhere = elsewhere;
    this.#worker = new Worker(file, { workerData, name: 'optrail-samples', execArgv: [] });
    this.#worker.unref();
    this.#worker.on('message', (report: Report) => this.#hear(report));
    this.#worker.on('error', (error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('it exited')));
  }

  /** Null where there can be none: in a bundle without its file, or in a process that may not start threads. */
  static start(elsewhere: Elsewhere, known: KnownExamples): SampleThread | null {
    const file = workerFile();
    try {
      return file === null ? null : new SampleThread(file, elsewhere, known);
    } catch {
      return null;
    }
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Rejects with `NotThere` where the batch is to be stored in another way, and with the errors of a client. */
  store(parts: readonly unknown[][], identity: Identity, signal: AbortSignal | undefined): Promise<SampleBatchResult> {
    this.#lastCall += 1;
    const call = this.#lastCall;
    const work = () =>
      new Promise<SampleBatchResult>((resolve, reject) => {
        this.#waiting.set(call, { resolve, reject });
        this.#worker.ref();
        void this.#send(call, parts, identity).catch((error: unknown) => this.#drop(call, new NotThere(String(error))));
      });
    return abortable(signal, work, () => this.#drop(call, signal?.reason));
  }

  /** Waits until the thread has closed its connections. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isClosing = true;
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.ref();
    this.#post({ kind: 'close' });
    await ended;
  }

  /** In turns: copying a large batch holds this thread. */
  async #send(call: number, parts: readonly unknown[][], identity: Identity): Promise<void> {
    const turn = new TimeSlice();
    for (const [index, samples] of parts.entries()) {
      if (turn.isOver()) await turn.next();
      if (!this.#waiting.has(call)) return;
      this.#post({ kind: 'part', call, samples, storeAs: index + 1 === parts.length ? identity : null });
    }
  }

  #hear(report: Report): void {
    const { call } = report;
    if (report.kind === 'borrow') void this.#lend(call).catch((error: unknown) => this.#drop(call, error));
    else if (report.kind === 'stored') this.#settled(call)?.resolve(report.result);
    else this.#settled(call)?.reject(revived(report.error));
  }

  /** Lets the thread have the engine for as long as it needs it. */
  async #lend(call: number): Promise<void> {
    if (this.#elsewhere.kind !== 'embedded' || !this.#waiting.has(call)) return;
    await this.#elsewhere.lend((port) => {
      if (this.#isOver || !this.#waiting.has(call)) port.close();
      else this.#post({ kind: 'lent', call, port }, [port as MessagePort]);
    });
  }

  /** Nobody waits for the call any more. */
  #drop(call: number, reason: unknown): void {
    const waiting = this.#settled(call);
    if (waiting === undefined) return;
    this.#post({ kind: 'abort', call });
    waiting.reject(reason);
  }

  #settled(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    // An idle thread keeps no process alive.
    if (this.#waiting.size === 0 && !this.#isClosing) this.#worker.unref();
    return waiting;
  }

  #end(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const call of [...this.#waiting.keys()]) this.#settled(call)?.reject(new NotThere(String(error)));
    if (this.#isClosing) return;
    process.emitWarning(`The thread that stores samples ended (${String(error)}). Samples are stored on the caller's thread from now on.`);
  }

  #post(order: Order, transfer: Transferable[] = []): void {
    this.#worker.postMessage(order, transfer);
  }
}

/** A thread starts from compiled code only; from `src`, as the tests run it, that is the last build. */
function workerFile(): string | null {
  const places = ['./worker.js', '../../../dist/store/sample-ingest/worker.js'];
  return places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file)) ?? null;
}
