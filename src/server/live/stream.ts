import { isOptrailError } from '../../errors.js';
import type { TrailEvent } from '../../schemas/event.js';
import type { Caller, CommittedEvent, EventBatch, EventFeed, EventTopic } from '../port.js';
import { later, type Position, parsePosition, sees } from '../position.js';
import { onceAborted } from './closing.js';
import { message, ping, RETRY } from './messages.js';
import { PendingEvents } from './pending.js';

/** Time in which events of one kind are coalesced, in ms. */
const GATHER = 50;
const HEARTBEAT = 15_000;
/** Interval of access checks, in ms. A revoked caller gets no events after two of them. */
const RECHECK = 30_000;
/** Buffer of a slow reader, in bytes and events. On overflow it gets `reset`. */
const AHEAD = { bytes: 64 * 1024, events: 1_000 };

export interface StreamOptions {
  feed: EventFeed;
  caller: Caller;
  topic: EventTopic;
  /** The id of the client's last event; null if it is new. */
  lastEventId: string | null;
  /** Rejects with `unauthenticated`, `forbidden` or `not_found` if the caller lost access to the topic. */
  recheck(): Promise<unknown>;
  /** Interval of these checks, in ms. */
  recheckEvery?: number | undefined;
  /** Aborted when the server stops. */
  closing: AbortSignal;
  /** Aborted when the client disconnects. */
  gone: AbortSignal;
}

const encoder = new TextEncoder();

/**
 * Streams the events of a topic from the client's last position: first those read as the caller, then those of the shared feed. The two
 * overlap; events are deduplicated by transaction. Rejects if the database cannot be read.
 */
export async function openStream(options: StreamOptions): Promise<ReadableStream<Uint8Array>> {
  const early: EventBatch[] = [];
  let take = (batch: EventBatch): void => void early.push(batch);
  // Follow before reading: the feed then has every event that the read does not see.
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
  /** Position up to which all events were sent or are pending. */
  #position: Position | null = null;
  /** Position up to which all events were sent. */
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

  /** Sends `hello` and the missed events. */
  begin(mode: EventFeed['mode'], missed: EventBatch): void {
    const { lastEventId, recheckEvery = RECHECK, closing, gone } = this.#options;
    const known = lastEventId === null ? null : parsePosition(lastEventId);
    // With the client's own position: if the connection breaks here, nothing is missed.
    this.#sent = known?.text ?? missed.position;
    this.#write(RETRY + message('hello', this.#sent, { mode }));
    // An unknown position may even lie ahead, after a restore of the database.
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

  /** A `reset` makes the client reload, so pending events are dropped. */
  #miss(): void {
    this.#pending.clear();
    this.#hasMissed = true;
  }

  /** Flushes pending events. If the stream is full, `pull` flushes later. */
  #send(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    if (this.#position === null || !this.#hasRoom()) return;
    const to = this.#position.text;
    const events = this.#pending.take();
    // All but the last carry the position before the batch: a client that reconnects in between gets the whole batch again.
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
      // If the database does not answer, the caller's access is unknown: keep the stream.
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
      // The client has closed the stream already.
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
