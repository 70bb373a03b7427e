import type { IterationRecord, IterationUpdate, RunAnnotation, SampleRecord, TrackedRun } from '../../recorder/port.js';
import { messageOf, type Warnings } from '../../recorder/warnings.js';

/**
 * The way into the run that an optimizer can't be hurt by: it waits for a write no longer than the run asks for room (a strict
 * run: until it is stored), and nothing that goes wrong in recording is thrown. The first thing that went wrong becomes a warning, and the answer of `settled`.
 */
export class Trail {
  private open: Promise<unknown> = Promise.resolve();
  /** The iteration of an earlier attempt from which this one starts; null where it starts from the program as given. */
  startsFrom: number | null = null;
  /** The baseline that an earlier attempt recorded. */
  readonly baseline: number | undefined;
  private count: number;
  private first: { error: unknown } | undefined;

  constructor(
    private readonly run: TrackedRun,
    private readonly warnings: Warnings,
  ) {
    const before = run.resumed?.iterations ?? [];
    this.count = (before.at(-1)?.iteration ?? -1) + 1;
    this.baseline = before.find(({ isBaseline }) => isBaseline)?.iteration;
  }

  /** Stores an iteration under the run's next number, and says which. */
  record(iteration: IterationRecord): number {
    const number = this.count;
    this.count += 1;
    this.write(() => this.run.record({ ...iteration, iteration: number }));
    return number;
  }

  update(iteration: number, changes: IterationUpdate): void {
    this.write(() => this.run.update(iteration, changes));
  }

  addSamples(iteration: number, samples: SampleRecord[]): void {
    this.write(() => this.run.recordSamples(iteration, samples));
  }

  annotate(changes: RunAnnotation): void {
    this.write(() => this.run.annotate(changes));
  }

  /** Looks at something on the recorder's behalf; an error there is the recorder's and goes no further. */
  attempt(look: () => void): void {
    try {
      look();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Waits until every write was taken. */
  async taken(): Promise<void> {
    await this.open;
  }

  /** Waits until every write was taken; says what failed first, if anything did. */
  async settled(): Promise<{ error: unknown } | undefined> {
    await this.open;
    return this.first;
  }

  private write(send: () => Promise<unknown>): void {
    // Sent at once, since the values are the optimizer's and may change; the run keeps the order of its writes itself.
    this.attempt(() => {
      const sent = send().catch((error: unknown) => this.fail(error));
      this.open = Promise.all([this.open, sent]);
    });
  }

  private fail(error: unknown): void {
    this.first ??= { error };
    this.warnings.warn('ax-trail', `part of this run could not be recorded; the optimizer goes on. ${messageOf(error)}`);
  }
}
