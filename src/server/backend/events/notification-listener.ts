import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Listening } from '../../../database/port.js';
import { EVENT_CHANNEL, keepListener, removeListener } from '../../../store/events.js';
import { scopeOf } from '../../../store/scope.js';
import { asSystem } from '../as-system.js';

/** Milliseconds within which a listener must hear itself. */
const HEARD_WITHIN = 2_000;
/** Milliseconds between two times that it makes sure, and has writers notify for a further minute. */
const RENEW_EVERY = 20_000;
/** Milliseconds until it tries again where nothing was heard, as behind a transaction pooler. */
const DEAF_FOR = 60_000;
/** Milliseconds until it tries again where the database did not answer. */
const RETRY_AFTER = 1_000;

/**
 * Hears the database say that something was committed, on a connection of its own, for as long as it is wanted. It believes only what
 * it has heard: LISTEN succeeds behind a transaction pooler too, so it notifies itself over another connection.
 */
export class NotificationListener {
  readonly #id = randomUUID();
  readonly #database: Database;
  readonly #wake: () => void;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  #heardItself: () => void = () => {};
  #settle: () => void = () => {};
  /** Resolves when it is known for the first time whether anything is heard. */
  readonly settled: Promise<void>;
  hears = false;

  /** @param wake called with each notification, and whenever some may have been missed */
  constructor(database: Database, wake: () => void) {
    this.#database = database;
    this.#wake = wake;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#running = this.#run().finally(this.#settle);
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const rest = await this.#listen().catch(() => RETRY_AFTER);
      this.hears = false;
      this.#settle();
      if (rest === null) return;
      // What was said while nobody listened is found by looking.
      this.#wake();
      await this.#pause(rest);
    }
  }

  /** Listens until the connection breaks or turns out to be deaf; how long to wait before the next try, or null where there need be none. */
  async #listen(): Promise<number | null> {
    const listening = await this.#database.listen(EVENT_CHANNEL, (payload) => this.#hear(payload));
    if (listening === null) return null;
    try {
      if (!(await this.#isHeard())) return DEAF_FOR;
      this.hears = true;
      this.#settle();
      this.#wake();
      while (await this.#lasts(listening)) if (!(await this.#isHeard())) return 0;
      return 0;
    } finally {
      await listening.close();
      // Only who listens again in a moment has writers go on notifying.
      if (this.#over.signal.aborted || !this.hears)
        await removeListener(scopeOf(this.#database, asSystem('keep a listener')), this.#id).catch(() => {});
    }
  }

  #hear(payload: string): void {
    if (payload === this.#id) this.#heardItself();
    else this.#wake();
  }

  async #isHeard(): Promise<boolean> {
    const heard = new Promise<true>((resolve) => {
      this.#heardItself = () => resolve(true);
    });
    await keepListener(scopeOf(this.#database, asSystem('keep a listener')), this.#id);
    return Promise.race([heard, this.#pause(HEARD_WITHIN).then(() => false)]);
  }

  /** Whether the connection still stands when it is time to make sure again. */
  async #lasts(listening: Listening): Promise<boolean> {
    const stands = await Promise.race([listening.ended.then(() => false), this.#pause(RENEW_EVERY).then(() => true)]);
    return stands && !this.#over.signal.aborted;
  }

  /** Waits, and no longer than it is wanted. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#over.signal, ref: false }).catch(() => {});
  }
}
