import type { Database, Identity } from '../../../database/port.js';
import { type EventPage, readEvents } from '../../../store/events.js';
import { scopeOf } from '../../../store/scope.js';
import { parsePosition } from '../../position.js';
import { asSystem } from '../as-system.js';
import { NotificationListener } from './notification-listener.js';

/** Milliseconds between two looks where the database does not say when there is something. */
const LOOK_EVERY = 1_000;
/** And where it does: whatever was said unheard is found then. */
const LOOK_ANYWAY_EVERY = 5_000;
/** Least milliseconds between two looks, and as a multiple of what the last one took, up to the usual second. */
const REST = { least: 25, share: 4 };
/** Milliseconds that it goes on when nobody follows any more: who lost the connection comes back. */
const LINGER = 10_000;

/** What was committed, as it is committed: one reader of all projects for as many followers as there are. */
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

  /** @param open gives the database, the same each time; it is opened by the first use */
  constructor(open: () => Promise<Database>) {
    this.#open = open;
  }

  /** Whether the database says that there is something, or is asked each second. */
  get mode(): 'listen' | 'poll' {
    if (this.#ear !== undefined) return this.#ear.hears ? 'listen' : 'poll';
    return this.#mode ?? 'poll';
  }

  /** The mode, found out by trying where nobody has yet. */
  async detect(): Promise<'listen' | 'poll'> {
    if (this.#ear === undefined && this.#mode !== undefined) return this.#mode;
    await this.#start();
    await this.#ear?.settled;
    this.#lingerWhenUnfollowed();
    return this.mode;
  }

  /**
   * Events of a topic that were committed after a position, as the caller sees them; with null the position of now. A position that no
   * server gave out is one of which nothing is known any more.
   */
  async since(identity: Identity, topic: { projectId: string; runId?: string | undefined }, position: string | null): Promise<EventPage> {
    const scope = scopeOf(await this.#open(), identity);
    if (position === null || parsePosition(position) !== null) return readEvents(scope, topic, position);
    return { ...(await readEvents(scope, topic, null)), incomplete: true };
  }

  /**
   * Calls back with whatever is committed to any project after the promise has resolved, and with how far it has looked where there is
   * nothing. Gives the way to stop.
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

  /** There may be something: look at once. */
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

  /** Looks so many milliseconds from now, unless it will sooner: notifications that keep coming must not put it off. */
  #lookWithin(milliseconds: number): void {
    const due = performance.now() + milliseconds;
    if (this.#timer !== undefined && this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#look(), milliseconds).unref();
  }

  /** Many notifications come to one look. */
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
      // Where something happens more will, and a notification may have been sent before we were known to listen.
      const isQuiet = !found && this.mode === 'listen';
      this.#lookWithin(this.#again ? this.#rest : isQuiet ? LOOK_ANYWAY_EVERY : LOOK_EVERY);
    });
  }

  /** Whether there was something. A database that does not answer is asked again, from the same position. */
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
