import type * as z from 'zod';
import { isOptrailError, OptrailError } from '../../errors.js';
import { MAX_BATCH } from '../../schemas/sample.js';
import { NDJSON_TYPE, parseJson } from '../http/body.js';
import type { BulkResultSchema } from '../http/bulk-result.js';
import { timedOut } from '../http/deadline.js';
import { HttpRefusal, problemOf } from '../http/problem.js';
import type { Call } from '../route.js';

/** Bytes of lines that are held until they are stored together. */
const BATCH_BYTES = 4 * 1024 * 1024;

/** Outcome of a value: stored, with the id of its row if it has one, or refused. */
export type Outcome = { id?: string | undefined } | { error: unknown };

/** Stores the values of lines in batches. Returns an outcome each, in order; never rejects. */
export interface BatchStore {
  /** Most values of one call. */
  most: number;
  store(values: readonly unknown[], signal: AbortSignal): Promise<readonly Outcome[]>;
}

/** Stores each value by itself. */
export function itemByItem(store: (value: unknown, signal: AbortSignal) => Promise<string | undefined>): BatchStore {
  return {
    most: 1,
    store: ([value], signal) =>
      store(value, signal).then(
        (id) => [{ id }],
        (error: unknown) => [{ error }],
      ),
  };
}

/**
 * Stores the lines of a body as they arrive, and answers a line for each; a refused line does not stop others. Memory holds one batch and the
 * results. If the server or the database fails, the answer ends with the affected lines; lines without a result were not tried.
 */
export async function bulk(call: Call<unknown, unknown>, batches: BatchStore): Promise<Response> {
  const reader = call.lines()[Symbol.asyncIterator]();
  // An error of the whole body is told by the status.
  const first = await reader.next();
  const results = new ResultStream();
  void new BulkRun(call, batches, results).run(first, reader).finally(() => results.end());
  return new Response(results.body, { headers: { 'content-type': NDJSON_TYPE, 'cache-control': 'no-store' } });
}

/**
 * Results are buffered without limit: a client that sends everything before it reads anything would otherwise deadlock with the server.
 * They are small.
 */
class ResultStream {
  readonly body: ReadableStream<Uint8Array>;
  private controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor() {
    this.body = new ReadableStream({
      start: (controller) => {
        this.controller = controller;
      },
      cancel: () => {
        this.controller = undefined;
      },
    });
  }

  write(result: z.infer<typeof BulkResultSchema>): void {
    this.controller?.enqueue(Buffer.from(`${JSON.stringify(result)}\n`));
  }

  end(): void {
    this.controller?.close();
    this.controller = undefined;
  }
}

/** A line that was read: its value or its error. */
type Waiting = { line: number } & ({ value: unknown } | { error: unknown });

class BulkRun {
  private line = 0;
  private bytes = 0;
  private waiting: Waiting[] = [];

  constructor(
    private readonly call: Call<unknown, unknown>,
    private readonly batches: BatchStore,
    private readonly results: ResultStream,
  ) {}

  async run(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>): Promise<void> {
    try {
      for (let next = first; next.done !== true; next = await rest.next()) {
        if (!(await this.take(next.value))) return;
      }
      await this.flush();
    } catch (error) {
      // The body broke off: store the lines before it.
      if (await this.flush()) this.refuse(this.line + 1, error);
    } finally {
      await rest.return?.();
    }
  }

  /** Returns whether to continue. */
  private async take(bytes: Uint8Array): Promise<boolean> {
    if (this.call.closing.aborted) throw new OptrailError('closed', 'The server is stopping.', { retryable: true });
    if (this.line === MAX_BATCH) throw tooMany();
    this.line += 1;
    const read = parsed(bytes, this.line);
    if (read === null) return true;
    this.waiting.push({ line: this.line, ...read });
    this.bytes += bytes.length;
    return this.waiting.length < this.batches.most && this.bytes < BATCH_BYTES ? true : this.flush();
  }

  private async flush(): Promise<boolean> {
    const batch = this.waiting;
    this.waiting = [];
    this.bytes = 0;
    const values = batch.flatMap((each) => ('value' in each ? [each.value] : []));
    const stored = values.length === 0 ? [] : await this.timed((signal) => this.batches.store(values, signal));
    const outcomes = stored[Symbol.iterator]();
    let goesOn = true;
    for (const each of batch) {
      const outcome: Outcome = 'error' in each ? each : (outcomes.next().value ?? { error: undefined });
      if (!('error' in outcome))
        this.results.write({ line: each.line, status: 201, ...(outcome.id === undefined ? {} : { id: outcome.id }) });
      else if (!this.refuse(each.line, outcome.error)) goesOn = false;
    }
    return goesOn;
  }

  /** Runs a batch with the time-out of a request. */
  private async timed<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const leave = () => controller.abort(this.call.signal.reason);
    this.call.signal.addEventListener('abort', leave, { once: true });
    const timer = setTimeout(() => controller.abort(timedOut(this.call.timeoutMs)), this.call.timeoutMs);
    try {
      return await work(controller.signal);
    } finally {
      clearTimeout(timer);
      this.call.signal.removeEventListener('abort', leave);
    }
  }

  /** Returns whether the fault is the line's own, so that later lines may succeed. */
  private refuse(line: number, error: unknown): boolean {
    const problem = problemOf(error, this.call.docs);
    this.results.write({ line, status: problem.status, problem });
    return isOptrailError(error) && problem.status < 500 && problem.status !== 408;
  }
}

/** The value of a line or its error; null for an empty line. */
function parsed(bytes: Uint8Array, line: number): { value: unknown } | { error: unknown } | null {
  try {
    const value = parseJson(bytes, line);
    return value === undefined ? null : { value };
  } catch (error) {
    return { error };
  }
}

function tooMany(): HttpRefusal {
  return new HttpRefusal(413, 'too_large', `A request takes at most ${MAX_BATCH} lines.`, {
    hint: 'Send this line and those behind it in another request.',
  });
}
