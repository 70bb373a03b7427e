import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Listening } from '../../../database/port.js';
import { EVENT_CHANNEL, keepListener, removeListener } from '../../../store/events.js';
import { scopeOf } from '../../../store/scope.js';
import { asSystem } from '../as-system.js';

/** Timeout of the LISTEN self-test, in ms. */
const HEARD_WITHIN = 2_000;
/** Interval of the self-test, in ms. Each renews this listener's lease (1 minute); writers notify only while one is valid. */
const RENEW_EVERY = 20_000;
/** Pause after a failed self-test, in ms, as behind a transaction pooler. */
const DEAF_FOR = 60_000;
/** Pause after the database did not answer, in ms. */
const RETRY_AFTER = 1_000;

/**
 * Listens for notifications of commits, on a connection of its own. LISTEN succeeds behind a transaction pooler without ever delivering, so
 * the listener tests itself with a notification over another connection.
 */
export class NotificationListener {
  readonly #id = randomUUID();
  readonly #database: Database;
  readonly #wake: () => void;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;
  #heardItself: () => void = () => {};
  #settle: () => void = () => {};
  /** Resolves when the first self-test has ended. */
  readonly settled: Promise<void>;
  hears = false;

  /** @param wake called for each notification, and whenever some may have been missed */
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
      // Notifications of the meantime are lost: poll.
      this.#wake();
      await this.#pause(rest);
    }
  }

  /** Listens until the connection closes or fails the self-test. Returns ms until the next attempt, or null if LISTEN is unsupported. */
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
      // Keep the lease only if we reconnect at once.
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

  /** Whether the connection is still open when the next self-test is due. */
  async #lasts(listening: Listening): Promise<boolean> {
    const stands = await Promise.race([listening.ended.then(() => false), this.#pause(RENEW_EVERY).then(() => true)]);
    return stands && !this.#over.signal.aborted;
  }

  /** Waits until the time is over or the listener is closed. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#over.signal, ref: false }).catch(() => {});
  }
}
