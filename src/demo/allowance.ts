import { OptrailError } from '../errors.js';
import { Meter } from '../optimizers/ax/meter.js';
import { overlay } from '../optimizers/ax/overlay.js';
import type { AxService as MeteredService } from '../optimizers/ax/surface.js';
import type { AxService } from './load-ax.js';

/** The most that a run may take. */
export interface Ceiling {
  /** Calls of a model, retries included. */
  readonly calls: number;
  /** US dollars by Ax's price list; `null` where it has no price for the model, and then only the calls are capped. */
  readonly dollars: number | null;
}

/** Holds a run to its ceiling: the services it guards share one allowance, and refuse a call once that is used up. */
export class Allowance {
  /** Calls let through so far. */
  calls = 0;
  /** US dollars spent so far, by what the calls reported. */
  dollars = 0;
  /** Calls refused so far. */
  refused = 0;
  private readonly meter = new Meter();

  constructor(readonly ceiling: Ceiling) {}

  /** The same service, under this allowance. A refused call rejects with an {@link OptrailError} and costs nothing. */
  guard(service: AxService): AxService {
    const metered = this.meter.watch(service as unknown as MeteredService);
    const chat = async (...request: unknown[]) => {
      this.ask();
      return await metered.chat(...request);
    };
    return overlay(service, { chat: chat as AxService['chat'] });
  }

  private ask(): void {
    this.dollars += this.meter.take().costUsd;
    const { calls, dollars } = this.ceiling;
    if (this.calls < calls && (dollars === null || this.dollars < dollars)) {
      this.calls += 1;
      return;
    }
    this.refused += 1;
    throw new OptrailError(
      'aborted',
      `The ceiling of ${calls} calls${dollars === null ? '' : ` and $${dollars}`} is reached; the call was not made.`,
    );
  }
}
