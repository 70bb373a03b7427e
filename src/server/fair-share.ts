import { OptrailError } from '../errors.js';
import type { Caller } from './port.js';

export interface ShareLimits {
  /** Most units in use at once, of all callers. */
  total: number;
  /** Most units of one caller at once: less than `total`, so that one caller cannot hold up the others. */
  each: number;
  /** Most calls of one caller that wait; further ones are refused with `rate_limited`. */
  waiting: number;
}

interface Waiting {
  name: string;
  units: number;
  start(): void;
}

/** A semaphore with a share for each caller. Calls wait in their order; one that does not fit does not hold up those of other callers. */
export class FairShare {
  readonly #used = new Map<string, number>();
  #waiting: Waiting[] = [];
  #total = 0;

  constructor(private readonly limits: ShareLimits) {}

  /** Runs `work` with a share in use. Rejects with the signal's reason if it fires before there is room. */
  async run<T>(name: string, signal: AbortSignal | undefined, work: () => Promise<T>, units = 1): Promise<T> {
    const release = await this.take(name, units, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** Waits for room, and resolves to the function that gives it back. */
  async take(name: string, wanted: number, signal: AbortSignal | undefined): Promise<() => void> {
    const units = Math.min(wanted, this.limits.each);
    if (!this.#fits(name, units)) await this.#room(name, units, signal);
    else this.#use(name, units);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#use(name, -units);
      this.#startWaiting();
    };
  }

  #fits(name: string, units: number): boolean {
    return this.#total + units <= this.limits.total && (this.#used.get(name) ?? 0) + units <= this.limits.each;
  }

  #use(name: string, units: number): void {
    const used = (this.#used.get(name) ?? 0) + units;
    this.#total += units;
    if (used === 0) this.#used.delete(name);
    else this.#used.set(name, used);
  }

  #room(name: string, units: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#waiting.filter((each) => each.name === name).length >= this.limits.waiting) throw tooManyAtOnce();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        name,
        units,
        start: () => {
          signal?.removeEventListener('abort', leave);
          this.#use(name, units);
          resolve();
        },
      };
      const leave = () => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        reject(signal?.reason);
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #startWaiting(): void {
    for (const each of [...this.#waiting]) {
      if (!this.#fits(each.name, each.units)) continue;
      this.#waiting = this.#waiting.filter((other) => other !== each);
      each.start();
    }
  }
}

/** The name that calls are counted under: keys of one project share. */
export function tenantOf(caller: Caller): string {
  if (caller.kind === 'key') return `project ${caller.projectId}`;
  return caller.kind === 'token' ? `user ${caller.claims.sub ?? ''}` : 'local';
}

function tooManyAtOnce(): OptrailError {
  return new OptrailError('rate_limited', 'Too many requests of yours wait at once.', {
    retryable: true,
    hint: 'Send the next request when an earlier one was answered.',
  });
}
