import { OptrailError } from '../../errors.js';
import type { Journal } from '../../journal/port.js';
import { yieldToEventLoop } from '../../schemas/time-slice.js';
import { endsWithin, quietTimeout } from '../timers.js';
import type { Warnings } from '../warnings.js';
import type { Ticket } from './acks.js';
import { Dispatch, type PlainWrite, type SampleWrite } from './batcher.js';
import { asOptrailError, Delivery, Halt, mayPass, type RetryPolicy } from './retry.js';
import { Backlog, type Entry } from './spill.js';
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
  batch: 1_000,
  batchCharacters: 4 * 1024 * 1024,
};

const LONGEST_WAIT_FOR_ROOM = 1_000;
/** Milliseconds without an answer after which what waits goes to the journal. */
const SPILL_AFTER = 2_000;

export interface OutboxOptions {
  send: Send;
  policy: RetryPolicy;
  warnings: Warnings;
  /** Whether less of a write is sent where all of it was refused. */
  amend: boolean;
  limits?: OutboxLimits;
  /** Takes what the database can't take now; without one it waits in memory. */
  journal?: Journal | undefined;
}

interface Waiting<W extends Write> extends Entry<W> {
  order: number;
}

/**
 * The queue in memory behind a run. Writes go one at a time and in order, except that samples let the writes after them go
 * ahead until they fill a batch, so that those of several calls travel together; never ahead of what was recorded before.
 * When the database fails or is slow to answer, what waits goes to the journal, and all that follows goes behind it.
 */
export class Outbox {
  private plain: Waiting<PlainWrite>[] = [];
  private samples: Waiting<SampleWrite>[] = [];
  private inFlight: Waiting<Write>[] = [];
  private readonly backlog: Backlog | undefined;
  private readonly forgetExit: (() => void) | undefined;
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
  private halted = false;
  private healthy = true;
  private fatal: OptrailError | undefined;
  private roomWaiters: (() => void)[] = [];
  private answered: () => void = () => undefined;
  /** Resolves when the first attempt was answered, well or not. */
  readonly firstAnswer = new Promise<void>((resolve) => {
    this.answered = resolve;
  });

  constructor({ send, policy, warnings, amend, limits = LIMITS, journal }: OutboxOptions) {
    this.limits = limits;
    this.warnings = warnings;
    this.backlog = journal && new Backlog(journal, warnings);
    this.forgetExit = journal?.atExit(() => this.backlog?.unwritten(this.inMemory()) ?? []);
    this.delivery = new Delivery(send, policy, (error) => this.attempted(error));
    this.dispatch = new Dispatch(this.delivery, amend, warnings, (write, error) => this.backlog?.refuse(write, error));
  }

  /** Puts a write at the end. Its ticket is released when it is acknowledged or rejected. `size` is in characters. */
  push(write: Write, ticket: Ticket, size: number): void {
    ticket.hold();
    this.take({ write, ticket, size });
    void this.work();
  }

  /** Sends what another process left in the journal. Resolves when all was sent, or cannot be. */
  async replay(): Promise<void> {
    if (this.backlog === undefined) return;
    this.backlog.active = true;
    await this.work();
  }

  /** Has all that waits written to the journal, where there is one. */
  async keep(): Promise<void> {
    this.spill();
    await this.backlog?.kept();
  }

  /** Lets go of the journal, when nothing waits any more. */
  async close(): Promise<void> {
    this.forgetExit?.();
    await this.backlog?.kept();
    await this.backlog?.journal.close();
  }

  /** Where many writes wait and the database keeps up: a promise to await before recording more, a second at most. */
  room(): Promise<unknown> | undefined {
    if (this.count < this.limits.highWater || !this.healthy || this.backlog?.active === true) return undefined;
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
    if (this.backlog?.active === true) void this.work();
    for (const entry of [...this.plain.splice(0), ...this.samples.splice(0)]) this.settle(entry, error);
  }

  private take(entry: Entry): void {
    if (this.isCrowded(entry.size)) this.spill();
    const overflow = this.overflow(entry.size);
    if (this.fatal !== undefined) this.conclude(entry, this.fatal);
    else if (overflow !== undefined) entry.ticket.release(overflow);
    else if (this.backlog?.active === true) this.backlog.add([entry]);
    else this.enqueue(entry);
  }

  private enqueue(entry: Entry): void {
    this.order += 1;
    this.count += 1;
    this.characters += entry.size;
    const waiting = Object.assign(entry, { order: this.order });
    if (isOf(waiting, 'createSamples')) this.samples.push(waiting);
    else this.plain.push(waiting as Waiting<PlainWrite>);
  }

  private async work(): Promise<void> {
    if (this.working || this.halted) return;
    this.working = true;
    // The client checks what it is given on this thread: not inside the call that recorded it, and a burst travels together.
    await yieldToEventLoop();
    while (!this.halted && (await this.refill())) await this.deliverNext();
    this.working = false;
  }

