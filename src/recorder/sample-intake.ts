import type { CreateOptimizationSampleInput } from '../schemas/sample.js';
import { TimeSlice } from '../schemas/time-slice.js';
import { Numbering } from './numbering.js';
import type { SampleRecord } from './port.js';
import type { Ticket } from './queue/acks.js';
import { LIMITS, type Outbox } from './queue/outbox.js';
import type { Intake } from './sanitize/sanitizer.js';
import type { Warnings } from './warnings.js';

/** Values copied before the call returns. More would hold up the optimizer's thread by a millisecond and longer. */
const NODES_AT_ONCE = 2_000;
const OVERHEAD = 100;

export interface SampleIntakeParts {
  id: string;
  projectId: string;
  strict: boolean;
  intake: Intake;
  outbox: Outbox;
  warnings: Warnings;
}

interface Place {
  ticket: Ticket;
  iteration: number;
  iterationId: string;
}

/** A list of the caller's as it was when it was given. */
interface Numbered {
  records: SampleRecord[];
  indexes: number[];
}

/** Takes lists of samples in: a first part at once, the rest in slices that leave the event loop free. */
export class SampleIntake {
  private readonly numberings = new Map<number, Numbering>();

  constructor(private readonly parts: SampleIntakeParts) {}

  /** Queues samples. Where they are many, resolves when the last of them has been copied; undefined where all are already. */
  take(ticket: Ticket, iteration: number, iterationId: string, records: readonly SampleRecord[] | undefined): Promise<void> | undefined {
    if (records === undefined || records.length === 0) return undefined;
    const place = { ticket, iteration, iterationId };
    const numbered = this.numbered(iteration, records);
    const { length } = records;
    const { intake } = this.parts;
    const limit = intake.nodes + NODES_AT_ONCE;
    const done = this.copy(place, numbered, 0, () => intake.nodes >= limit);
    return done === length ? undefined : this.slices(place, numbered, done);
  }

  private async slices(place: Place, numbered: Numbered, done: number): Promise<void> {
    const turn = new TimeSlice();
    for (let from = done; from < numbered.records.length; ) {
      await turn.next();
      from = this.copy(place, numbered, from, () => turn.isOver());
    }
  }

  /** Copies and queues from one position on until it is enough, and returns the next. */
  private copy(place: Place, { records, indexes }: Numbered, from: number, isEnough: () => boolean): number {
    const { id: runId, projectId, intake, outbox } = this.parts;
    const { ticket, iteration, iterationId } = place;
    const inputs: CreateOptimizationSampleInput[] = [];
    const before = intake.size;
    const size = () => intake.size - before;
    let next = from;
    for (
      ;
      next < records.length && !(next > from && isEnough()) && inputs.length < LIMITS.batch && size() < LIMITS.batchCharacters;
      next += 1
    ) {
      // Not a copy with more fields: that takes three times as long as all the rest.
      const input = intake.sample(records[next] as SampleRecord, next) as CreateOptimizationSampleInput;
      input.runId = runId;
      input.projectId = projectId;
      input.iteration = iteration;
      input.iterationId = iterationId;
      input.sampleIndex = indexes[next] as number;
      inputs.push(input);
    }
    outbox.push({ kind: 'createSamples', inputs }, ticket, size() + inputs.length * OVERHEAD);
    return next;
  }

  /** The list as it is now: what the caller adds to it or changes in a record later is not recorded. */
  private numbered(iteration: number, records: readonly SampleRecord[]): Numbered {
    const numbering = this.numberings.get(iteration) ?? new Numbering('sampleIndex', this.parts.strict, this.parts.warnings);
    this.numberings.set(iteration, numbering);
    const copies = records.map(shallow);
    return { records: copies, indexes: copies.map((copy) => numbering.take(readIndex(copy))) };
  }
}

function shallow(record: SampleRecord): SampleRecord {
  try {
    return { ...record };
  } catch {
    // A getter that throws costs its own field only, where the fields are read one by one.
    return record;
  }
}

function readIndex(record: SampleRecord): number | undefined {
  try {
    return record.sampleIndex;
  } catch {
    return undefined;
  }
}
