import type { OptrailError } from '../../errors.js';
import type { FlushReport } from '../port.js';

/** One call of the caller's, which may take several writes. It is acknowledged when all of them are. */
export class Ticket {
  error: OptrailError | undefined;
  readonly settled: Promise<void>;
  private parts = 1;
  private kept = 0;
  private settle: () => void = () => undefined;

  constructor(private readonly onSettled: (ticket: Ticket) => void) {
    this.settled = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** One more part to wait for. */
  hold(): void {
    this.parts += 1;
  }

  /** Whether all that is still to be sent of it lies in the journal. */
  get isKept(): boolean {
    return this.kept === this.parts;
  }

  /** One part lies in the journal, or does so no more. */
  keep(by: 1 | -1): void {
    this.kept += by;
  }

  /** One part is done, well or with an error; the first error is kept. */
  release(error?: OptrailError): void {
    this.error ??= error;
    this.parts -= 1;
    if (this.parts !== 0) return;
    this.onSettled(this);
    this.settle();
  }
}

/** Counts calls, so that none is dropped in silence. */
export class Ledger {
  firstError: OptrailError | undefined;
  private acknowledged = 0;
  private rejected = 0;
  private readonly open = new Set<Ticket>();

  /** A call of the caller's. */
  enter(): Ticket {
    const ticket = new Ticket((settled) => {
      this.open.delete(settled);
      if (settled.error === undefined) this.acknowledged += 1;
      else this.rejected += 1;
      this.firstError ??= settled.error;
    });
    this.open.add(ticket);
    return ticket;
  }

  /** Resolves when every call entered so far is settled. */
  async settled(): Promise<void> {
    await Promise.all([...this.open].map((ticket) => ticket.settled));
  }

  /** Remembers an error that no call of the caller's stands for. */
  note(error: OptrailError | undefined): void {
    this.firstError ??= error;
  }

  report(): FlushReport {
    const counts = { acknowledged: this.acknowledged, pending: this.open.size, rejected: this.rejected };
    if (counts.pending === 0) return counts;
    return { ...counts, kept: [...this.open].filter(({ isKept }) => isKept).length };
  }
}
