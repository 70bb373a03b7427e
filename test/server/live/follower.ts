import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { vi } from 'vitest';
import type { TrailEvent } from '../../../src/schemas/event.js';

export interface Message {
  event: string;
  id: string | undefined;
  data: unknown;
}

/** A client of a live stream, which remembers what it was told as an EventSource does. */
export class Follower {
  readonly messages: Message[] = [];
  readonly comments: string[] = [];
  /** Whether the server has ended the stream. */
  ended = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    if (response.body === null) throw new Error('the answer has no body');
    this.#reader = response.body.getReader();
    void this.#read();
  }

  get lastEventId(): string {
    return this.messages.findLast(({ id }) => id !== undefined)?.id ?? '';
  }

  /** What happened to the trail, without what concerns the stream alone. */
  get events(): TrailEvent[] {
    return this.messages.filter(({ event }) => event.includes('.')).map(({ data }) => data as TrailEvent);
  }

  /** Runs and iterations that it was told of. */
  get recorded(): string[] {
    return this.events.flatMap(({ runId, iterations }) => (iterations ?? []).map((iteration) => `${runId} ${iteration}`));
  }

  until(told: (follower: Follower) => boolean, timeout = 8_000): Promise<unknown> {
    return vi.waitUntil(() => told(this), { timeout, interval: 5 });
  }

  untilTold(event: string): Promise<unknown> {
    return this.until(({ messages }) => messages.some((message) => message.event === event));
  }

  async close(): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  async #read(): Promise<void> {
    const parser = createParser({
      onEvent: ({ event = 'message', id, data }: EventSourceMessage) => this.messages.push({ event, id, data: JSON.parse(data) }),
      onComment: (comment) => this.comments.push(comment),
    });
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await this.#reader.read().catch(() => ({ done: true, value: undefined }));
      if (done) break;
      parser.feed(decoder.decode(value, { stream: true }));
    }
    this.ended = true;
  }
}
