import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { OptrailError } from '../../errors.js';
import type { Reply } from '../channel.js';
import { sqlError } from '../sql-errors.js';
import type { Request, Response, WorkerData } from './messages.js';

/** Milliseconds for the first start to make its files, on a slow and busy machine. */
const OPEN_TIMEOUT = 180_000;

/** The main thread's side of one worker. It takes one request at a time, and is dead for good once it failed. */
export class Host {
  readonly #worker: Worker;
  readonly #hangAfter: number;
  #waiting: { resolve: (response: Response) => void; reject: (error: OptrailError) => void } | undefined;
  #death: OptrailError | undefined;

  private constructor(data: WorkerData, hangAfter: number) {
    this.#hangAfter = hangAfter;
    this.#worker = new Worker(workerFile(), { workerData: data, name: 'optrail-database', execArgv: [] });
    this.#worker.on('message', (response: Response) => this.#settle(response));
    this.#worker.on('error', (error) =>
      this.#die(engineFailed(`The embedded engine crashed: ${error.message}`, { retryable: true, cause: error })),
    );
    this.#worker.on('exit', () => this.#die(engineFailed('The embedded engine ended.', { retryable: true })));
  }

  /**
   * Starts a worker and waits until its engine is open.
   * @param hangAfter milliseconds after which a request without an answer counts as hung
   */
  static async start(data: WorkerData, hangAfter: number): Promise<Host> {
    const host = new Host(data, hangAfter);
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
    const answer = this.#next(this.#hangAfter);
    this.#worker.postMessage(request);
    const response = await answer;
    if (response.kind === 'done') return response.replies;
    if (response.kind === 'refused') throw refusal(response);
    const error = engineFailed('The embedded engine lost a statement: it was neither stored nor refused.');
    this.#die(error);
    throw error;
  }

  /** Ends the thread without waiting for what it does, as a kill would: what was acknowledged is stored. */
  async stop(): Promise<void> {
    this.#death ??= engineFailed('The embedded engine was stopped.');
    await this.#worker.terminate();
  }

  /** The next response. While one is awaited the worker keeps the process alive, and only then. */
  async #next(limit: number): Promise<Response> {
    this.#worker.ref();
    const timer = setTimeout(() => {
      this.#die(engineFailed(`The embedded engine did not answer within ${limit / 1000} s.`));
    }, limit);
    try {
      return await new Promise<Response>((resolve, reject) => {
        this.#waiting = { resolve, reject };
      });
    } finally {
      clearTimeout(timer);
      this.#worker.unref();
    }
  }

  #settle(response: Response): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(response);
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

function engineFailed(message: string, options: { retryable?: boolean; cause?: unknown } = {}): OptrailError {
  return new OptrailError('engine_failed', message, options);
}

/** An error with a SQLSTATE is the database's; one without comes from the engine's own code. */
function refusal({ error }: Response & { kind: 'refused' }): OptrailError {
  const original = Object.assign(new Error(error.message), error);
  return error.code === undefined ? engineFailed(error.message, { cause: original }) : sqlError(original);
}

/** A thread starts from compiled code only; from `src`, as the tests run it, that is the last build. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./worker.js', import.meta.url));
  if (existsSync(beside)) return beside;
  const built = fileURLToPath(new URL('../../../dist/database/embedded/worker.js', import.meta.url));
  if (existsSync(built)) return built;
  throw engineFailed(`The worker is not built: there is no ${built}. Run \`npm run build\` first.`);
}
