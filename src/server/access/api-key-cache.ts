import type { TrailClient } from '../../client/port.js';
import type { Caller, ServerBackend } from '../port.js';
import { LruCache } from './lru-cache.js';

type KeyCaller = Extract<Caller, { kind: 'key' }>;

/** Lifetime of an entry, in ms. Row-level security still checks the key's rights in each request. */
const FRESH = 5_000;
/** Most entries (about 500 bytes each). */
const MOST_KEYS = 10_000;

interface Held {
  caller: KeyCaller;
  until: number;
}

/** A cache of valid keys by the SHA-256 of their secrets; it holds no secret. */
export class ApiKeyCache {
  readonly #held = new LruCache<Held>(MOST_KEYS);
  /** Generation, incremented by each revocation. A lookup that began in an older one is not cached. */
  #ended = 0;

  constructor(
    private readonly findKey: ServerBackend['findKey'],
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether the key was valid lately. */
  knows(hash: string): boolean {
    return this.#held.has(hash);
  }

  /** The caller of a key by the hash of its secret, or null if the key is unknown, expired or revoked. */
  async find(hash: string): Promise<KeyCaller | null> {
    const held = this.#held.get(hash);
    if (held !== undefined && held.until > this.now()) return held.caller;
    const [ended, asked] = [this.#ended, this.now()];
    const caller = await this.findKey(hash);
    if (caller === null) this.#held.delete(hash);
    else if (ended === this.#ended) this.#held.set(hash, { caller, until: asked + FRESH });
    return caller;
  }

  /** Wraps a client: revoking a key through it clears this cache. */
  watched(client: TrailClient): TrailClient {
    return {
      ...client,
      revokeApiKey: (projectId, keyId, options) =>
        this.#after(client.revokeApiKey(projectId, keyId, options), ({ caller }) => caller.keyId === keyId.toLowerCase()),
      deleteProject: (projectId, options) =>
        this.#after(client.deleteProject(projectId, options), ({ caller }) => caller.projectId === projectId),
    };
  }

  /** Also clears the cache if the call failed: it may have been committed. */
  async #after<T>(call: Promise<T>, concerns: (held: Held) => boolean): Promise<T> {
    try {
      return await call;
    } finally {
      this.#ended += 1;
      this.#held.deleteWhere(concerns);
    }
  }
}
