import { OptrailError } from '../../errors.js';
import type { Journal, JournalRequest, KeptRequest } from '../../journal/port.js';
import { messageOf, type Warnings } from '../warnings.js';
import { Ticket } from './acks.js';
import { toRequest, toWrite } from './requests.js';
import { asOptrailError } from './retry.js';
import type { Write } from './writes.js';

/** A write on its way, with the call that it belongs to. */
export interface Entry<W extends Write = Write> {
  write: W;
  ticket: Ticket;
  /** Characters that it holds, roughly. */
  size: number;
  /** Its number in the journal, where it lies there. */
  sequence?: number;
  /** Whether it is being sent from memory, so that it is not to be read back. */
  isSending?: boolean;
  outcome?: { error: OptrailError | undefined };
}

/** Read back, or written, at a time. */
const WINDOW = { requests: 2_000, characters: 16 * 1024 * 1024 };
/** Milliseconds until a journal that could not be written is tried again. */
const PAUSE = 1_000;

/**
 * What the database can't take now: written to the journal in the order of the calls, and read back when it can again. Of
 * what lies in the journal, the tickets alone stay in memory.
 */
export class Backlog {
  /** Whether there is anything in it, so that what comes now has to wait behind it. */
  active = false;
  /** Entries that are in memory still, and the characters that they hold. */
  count = 0;
  characters = 0;
  private readonly unkept: Entry[] = [];
  private readonly refused: { write: Write; error: OptrailError }[] = [];
  private readonly tickets = new Map<number, Ticket>();
  private readonly sending = new Set<number>();
  private keeping: Promise<void> | undefined;
  private failedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly journal: Journal,
    private readonly warnings: Warnings,
  ) {}

  /** Takes entries over. */
  add(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    this.active = true;
    for (const entry of entries) {
      this.unkept.push(entry);
      this.count += 1;
      this.characters += entry.size;
    }
    void this.keep();
  }

  /** Tries to have everything in the journal; resolves when it is there, or cannot be now. */
  async kept(): Promise<void> {
    await this.keep();
    this.failedAt = Number.NEGATIVE_INFINITY;
    await this.keep();
  }

  /** Hands out what is to be sent next, in order; nothing where all is on its way. */
  async next(take: (entry: Entry) => void): Promise<void> {
    for (;;) {
      await this.keep();
      const found = await this.journal.read(WINDOW).catch((error: unknown) => this.cannotRead(error));
      for (const request of found ?? []) this.readBack(request, take);
      this.findLost(found);
      if (found !== undefined && found.length > 0) return;
      if (this.unkept.length > 0 && this.isWritable) continue;
      // What the journal cannot take is sent from memory. At once, so that nothing that comes now goes ahead of it.
      for (const entry of this.unkept.splice(0)) if (entry.isSending !== true) take(entry);
      this.count = 0;
      this.characters = 0;
      this.active = false;
      return;
    }
  }

  /** Notes what became of an entry. What was refused is kept with the reason, whether or not it lay in the journal. */
  settle(entry: Entry, error: OptrailError | undefined): void {
    entry.outcome = { error };
    if (entry.sequence !== undefined) this.settleKept(entry.sequence, entry);
    else if (!this.unkept.includes(entry) && error !== undefined) this.refuse(entry.write, error);
  }

  /** Keeps a write that was refused, so that people can look at it, and have it sent again. */
  refuse(write: Write, error: OptrailError): void {
    // Where the disk is full they would fill memory.
    if (this.refused.length < WINDOW.requests) this.refused.push({ write, error });
    void this.keep();
  }

  /** The requests that would be lost if the process ended now, those of the given entries among them. */
  unwritten(others: readonly Entry[]): JournalRequest[] {
    const entries = new Set([...this.unkept, ...others]);
    return [...entries].filter((entry) => entry.sequence === undefined && entry.outcome === undefined).map(({ write }) => toRequest(write));
  }

  private get isWritable(): boolean {
    return Date.now() - this.failedAt >= PAUSE;
  }

  private keep(): Promise<void> {
    if (this.keeping !== undefined) return this.keeping;
    if ((this.unkept.length === 0 && this.refused.length === 0) || !this.isWritable) return Promise.resolve();
    this.keeping = this.keepAll().finally(() => {
      this.keeping = undefined;
    });
    return this.keeping;
  }

  /** One write and one fsync for all that came meanwhile. */
  private async keepAll(): Promise<void> {
    try {
      while (this.unkept.length > 0) await this.keepSome(this.head());
      for (let [next] = this.refused; next !== undefined; [next] = this.refused) {
        const [sequence = 0] = await this.journal.keep([toRequest(next.write)]);
        this.refused.shift();
        this.journal.settle(sequence, rejectionOf(next.error));
      }
    } catch (error) {
      this.failedAt = Date.now();
      this.warnings.warn('journal', `the journal cannot be written (${messageOf(error)}); what waits stays in memory`);
    }
  }

  private async keepSome(entries: readonly Entry[]): Promise<void> {
    const sequences = await this.journal.keep(entries.map(({ write }) => toRequest(write)));
    this.unkept.splice(0, entries.length);
    for (const [index, entry] of entries.entries()) {
      this.count -= 1;
      this.characters -= entry.size;
      const sequence = sequences[index] ?? 0;
      entry.sequence = sequence;
      entry.ticket.keep(1);
      if (entry.outcome !== undefined) this.settleKept(sequence, entry);
      else if (entry.isSending === true) this.sending.add(sequence);
      else this.tickets.set(sequence, entry.ticket);
    }
  }

  private head(): Entry[] {
    let characters = 0;
    const end = this.unkept.findIndex(({ size }, index) => {
      characters += size;
      return index >= WINDOW.requests || (index > 0 && characters > WINDOW.characters);
    });
    return this.unkept.slice(0, end === -1 ? undefined : end);
  }

  private settleKept(sequence: number, { ticket, outcome }: Entry): void {
    ticket.keep(-1);
    this.sending.delete(sequence);
    this.journal.settle(sequence, outcome?.error && rejectionOf(outcome.error));
  }

  private readBack(request: KeptRequest, take: (entry: Entry) => void): void {
    const { sequence, size } = request;
    if (this.sending.has(sequence)) return;
    const ticket = this.tickets.get(sequence) ?? adopted();
    this.tickets.delete(sequence);
    try {
      take({ write: toWrite(request), ticket, size, sequence });
    } catch (thrown) {
      const error = asOptrailError(thrown);
      this.journal.settle(sequence, rejectionOf(error));
      ticket.keep(-1);
      ticket.release(error);
    }
  }

  /** What was passed over because its line is damaged will never be sent. */
  private findLost(found: readonly KeptRequest[] | undefined): void {
    if (found === undefined) return;
    const reached = found.at(-1)?.sequence ?? Number.POSITIVE_INFINITY;
    for (const [sequence, ticket] of this.tickets) {
      if (sequence > reached || (found.length === 0 && this.keeping !== undefined)) return;
      this.tickets.delete(sequence);
      ticket.keep(-1);
      ticket.release(new OptrailError('recording_failed', `record ${sequence} of the journal ${this.journal.file} is damaged`));
    }
  }

  private cannotRead(error: unknown): undefined {
    this.warnings.warn('journal', `the journal ${this.journal.file} cannot be read (${messageOf(error)}); what it holds stays there`);
  }
}

function rejectionOf({ code, message, hint }: OptrailError) {
  return { code, message, hint };
}

/** The ticket of a request that another process kept: nobody waits for it. */
function adopted(): Ticket {
  const ticket = new Ticket(() => undefined);
  ticket.keep(1);
  return ticket;
}
