import { LruCache } from './lru-cache.js';
import { tooManyRequests } from './refusals.js';

export interface Rate {
  /** Requests a second in the long run. */
  perSecond: number;
  /** Size of the full bucket: requests at once after a pause. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** Time of the last refill, in ms of a monotonic clock. */
  at: number;
}

/** Most buckets kept (about 200 bytes each). An evicted caller starts with a full bucket. */
const MOST_CALLERS = 10_000;

/** A rate limiter with one bucket per caller: a request takes a token, and tokens are refilled over time. */
export class TokenBucket {
  readonly #buckets = new LruCache<Bucket>(MOST_CALLERS);

  constructor(
    private readonly rate: Rate,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes a token. Rejects with `rate_limited` if none is left. */
  take(caller: string): void {
    const tokens = this.#tokensOf(caller);
    if (tokens < 1) throw tooManyRequests(((1 - tokens) / this.rate.perSecond) * 1000);
    this.#buckets.set(caller, { tokens: tokens - 1, at: this.now() });
  }

  /** Rejects if `take` would reject, and takes no token. */
  check(caller: string): void {
    const tokens = this.#tokensOf(caller);
    if (tokens < 1) throw tooManyRequests(((1 - tokens) / this.rate.perSecond) * 1000);
  }

  #tokensOf(caller: string): number {
    const { perSecond, burst } = this.rate;
    const bucket = this.#buckets.get(caller);
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.tokens + ((this.now() - bucket.at) / 1000) * perSecond);
  }
}

/** The network that failures are counted by: the address, or its /64 of IPv6, which one site has to itself. */
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