  /** Whether there is anything to send; what waits in the journal is read back. */
  private async refill(): Promise<boolean> {
    if (this.plain.length + this.samples.length > 0) return true;
    while (this.backlog?.active === true && this.plain.length + this.samples.length === 0) {
      await this.backlog.next((entry) => (this.fatal === undefined ? this.enqueue(entry) : this.conclude(entry, this.fatal)));
    }
    return this.plain.length + this.samples.length > 0;
  }

  private async deliverNext(): Promise<void> {
    const late = this.backlog && quietTimeout(() => this.spill(), SPILL_AFTER);
    try {
      const batch = this.ripe();
      if (batch.length > 0) await this.deliverSamples(batch);
      else await this.deliverPlain(this.plain.shift());
    } catch (error) {
      if (!(error instanceof Halt)) throw error;
      this.halted = true;
      this.spill();
    } finally {
      clearTimeout(late);
      this.inFlight = [];
    }
  }

  /** Hands what waits over to the journal, and has what is on its way written down there too. */
  private spill(): void {
    const { backlog } = this;
    if (backlog === undefined || this.fatal !== undefined) return;
    const waiting = [...this.plain, ...this.samples].filter(isUnkept);
    this.plain = this.plain.filter((entry) => !isUnkept(entry));
    this.samples = this.samples.filter((entry) => !isUnkept(entry));
    for (const { size } of waiting) {
      this.count -= 1;
      this.characters -= size;
    }
    const sending = this.inFlight.filter((entry) => isUnkept(entry) && entry.isSending !== true);
    for (const entry of sending) entry.isSending = true;
    backlog.add([...sending, ...waiting].sort((a, b) => a.order - b.order));
  }

  private inMemory(): Waiting<Write>[] {
    return [...this.inFlight, ...this.plain, ...this.samples].sort((a, b) => a.order - b.order);
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
    this.inFlight = [entry];
    const { write } = entry;
    const error = await this.dispatch.plain(write).catch(unlessHalted);
    if (error !== undefined && write.kind === 'createRun') this.abandon(error);
    if (error !== undefined && write.kind === 'createIteration' && write.input.id !== undefined) this.lost.set(write.input.id, error);
    this.settle(entry, error);
  }

  private async deliverSamples(entries: Waiting<SampleWrite>[]): Promise<void> {
    this.inFlight = entries;
    const wanted = entries.filter((entry) => this.whyLost(entry) === undefined);
    const loads = wanted.map(({ write, ticket, size }) => ({ inputs: write.inputs, ticket, size }));
    await this.dispatch.samples(loads).catch((error: unknown) => this.dispatch.rejectSamples(loads, unlessHalted(error)));
    for (const entry of entries) this.settle(entry, this.whyLost(entry));
  }

  private whyLost({ write }: Waiting<SampleWrite>): OptrailError | undefined {
    const id = write.inputs[0]?.iterationId;
    return id === undefined ? undefined : this.lost.get(id);
  }

  private settle(entry: Waiting<Write>, error: OptrailError | undefined): void {
    this.count -= 1;
    this.characters -= entry.size;
    this.conclude(entry, error);
    if (this.count < this.limits.highWater) this.releaseRoom();
  }

  private conclude(entry: Entry, error: OptrailError | undefined): void {
    if (error !== undefined) this.dispatch.warnRejected(error);
    this.backlog?.settle(entry, error);
    entry.ticket.release(error);
  }

  private attempted(error: OptrailError | undefined): void {
    this.answered();
    this.healthy = error === undefined || !mayPass(error);
    if (this.healthy) return;
    this.spill();
    this.releaseRoom();
    const kept = this.backlog === undefined ? '' : `; what waits is kept in ${this.backlog.journal.file}`;
    this.warnings.warn(
      'retry',
      `the database cannot take the record now (${error?.message}); the run goes on, and it is tried again${kept}`,
    );
  }

  private releaseRoom(): void {
    for (const resolve of this.roomWaiters.splice(0)) resolve();
  }

  /** Whether memory fills although nothing failed: the optimizer is faster than the database. */
  private isCrowded(size: number): boolean {
    const { writes, characters } = this.limits;
    return this.backlog?.active === false && (this.count >= writes / 2 || this.characters + size > characters / 2);
  }

  private overflow(size: number): OptrailError | undefined {
    const count = this.count + (this.backlog?.count ?? 0);
    const characters = this.characters + (this.backlog?.characters ?? 0) + size;
    if (count < this.limits.writes && characters <= this.limits.characters) return undefined;
    const message = `${count} writes wait already; what is recorded now is not kept`;
    this.warnings.warn('full', message);
    return new OptrailError('recording_failed', message);
  }
}

function endsRun(write: PlainWrite): boolean {
  return write.kind === 'updateRun' && write.changes.status !== undefined;
}

function isOf<K extends Write['kind']>(entry: Waiting<Write>, kind: K): entry is Waiting<Extract<Write, { kind: K }>> {
  return entry.write.kind === kind;
}

function isUnkept({ sequence }: Entry): boolean {
  return sequence === undefined;
}

/** What was thrown as an error of ours; halting is none of a single write. */
function unlessHalted(thrown: unknown): OptrailError {
  if (thrown instanceof Halt) throw thrown;
  return asOptrailError(thrown);
}
