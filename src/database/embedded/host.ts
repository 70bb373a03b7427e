import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { OptrailError } from '../../errors.js';
import type { Reply } from '../channel.js';
import { engineFailed, MEMORY, type Request, type Response, repliesOf, type WorkerData } from './messages.js';
import { afterAwake } from './watchdog.js';

/** Milliseconds for the first start to make its files, on a slow and busy machine. */
const OPEN_TIMEOUT = 180_000;

/** The main thread's side of one worker. It takes one request at a time, and is dead for good once it failed. */
export class Host {
  readonly #worker: Worker;
  readonly #hangAfterMs: number;
  /** Whether another host can take over what this one had acknowledged, so that a call may be made again there. */
  readonly #isReplaceable: boolean;
  #waiting: { resolve: (response: Response) => void; reject: (error: OptrailError) => void } | undefined;
  #death: OptrailError | undefined;

  private constructor(data: WorkerData, hangAfterMs: number) {
    this.#hangAfterMs = hangAfterMs;
    this.#isReplaceable = data.dataDir !== MEMORY;
    this.#worker = new Worker(workerFile(), { workerData: data, name: 'optrail-database', execArgv: [] });
    this.#worker.on('message', (response: Response) => this.#settle(response));
    this.#worker.on('error', (error) => this.#die(this.#diedUnder(`The embedded engine crashed: ${error.message}`, error)));
    this.#worker.on('exit', () => this.#die(this.#diedUnder('The embedded engine ended.')));
  }

  /**
   * Starts a worker and waits until its engine is open.
   * @param hangAfterMs milliseconds after which a request without an answer counts as hung
   */
  static async start(data: WorkerData, hangAfterMs: number): Promise<Host> {
    const host = new Host(data, hangAfterMs);
    const response = await host.#next(OPEN_TIMEOUT);
    if (response.kind === 'ready') return host;
    await host.stop();
    const reason = response.kind === 'refused' ? response.error.message : response.kind;
    throw engineFailed(`The embedded database in ${data.dataDir} could not be opened: ${reason}`, { cause: response });
  }

  /** Whether requests are still answered. */
  get alive(): boolean {
    return this.#death === undefined;
  }

  /** Rejects with what the database said, or with `engine_failed`. */
  async ask(request: Request): Promise<Reply[]> {
    if (this.#death !== undefined) throw this.#death;
    const answer = this.#next(this.#hangAfterMs);
    this.#worker.postMessage(request, request.kind === 'lend' ? [request.port] : []);
    const response = await answer;
    try {
      return repliesOf(response);
    } catch (error) {
      if (response.kind === 'lost') this.#die(error as OptrailError);
      throw error;
    }
  }

  /** Ends the thread without waiting for what it does, as a kill would: what was acknowledged is stored. */
  async stop(): Promise<void> {
    this.#death ??= engineFailed('The embedded engine was stopped.');
    await this.#worker.terminate();
  }

  /** The next response. While one is awaited the worker keeps the process alive, and only then. */
  async #next(limit: number): Promise<Response> {
    this.#worker.ref();
    const stopWatching = afterAwake(limit, () => {
      this.#die(this.#diedUnder(`The embedded engine did not answer within ${limit / 1000} s.`));
    });
    try {
      return await new Promise<Response>((resolve, reject) => {
        this.#waiting = { resolve, reject };
      });
    } finally {
      stopWatching();
      this.#worker.unref();
    }
  }

  #settle(response: Response): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(response);
  }

  /** Of the request under way nothing is known: with an id of its own it is safe to make again, on the engine that comes next. */
  #diedUnder(message: string, cause?: unknown): OptrailError {
    const hint = this.#isReplaceable
      ? 'The next call starts the engine anew on the same directory, with all that was acknowledged.'
      : 'A database in memory is gone with its engine; keep what must last in a directory.';
    return new OptrailError('engine_failed', message, { hint, retryable: this.#isReplaceable, cause });
  }

  #die(error: OptrailError): void {
    if (this.#death !== undefined) return;
    this.#death = error;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(error);
    void this.#worker.terminate();
  }
}

/** A thread starts from compiled code only; from `src`, as the tests run it, that is the last build. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./worker.js', import.meta.url));
  if (existsSync(beside)) return beside;
  const built = fileURLToPath(new URL('../../../dist/database/embedded/worker.js', import.meta.url));
  if (existsSync(built)) return built;
  throw engineFailed(`The worker is not built: there is no ${built}. Run \`npm run build\` first.`);
}
