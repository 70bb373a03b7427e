import type { TrailClient } from '../../client/port.js';
import type { Caller, ServerBackend } from '../port.js';
import { Recent } from './lru-cache.js';
import { hashOf } from './secret.js';

type KeyCaller = Extract<Caller, { kind: 'key' }>;

/** Milliseconds in which a key that was found is not looked up again. What it opens, the database asks anew each time. */
const FRESH = 5_000;
const MOST_KEYS = 10_000;

interface Held {
  caller: KeyCaller;
  until: number;
}

/** The keys that were shown lately, by their hashes; no secret is kept. */
export class KeyRing {
  readonly #held = new Recent<Held>(MOST_KEYS);
  /** One more with each key that ends: what was being looked up meanwhile may be about that one. */
  #ended = 0;

  constructor(
    private readonly findKey: ServerBackend['findKey'],
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Whether a secret opened something lately. */
  knows(secret: string): boolean {
    return this.#held.has(hashOf(secret));
  }

  async find(secret: string): Promise<KeyCaller | null> {
    const hash = hashOf(secret);
    const held = this.#held.get(hash);
    if (held !== undefined && held.until > this.now()) return held.caller;
    const [ended, asked] = [this.#ended, this.now()];
    const caller = await this.findKey(secret);
    if (caller === null) this.#held.delete(hash);
    else if (ended === this.#ended) this.#held.set(hash, { caller, until: asked + FRESH });
    return caller;
  }

  /** A client through which the end of a key is known here at once. */
  watched(client: TrailClient): TrailClient {
    return {
      ...client,
      revokeApiKey: (projectId, keyId, options) =>
        this.#after(client.revokeApiKey(projectId, keyId, options), ({ caller }) => caller.keyId === keyId.toLowerCase()),
      deleteProject: (projectId, options) =>
        this.#after(client.deleteProject(projectId, options), ({ caller }) => caller.projectId === projectId),
    };
  }

  /** Also where the call failed: it may have been done all the same. */
  async #after<T>(call: Promise<T>, concerns: (held: Held) => boolean): Promise<T> {
    try {
      return await call;
    } finally {
      this.#ended += 1;
      this.#held.deleteWhere(concerns);
    }
  }
}
