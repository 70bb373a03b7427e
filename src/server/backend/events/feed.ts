import type { Database, Identity } from '../../../database/port.js';
import { type EventPage, readEvents } from '../../../store/events.js';
import { scopeOf } from '../../../store/scope.js';
import { parsePosition } from '../../position.js';
import { asSystem } from '../as-system.js';
import { NotificationListener } from './notification-listener.js';

/** Interval of polls without notifications, in ms. */
const LOOK_EVERY = 1_000;
/** Interval of polls with notifications, in ms: it finds events whose notification was lost. */
const LOOK_ANYWAY_EVERY = 5_000;
/** Pause between polls: 4x the last query's time, between 25 ms and 1 s. */
const REST = { least: 25, share: 4 };
/** Polling goes on for 10 s after the last follower leaves; clients usually reconnect. */
const LINGER = 10_000;

/** Reads committed events of all projects once, for all followers. */
export class DatabaseEvents {
  readonly #open: () => Promise<Database>;
  readonly #followers = new Set<(page: EventPage) => void>();
  #ear: NotificationListener | undefined;
  #mode: 'listen' | 'poll' | undefined;
  #position: string | undefined;
  #starting: Promise<void> | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #rest = REST.least;
  #timer: NodeJS.Timeout | undefined;
  #due = 0;
  #lingering: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param open gives the database, always the same one; the first use opens it */
  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  /** `listen` if the database notifies, `poll` if it is queried each second. */
  get mode(): 'listen' | 'poll' {
    if (this.#ear !== undefined) return this.#ear.hears ? 'listen' : 'poll';
    return this.#mode ?? 'poll';
  }

  /** Detects the mode with a test notification if it is not known yet. */
  async detect(): Promise<'listen' | 'poll'> {
    if (this.#ear === undefined && this.#mode !== undefined) return this.#mode;
    await this.#start();
    await this.#ear?.settled;
    this.#lingerWhenUnfollowed();
    return this.mode;
  }

  /**
   * Events of a topic that were committed after a position, as the caller sees them; with null the current position. An invalid position is
   * treated as expired: the page is `incomplete`.
   */
  async since(identity: Identity, topic: { projectId: string; runId?: string | undefined }, position: string | null): Promise<EventPage> {
    const scope = scopeOf(await this.#open(), identity);
    if (position === null || parsePosition(position) !== null) return readEvents(scope, topic, position);
    return { ...(await readEvents(scope, topic, null)), incomplete: true };
  }

  /**
   * Calls back with each batch of all projects that is committed after the promise has resolved; a batch without events only advances the
   * position. Resolves to the function that stops it.
   */
  async follow(follower: (page: EventPage) => void): Promise<() => void> {
    this.#followers.add(follower);
    const stop = (): void => {
      this.#followers.delete(follower);
      this.#lingerWhenUnfollowed();
    };
    try {
      await this.#start();
      return stop;
    } catch (error) {
      stop();
      throw error;
    }
  }

  /** Polls at once. */
  poke(): void {
    if (this.#position !== undefined) this.#lookSoon();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#followers.clear();
    await this.#stop();
  }

  #start(): Promise<void> {
    clearTimeout(this.#lingering);
    if (this.#isClosed) return Promise.resolve();
    this.#starting ??= this.#begin().catch((error: unknown) => {
      this.#starting = undefined;
      throw error;
    });
    return this.#starting;
  }

  async #begin(): Promise<void> {
    const database = await this.#open();
    const { position } = await readEvents(scopeOf(database, asSystem('read what was committed')), null, null);
    if (this.#isClosed) return;
    this.#position = position;
    if (database.kind === 'postgres') this.#ear = new NotificationListener(database, () => this.poke());
    this.#lookWithin(LOOK_EVERY);
  }

  #lingerWhenUnfollowed(): void {
    clearTimeout(this.#lingering);
    if (this.#followers.size > 0 || this.#isClosed) return;
    this.#lingering = setTimeout(() => void this.#stop(), LINGER).unref();
  }

  async #stop(): Promise<void> {
    const ear = this.#ear;
    if (this.#starting !== undefined) this.#mode = this.mode;
    [this.#ear, this.#starting, this.#position] = [undefined, undefined, undefined];
    clearTimeout(this.#timer);
    this.#timer = undefined;
    clearTimeout(this.#lingering);
    await Promise.all([ear?.close(), this.#looking]);
  }

  /** Schedules a poll in so many ms, unless an earlier one is scheduled: frequent notifications must not postpone it. */
  #lookWithin(milliseconds: number): void {
    const due = performance.now() + milliseconds;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#look(), milliseconds).unref();
  }

  /** Coalesces notifications into one poll. */
  #lookSoon(): void {
    if (this.#looking !== undefined) this.#again = true;
    else this.#lookWithin(this.#rest);
  }

  #look(): void {
    this.#timer = undefined;
    this.#again = false;
    const began = performance.now();
    this.#looking = this.#read().then((found) => {
      this.#looking = undefined;
      this.#rest = Math.min(LOOK_EVERY, Math.max(REST.least, REST.share * (performance.now() - began)));
      if (this.#position === undefined) return;
      // Poll again after events: more are likely, and a notification may have been sent before our lease was visible.
      const isQuiet = !found && this.mode === 'listen';
      this.#lookWithin(this.#again ? this.#rest : isQuiet ? LOOK_ANYWAY_EVERY : LOOK_EVERY);
    });
  }

  /** Returns whether there were events. If the database does not answer, the next poll starts at the same position. */
  async #read(): Promise<boolean> {
    const from = this.#position;
    if (from === undefined) return false;
    const page = await this.#open()
      .then((database) => readEvents(scopeOf(database, asSystem('read what was committed')), null, from))
      .catch(() => null);
    if (page === null || this.#position === undefined) return false;
    this.#position = page.position;
    for (const follower of this.#followers) follower(page);
    return page.events.length > 0 || page.incomplete;
  }
}
