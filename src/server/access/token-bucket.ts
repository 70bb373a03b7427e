import { Recent } from './lru-cache.js';
import { tooMany } from './refusals.js';

export interface Rate {
  /** Requests a second in the long run. */
  perSecond: number;
  /** Requests at once, after a rest. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** When they were counted, in milliseconds of a clock that nobody sets. */
  at: number;
}

/** Callers that are remembered; the memory of one is some 200 bytes. Who is forgotten starts with a full bucket. */
const MOST_CALLERS = 10_000;

/** A bucket of tokens for each caller: a request takes one, and time puts them back. */
export class RateLimit {
  readonly #buckets = new Recent<Bucket>(MOST_CALLERS);

  constructor(
    private readonly rate: Rate,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes a token. Rejects with `rate_limited` where none is left. */
  take(caller: string): void {
    const tokens = this.#tokensOf(caller);
    if (tokens < 1) throw tooMany(((1 - tokens) / this.rate.perSecond) * 1000);
    this.#buckets.set(caller, { tokens: tokens - 1, at: this.now() });
  }

  /** Rejects where `take` would, and takes nothing. */
  check(caller: string): void {
    const tokens = this.#tokensOf(caller);
    if (tokens < 1) throw tooMany(((1 - tokens) / this.rate.perSecond) * 1000);
  }

  #tokensOf(caller: string): number {
    const { perSecond, burst } = this.rate;
    const bucket = this.#buckets.get(caller);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((this.now() - bucket.at) / 1000) * perSecond);
  }
}

/** An address as failures are counted by it: one site has the last 64 bits of IPv6 to itself. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head.split(':').filter((group) => group !== '');
  if (tail !== undefined) {
    const rest = tail.split(':').filter((group) => group !== '');
    groups.push(...Array(Math.max(0, 8 - groups.length - rest.length)).fill('0'), ...rest);
  }
  return `${groups.slice(0, 4).join(':')}::/64`;
}
