import type { OptrailError } from '../../errors.js';
import type { CreateOptimizationSampleInput } from '../../schemas/sample.js';
import { weighed } from '../../schemas/weighed.js';
import type { Warnings } from '../warnings.js';
import type { Ticket } from './acks.js';
import { amendments, isAboutContent, isAmendable, minimalSample, repairedSample } from './fallback.js';
import { asOptrailError, type Delivery, Halt } from './retry.js';
import type { Write } from './writes.js';

export type SampleWrite = Extract<Write, { kind: 'createSamples' }>;
export type PlainWrite = Exclude<Write, SampleWrite>;

/** One sample on its way, with the call it belongs to. */
interface Parcel {
  input: CreateOptimizationSampleInput;
  ticket: Ticket;
}

/** The samples of one call, or a part of them. */
export interface SampleLoad {
  inputs: CreateOptimizationSampleInput[];
  ticket: Ticket;
  /** Characters that they hold, at most. */
  size: number;
}

interface Budget {
  refusals: number;
  repair: boolean;
  characters: number;
}

/** Beyond so many refusals in one batch, what is left of it is rejected untried. */
const REFUSALS_IN_A_BATCH = 64;

/**
 * Sends what is due and, where the content of a write is refused, as much of it as will be taken: a score is never lost for
 * a bad sample or a bad piece of metadata. In a strict run nothing is amended.
 */
export class Dispatch {
  constructor(
    private readonly delivery: Delivery,
    private readonly amend: boolean,
    private readonly warnings: Warnings,
    /** Told of samples that are refused though others of their write are not. */
    private readonly onRefused: (write: Write, error: OptrailError) => void = () => undefined,
  ) {}

  /** Resolves to why nothing of the write is stored, or to undefined. */
  async plain(write: PlainWrite): Promise<OptrailError | undefined> {
    const refused = await this.send(write);
    if (refused === undefined || !this.amend || !isAmendable(write, refused)) return refused;
    for (const { write: amended, changes } of amendments(write, refused.message)) {
      const again = await this.send(amended);
      if (again === undefined) return this.warnPartly(changes);
      if (!isAmendable(write, again)) return again;
    }
    return refused;
  }

  /** Sends samples of several calls together; the tickets of those refused learn why. */
  async samples(loads: readonly SampleLoad[]): Promise<void> {
    const characters = loads.reduce((sum, { size }) => sum + size, 0);
    const refused = await this.sendSamples(
      ([] as CreateOptimizationSampleInput[]).concat(...loads.map(({ inputs }) => inputs)),
      characters,
    );
    const budget = { refusals: REFUSALS_IN_A_BATCH, repair: this.amend, characters };
    if (refused !== undefined) await this.refused(parcelsOf(loads), refused, budget);
  }

  /** Tells the calls that none of these samples is stored. */
  rejectSamples(loads: readonly SampleLoad[], error: OptrailError): void {
    this.reject(parcelsOf(loads), error);
  }

  private reject(parcels: Parcel[], error: OptrailError): void {
    for (const { ticket } of parcels) {
      ticket.hold();
      ticket.release(error);
    }
    if (parcels.length > 0) this.onRefused({ kind: 'createSamples', inputs: parcels.map(({ input }) => input) }, error);
    this.warnRejected(error);
  }

  warnRejected(error: OptrailError): void {
    const hint = error.hint === undefined ? '' : ` (${error.hint})`;
    this.warnings.warn(`rejected:${error.code}`, `not stored: ${error.message}${hint}`);
  }

  private async batch(parcels: Parcel[], budget: Budget): Promise<void> {
    const refused = await this.sendSamples(
      parcels.map(({ input }) => input),
      budget.characters,
    );
    if (refused !== undefined) await this.refused(parcels, refused, budget);
  }

  private async refused(parcels: Parcel[], refused: OptrailError, budget: Budget): Promise<void> {
    if (budget.repair && isAboutContent(refused)) {
      budget.repair = false;
      const repaired = parcels.map((parcel) => this.repaired(parcel));
      if (repaired.some((parcel, index) => parcel !== parcels[index])) return this.batch(repaired, budget);
    }
    budget.refusals -= 1;
    if (!isAboutContent(refused) || budget.refusals < 0) return this.reject(parcels, refused);
    if (parcels.length === 1) return this.least(parcels, refused);
    // The database takes all of a batch or nothing, and does not always say which row it was.
    const middle = parcels.length >> 1;
    await this.batch(parcels.slice(0, middle), budget);
    await this.batch(parcels.slice(middle), budget);
  }

  private repaired(parcel: Parcel): Parcel {
    const repaired = repairedSample(parcel.input);
    if (repaired === null) return parcel;
    this.warnPartly(repaired.changes);
    return { ...parcel, input: repaired.input };
  }

  private async least(parcels: Parcel[], refused: OptrailError): Promise<void> {
    if (!this.amend || refused.code === 'conflict') return this.reject(parcels, refused);
    const inputs = parcels.map(({ input }) => minimalSample(input, refused.message));
    const again = await this.send({ kind: 'createSamples', inputs });
    if (again === undefined) this.warnPartly([`only the score of a sample: ${refused.message}`]);
    else this.reject(parcels, refused);
  }

  private async sendSamples(inputs: CreateOptimizationSampleInput[], characters: number): Promise<OptrailError | undefined> {
    return inputs.length === 0 ? undefined : this.send({ kind: 'createSamples', inputs: weighed(inputs, characters) });
  }

  private async send(write: Write): Promise<OptrailError | undefined> {
    try {
      const existing = await this.delivery.deliver(write);
      if (existing > 0) this.warnings.warn('existing', `${existing} samples had an index that was taken; those stored first were kept`);
      return undefined;
    } catch (error) {
      if (error instanceof Halt) throw error;
      return asOptrailError(error);
    }
  }

  private warnPartly(changes: string[]): undefined {
    this.warnings.warn('partly', `stored in part: ${changes.slice(0, 3).join('; ')}`);
  }
}

function parcelsOf(loads: readonly SampleLoad[]): Parcel[] {
  return loads.flatMap(({ inputs, ticket }) => inputs.map((input) => ({ input, ticket })));
}
