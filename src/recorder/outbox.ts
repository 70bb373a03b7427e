import { OptrailError } from '../errors.js';
import { nextTurn } from '../turns.js';
import { asOptrailError, Delivery, type RetryPolicy } from './delivery.js';
import { Dispatch, type PlainWrite, type SampleWrite } from './dispatch.js';
import type { Ticket } from './ledger.js';
import { endsWithin } from './timers.js';
import type { Warnings } from './warnings.js';
import type { Send, Write } from './writes.js';

export interface OutboxLimits {
  /** Most writes that wait, and most characters that they hold; beyond either, new ones are rejected. */
  writes: number;
  characters: number;
  /** Beyond so many, callers are asked to wait while the database keeps up. */
  highWater: number;
  /** Most samples, and most characters, sent in one batch. */
  batch: number;
  batchCharacters: number;
}

export const LIMITS: OutboxLimits = {
  writes: 20_000,
  characters: 128 * 1024 * 1024,
  highWater: 1_000,
  batch: 500,
  batchCharacters: 4 * 1024 * 1024,
};

const LONGEST_WAIT_FOR_ROOM = 1_000;

export interface OutboxOptions {
  send: Send;
  policy: RetryPolicy;
  warnings: Warnings;
  /** Whether less of a write is sent where all of it was refused. */
  amend: boolean;
  limits?: OutboxLimits;
}

interface Waiting<W extends Write> {
  write: W;
  ticket: Ticket;
  size: number;
  order: number;
}

/**
 * The queue in memory behind a run. Writes go one at a time and in order, except that samples let the writes after them go
 * ahead until they fill a batch, so that those of several calls travel together; never ahead of what was recorded before.
 */
export class Outbox {
  private readonly plain: Waiting<PlainWrite>[] = [];
  private readonly samples: Waiting<SampleWrite>[] = [];
  private readonly delivery: Delivery;
  private readonly dispatch: Dispatch;
  private readonly warnings: Warnings;
  private readonly limits: OutboxLimits;
  /** Iterations that were refused, by id: a sample of one would make another in its place. */
  private readonly lost = new Map<string, OptrailError>();
  private order = 0;
  private count = 0;
  private characters = 0;
  private working = false;
  private healthy = true;
  private fatal: OptrailError | undefined;
  private roomWaiters: (() => void)[] = [];
  private answered: () => void = () => undefined;
  /** Resolves when the first attempt was answered, well or not. */
  readonly firstAnswer = new Promise<void>((resolve) => {
    this.answered = resolve;
  });

  constructor({ send, policy, warnings, amend, limits = LIMITS }: OutboxOptions) {
    this.limits = limits;
    this.warnings = warnings;
    this.delivery = new Delivery(send, policy, (error) => this.attempted(error));
    this.dispatch = new Dispatch(this.delivery, amend, warnings);
  }

  /** Puts a write at the end. Its ticket is released when it is acknowledged or rejected. `size` is in characters. */
  push(write: Write, ticket: Ticket, size: number): void {
    ticket.hold();
    const refused = this.fatal ?? this.overflow(size);
    if (refused !== undefined) {
      ticket.release(refused);
      return;
    }
    this.order += 1;
    this.count += 1;
    this.characters += size;
    const place = { ticket, size, order: this.order };
    if (write.kind === 'createSamples') this.samples.push({ write, ...place });
    else this.plain.push({ write, ...place });
    void this.work();
  }

  /** Where many writes wait and the database keeps up: a promise to await before recording more, a second at most. */
  room(): Promise<unknown> | undefined {
    if (this.count < this.limits.highWater || !this.healthy) return undefined;
    const room = new Promise<void>((resolve) => this.roomWaiters.push(resolve));
    return endsWithin(room, LONGEST_WAIT_FOR_ROOM);
  }

  /** Tries at once, and often, while the promise is awaited. */
  hurry<T>(work: Promise<T>): Promise<T> {
    return this.delivery.hurry(work);
  }

  /** Rejects what waits and what is still to come: without its run, nothing else can be stored. */
  abandon(error: OptrailError): void {
    this.fatal = error;
    for (const entry of [...this.plain.splice(0), ...this.samples.splice(0)]) this.settle(entry, error);
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    // The client checks what it is given on this thread: not inside the call that recorded it, and a burst travels together.
    await nextTurn();
    for (let batch = this.ripe(); batch.length > 0 || this.plain.length > 0; batch = this.ripe()) {
      if (batch.length > 0) await this.deliverSamples(batch);
      else await this.deliverPlain(this.plain.shift());
    }
    this.working = false;
  }

  /** Samples to send next: those recorded before the next other write, once they fill a batch or nothing else may go first. */
  private ripe(): Waiting<SampleWrite>[] {
    const next = this.plain[0];
    let [entries, rows, characters] = [0, 0, 0];
    let full = false;
    for (const { write, size, order } of this.samples) {
      if (next !== undefined && order > next.order) break;
      full = rows + write.inputs.length > this.limits.batch || characters + size > this.limits.batchCharacters;
      if (full && entries > 0) break;
      entries += 1;
      rows += write.inputs.length;
      characters += size;
    }
    const due = full || next === undefined || endsRun(next.write);
    return due ? this.samples.splice(0, entries) : [];
  }

  private async deliverPlain(entry: Waiting<PlainWrite> | undefined): Promise<void> {
    if (entry === undefined) return;
    const { write } = entry;
    const error = await this.dispatch.plain(write).catch(asOptrailError);
    if (error !== undefined && write.kind === 'createRun') this.abandon(error);
    if (error !== undefined && write.kind === 'createIteration' && write.input.id !== undefined) this.lost.set(write.input.id, error);
    this.settle(entry, error);
  }

  private async deliverSamples(entries: Waiting<SampleWrite>[]): Promise<void> {
    const wanted = entries.filter((entry) => this.whyLost(entry) === undefined);
    const parcels = wanted.flatMap(({ write, ticket }) => write.inputs.map((input) => ({ input, ticket })));
    await this.dispatch.samples(parcels).catch((error: unknown) => this.dispatch.reject(parcels, asOptrailError(error)));
    for (const entry of entries) this.settle(entry, this.whyLost(entry));
  }

  private whyLost({ write }: Waiting<SampleWrite>): OptrailError | undefined {
    const id = write.inputs[0]?.iterationId;
    return id === undefined ? undefined : this.lost.get(id);
  }

  private settle(entry: Waiting<Write>, error: OptrailError | undefined): void {
    this.count -= 1;
    this.characters -= entry.size;
    if (error !== undefined) this.dispatch.warnRejected(error);
    entry.ticket.release(error);
    if (this.count < this.limits.highWater) this.releaseRoom();
  }

  private attempted(error: OptrailError | undefined): void {
    this.answered();
    this.healthy = error === undefined || !error.retryable;
    if (this.healthy) return;
    this.releaseRoom();
    this.warnings.warn('retry', `the database cannot take the record now (${error?.message}); the run goes on, and it is tried again`);
  }

  private releaseRoom(): void {
    for (const resolve of this.roomWaiters.splice(0)) resolve();
  }

  private overflow(size: number): OptrailError | undefined {
    if (this.count < this.limits.writes && this.characters + size <= this.limits.characters) return undefined;
    const message = `${this.count} writes wait already; what is recorded now is not kept`;
    this.warnings.warn('full', message);
    return new OptrailError('recording_failed', message);
  }
}

function endsRun(write: PlainWrite): boolean {
  return write.kind === 'updateRun' && write.changes.status !== undefined;
}
