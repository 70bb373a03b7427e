import { isOptrailError } from '../../errors.js';
import type { TrailEvent } from '../../schemas/event.js';
import type { Caller, CommittedEvent, EventBatch, EventFeed, EventTopic } from '../port.js';
import { later, type Position, parsePosition, sees } from '../position.js';
import { onceAborted } from './closing.js';
import { message, ping, RETRY } from './messages.js';
import { PendingEvents } from './pending.js';

/** Milliseconds that events wait for others of their kind. */
const GATHER = 50;
const HEARTBEAT = 15_000;
/** A key that was revoked, or a member who was sent away, is told nothing after twice this. */
const RECHECK = 30_000;
/** Bytes that are written ahead of a slow reader, and events that wait for it; of one that is slower it is said that it missed some. */
const AHEAD = { bytes: 64 * 1024, events: 1_000 };

export interface StreamOptions {
  feed: EventFeed;
  caller: Caller;
  topic: EventTopic;
  /** Where the client has been before; null where it begins. */
  lastEventId: string | null;
  /** Rejects with `unauthenticated`, `forbidden` or `not_found` once the caller may not follow this topic any more. */
  recheck(): Promise<unknown>;
  /** Milliseconds between two checks of that. */
  recheckEvery?: number | undefined;
  /** Aborted when the server stops. */
  closing: AbortSignal;
  /** Aborted when the client has gone. */
  gone: AbortSignal;
}

const encoder = new TextEncoder();

/**
 * What is committed to a topic, as it is committed, from where the client was: first what the caller may read of it since then, then what the
 * one reader of all finds. The two overlap, and by its transaction each event is told once. Rejects where the database cannot be read.
 */
export async function openStream(options: StreamOptions): Promise<ReadableStream<Uint8Array>> {
  const early: EventBatch[] = [];
  let take = (batch: EventBatch): void => void early.push(batch);
  // In this order, so that whatever the read below does not see is told to the follower.
  const stop = await options.feed.follow((batch) => take(batch));
  try {
    const mode = await options.feed.detect();
    const before = await options.feed.since(options.caller, options.topic, options.lastEventId);
    const stream = new LiveStream(options, stop);
    stream.begin(mode, before);
    for (const batch of early) stream.take(batch);
    take = (batch) => stream.take(batch);
    return stream.body;
  } catch (error) {
    stop();
    throw error;
  }
}

class LiveStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: StreamOptions;
  readonly #pending = new PendingEvents();
  readonly #over = new AbortController();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Everything up to here was sent, or is pending. */
  #position: Position | null = null;
  /** Everything up to here was sent. */
  #sent = '';
  #hasMissed = false;
  #gathering: NodeJS.Timeout | undefined;

  constructor(options: StreamOptions, stop: () => void) {
    this.#options = options;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#send(),
        cancel: () => this.#end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: AHEAD.bytes }),
    );
    this.#atEnd(stop);
    this.#atEnd(onceAborted(options.closing, () => this.#sayGoodbye('shutdown')));
    options.gone.addEventListener('abort', () => this.#end(), { once: true, signal: this.#over.signal });
  }

  /** Greets the client, and tells it what it has missed. */
  begin(mode: EventFeed['mode'], missed: EventBatch): void {
    const { lastEventId, recheckEvery = RECHECK, closing, gone } = this.#options;
    const known = lastEventId === null ? null : parsePosition(lastEventId);
    // With the place it was at, so that a client that hears no more than this misses nothing.
    this.#sent = known?.text ?? missed.position;
    this.#write(RETRY + message('hello', this.#sent, { mode }));
    // A place of which nothing is known any more may even lie ahead, in a database that was restored.
    this.#position = missed.incomplete ? null : known;
    this.take(missed);
    this.#send();
    if (gone.aborted) this.#end();
    if (closing.aborted) this.#sayGoodbye('shutdown');
    this.#every(HEARTBEAT, () => this.#beat());
    this.#every(recheckEvery, () => this.#recheck());
  }

  take(batch: EventBatch): void {
    const position = parsePosition(batch.position);
    if (position === null || this.#over.signal.aborted) return;
    const had = this.#position;
    this.#position = had === null ? position : later(had, position);
    if (batch.incomplete && this.#position !== had) this.#miss();
    const isNew = ({ transaction, event }: CommittedEvent) => (had === null || !sees(had, transaction)) && this.#isAsked(event);
    if (!this.#hasMissed) for (const each of batch.events) if (isNew(each)) this.#pending.add(each.event);
    if (this.#pending.size > AHEAD.events) this.#miss();
    if (this.#hasMissed || this.#pending.size > 0) this.#gathering ??= setTimeout(() => this.#send(), GATHER);
  }

  #isAsked(event: TrailEvent): boolean {
    const { projectId, runId } = this.#options.topic;
    return event.projectId === projectId && (runId === undefined || event.runId === runId);
  }

  /** Whoever reads everything anew needs no events from before. */
  #miss(): void {
    this.#pending.clear();
    this.#hasMissed = true;
  }

  /** Sends what waits, unless the reader is behind: then the next one who asks is `pull`. */
  #send(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#position === null || !this.#hasRoom()) return;
    const to = this.#position.text;
    const events = this.#pending.take();
    // All but the last with the place before all of them: a client that loses the connection in between is told all of them again.
    let text = events.map((event, index) => message(event.kind, index === events.length - 1 ? to : this.#sent, event)).join('');
    if (this.#hasMissed) text = message('reset', to, {});
    this.#hasMissed = false;
    if (text === '') return;
    this.#sent = to;
    this.#write(text);
  }

  #beat(): void {
    if (!this.#hasRoom()) return;
    if (this.#pending.size === 0 && !this.#hasMissed && this.#position !== null) this.#sent = this.#position.text;
    this.#write(ping(this.#sent));
  }

  async #recheck(): Promise<void> {
    try {
      await this.#options.recheck();
    } catch (error) {
      // A database that does not answer says nothing about the caller.
      const isOver = isOptrailError(error) && ['unauthenticated', 'forbidden', 'not_found'].includes(error.code);
      if (isOver) this.#sayGoodbye('unauthorized');
    }
  }

  #sayGoodbye(reason: 'shutdown' | 'unauthorized'): void {
    if (this.#over.signal.aborted) return;
    this.#write(message('goodbye', this.#sent, { reason }));
    this.#end();
  }

  #end(): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    clearTimeout(this.#gathering);
    try {
      this.#controller?.close();
    } catch {
      // The reader has ended it already.
    }
  }

  #hasRoom(): boolean {
    return !this.#over.signal.aborted && (this.#controller?.desiredSize ?? 0) > 0;
  }

  #write(text: string): void {
    if (!this.#over.signal.aborted) this.#controller?.enqueue(encoder.encode(text));
  }

  #every(milliseconds: number, work: () => unknown): void {
    const timer = setInterval(work, milliseconds);
    this.#atEnd(() => clearInterval(timer));
  }

  #atEnd(work: () => void): void {
    this.#over.signal.addEventListener('abort', work, { once: true });
  }
}
