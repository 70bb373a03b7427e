import { uuidv7 } from 'uuidv7';
import { type BestSoFar, BestTracker, type Eligibility } from '../schemas/best.js';
import type { IterationStatus } from '../schemas/iteration.js';
import type { JsonObject } from '../schemas/json.js';
import type { Direction, UpdateOptimizationRunInput } from '../schemas/run.js';
import { evaluate } from './evaluate.js';
import type { EvaluateOptions, Evaluation, Example } from './evaluation.js';
import { Numbering } from './numbering.js';
import type { IterationEvent } from './options.js';
import type { FlushOptions, FlushReport, IterationRecord, IterationUpdate, Resumed, Run, RunAnnotation, SampleRecord } from './port.js';
import type { Ledger, Ticket } from './queue/acks.js';
import type { Outbox } from './queue/outbox.js';
import { asOptrailError } from './queue/retry.js';
import { SampleIntake } from './sample-intake.js';
import type { Intake, IterationFields } from './sanitize/sanitizer.js';
import { endsWithin } from './timers.js';
import { messageOf, type Warnings } from './warnings.js';

/** What a run is recorded with. */
export interface RunParts {
  id: string;
  projectId: string;
  direction: Direction;
  scoreMax: number;
  strict: boolean;
  flushTimeoutMs: number;
  signal: AbortSignal | undefined;
  onIteration: ((event: IterationEvent) => void) | undefined;
  intake: Intake;
  outbox: Outbox;
  ledger: Ledger;
  warnings: Warnings;
  /** What the run goes on from, and what is stored of its metadata. */
  resumed: Resumed | null;
  metadata: JsonObject;
}

/** Room that a write takes beside what it holds, in characters. */
const OVERHEAD = 200;

/** The calls of a run: each is taken in at once, and queued. */
export class RecordedRun implements Run {
  readonly id: string;
  readonly projectId: string;
  private readonly numbering: Numbering;
  private readonly standing: BestTracker;
  private readonly samples: SampleIntake;
  private readonly iterationIds = new Map<number, string>();
  private readonly recorded = new Set<number>();
  readonly resumed: Resumed | null;
  private metadata: JsonObject;

  constructor(protected readonly parts: RunParts) {
    this.id = parts.id;
    this.projectId = parts.projectId;
    this.numbering = new Numbering('iteration', parts.strict, parts.warnings);
    this.standing = new BestTracker(parts.direction);
    this.samples = new SampleIntake(parts);
    this.resumed = parts.resumed;
    this.metadata = parts.metadata;
    for (const { id, iteration, ...verdict } of parts.resumed?.iterations ?? []) {
      this.numbering.pass(iteration);
      this.iterationIds.set(iteration, id);
      this.recorded.add(iteration);
      this.standing.record(iteration, verdict);
    }
  }

  get bestSoFar(): BestSoFar | null {
    return this.standing.best;
  }

  record(record: IterationRecord): Promise<number> {
    let number: number | undefined;
    const taken = this.call((ticket) => {
      const { intake, outbox } = this.parts;
      const before = intake.size;
      const fields = intake.iteration(record);
      number = this.numbering.take(record.iteration);
      const id = this.freshId(number);
      const { id: runId, projectId } = this;
      outbox.push(
        { kind: 'createIteration', input: { ...fields, id, runId, projectId, iteration: number } },
        ticket,
        intake.size - before + OVERHEAD,
      );
      const rest = this.samples.take(ticket, number, id, record.samples);
      this.announce(number, fields);
      return rest;
    });
    return quietly(taken.then(() => (number ??= this.numbering.take(undefined))));
  }

  update(iteration: number, changes: IterationUpdate): Promise<void> {
    return this.call((ticket) => {
      const { intake, outbox } = this.parts;
      const before = intake.size;
      const fields = intake.iteration(changes);
      const { id: runId, projectId } = this;
      outbox.push({ kind: 'updateIteration', runId, projectId, iteration, changes: fields }, ticket, intake.size - before + OVERHEAD);
      this.standing.update(iteration, verdictChanges(fields));
      return undefined;
    });
  }

  recordSamples(iteration: number, samples: SampleRecord[]): Promise<void> {
    return this.call((ticket) => this.samples.take(ticket, iteration, this.idOf(iteration), samples));
  }

  annotate(changes: RunAnnotation): Promise<void> {
    return this.call((ticket) => {
      const { intake, outbox } = this.parts;
      const before = intake.size;
      const { id: runId, projectId } = this;
      outbox.push({ kind: 'updateRun', runId, projectId, changes: this.annotation(changes) }, ticket, intake.size - before + OVERHEAD);
      if (changes.bestIteration !== undefined) this.standing.declare(changes.bestIteration);
      return undefined;
    });
  }

  checkpoint(state: unknown): Promise<void> {
    return this.call((ticket) => {
      const { intake, outbox } = this.parts;
      const before = intake.size;
      const { id: runId, projectId } = this;
      const taken = intake.value(state, 'checkpoint');
      if (taken === undefined) return undefined;
      outbox.push(
        { kind: 'createCheckpoint', input: { id: uuidv7(), runId, projectId, state: taken } },
        ticket,
        intake.size - before + OVERHEAD,
      );
      return undefined;
    });
  }

  async flush({ timeoutMs = this.parts.flushTimeoutMs }: FlushOptions = {}): Promise<FlushReport> {
    const { ledger, outbox } = this.parts;
    await outbox.hurry(endsWithin(ledger.settled(), timeoutMs));
    return ledger.report();
  }

  evaluate<X extends Example, O, P = unknown, G = unknown>(options: EvaluateOptions<X, O, P, G>): Promise<Evaluation<X, O>> {
    const { direction, scoreMax, signal } = this.parts;
    return evaluate(
      { direction, scoreMax, signal, reserve: (asked) => this.numbering.take(asked), record: (record) => this.record(record) },
      options,
    );
  }

  /** Keeps what is stored with the run, for an update replaces all of it. */
  protected mergeMetadata(more: JsonObject | undefined): JsonObject | undefined {
    if (more === undefined) return undefined;
    this.metadata = { ...this.metadata, ...more };
    return this.metadata;
  }

  protected annotation({ initialScore, finalScore, notes, metadata, ...plain }: RunAnnotation): UpdateOptimizationRunInput {
    const { intake } = this.parts;
    return {
      ...plain,
      initialScore: intake.score(initialScore, 'initialScore'),
      finalScore: intake.score(finalScore, 'finalScore'),
      notes: intake.text(notes, 'notes'),
      metadata: this.mergeMetadata(intake.object(metadata, 'metadata')),
    };
  }

  /**
   * One call of the caller's: counted, and never the caller's trouble unless the run is strict. `work` does what has to be
   * done before the call returns, and gives a promise of the rest.
   */
  private call(work: (ticket: Ticket) => Promise<void> | undefined): Promise<void> {
    const ticket = this.parts.ledger.enter();
    let rest: Promise<void> | undefined;
    try {
      rest = work(ticket);
    } catch (thrown) {
      this.refuse(ticket, thrown);
    }
    return quietly(this.finish(ticket, rest));
  }

  private async finish(ticket: Ticket, rest: Promise<void> | undefined): Promise<void> {
    try {
      await rest;
    } catch (thrown) {
      this.refuse(ticket, thrown);
    }
    ticket.release();
    if (!this.parts.strict) return void (await this.parts.outbox.room());
    await endsWithin(ticket.settled, Number.POSITIVE_INFINITY);
    if (ticket.error !== undefined) throw ticket.error;
  }

  private refuse(ticket: Ticket, thrown: unknown): void {
    const error = asOptrailError(thrown);
    ticket.hold();
    ticket.release(error);
    this.parts.warnings.warn(`call:${error.code}`, `not stored: ${error.message}`);
  }

  private idOf(iteration: number): string {
    const id = this.iterationIds.get(iteration) ?? uuidv7();
    this.iterationIds.set(iteration, id);
    return id;
  }

  /** The id for a new iteration: a number that was used before gets another, so that the database sees two and not a retry. */
  private freshId(iteration: number): string {
    if (this.recorded.has(iteration)) return uuidv7();
    this.recorded.add(iteration);
    return this.idOf(iteration);
  }

  private announce(iteration: number, fields: IterationFields): void {
    const verdict = verdictOf(fields);
    this.standing.record(iteration, verdict);
    const { onIteration, warnings } = this.parts;
    if (onIteration === undefined) return;
    const complain = (error: unknown) => warnings.warn('listener', `onIteration threw: ${messageOf(error)}`);
    try {
      const event = { runId: this.id, iteration, ...verdict, isBaseline: fields.isBaseline === true, bestSoFar: this.bestSoFar };
      const answer: unknown = onIteration(event);
      if (answer instanceof Promise) answer.catch(complain);
    } catch (error) {
      complain(error);
    }
  }
}

/** As the database fills in what was left out. */
function verdictOf({ score = null, evalKind = 'full', decision = null, status, errorMessage }: IterationFields): Eligibility {
  const implied: IterationStatus = score !== null ? 'completed' : errorMessage ? 'failed' : 'running';
  return { score, evalKind, decision, status: status ?? implied };
}

function verdictChanges({ score, evalKind, decision, status }: IterationFields): Partial<Eligibility> {
  return {
    ...(score === undefined ? {} : { score }),
    ...(evalKind === undefined ? {} : { evalKind }),
    ...(decision === undefined ? {} : { decision }),
    ...(status === undefined ? {} : { status }),
  };
}

/** A strict run says at its end what was not stored: a call that nobody awaits must not bring the process down as well. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
