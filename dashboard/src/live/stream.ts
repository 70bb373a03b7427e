import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { authorization } from '../api/api-key.js';
import { problemOf } from '../api/problem.js';

/** `live`: events arrive as they are committed; `waiting`: the server does not answer, and is asked again; `refused`: it will not. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'refused' | 'paused';

export interface StreamListener {
  message: (message: EventSourceMessage) => void;
  state: (state: StreamState) => void;
}

/** The server sends a sign of life each 15 s: after three of them missed the connection is dead, whatever TCP thinks. */
const SILENCE_MS = 45_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
/** After so many in a row the wait grows no longer. */
const MOST_FAILURES = 4;

/**
 * Reads server-sent events until it is closed, and connects again where it left off. Unlike the browser's EventSource it
 * sends the API key. Returns the way to close it.
 */
export function openStream(path: string, listener: StreamListener): () => void {
  const closing = new AbortController();
  let lastEventId = '';
  let failures = 0;

  async function read(signal: AbortSignal, alive: () => void): Promise<void> {
    const response = await fetch(path, {
      headers: { Accept: 'text/event-stream', ...authorization(), ...(lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId }) },
      cache: 'no-store',
      signal,
    });
    if (!response.ok || response.body === null) throw await problemOf(response);
    const parser = createParser({
      onEvent(message) {
        if (message.id !== undefined) lastEventId = message.id;
        if (message.event === 'hello') {
          failures = 0;
          listener.state('live');
        }
        listener.message(message);
      },
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      parser.feed(decoder.decode(value, { stream: true }));
    }
  }

  async function connect(): Promise<'again' | 'refused'> {
    const attempt = new AbortController();
    const end = () => attempt.abort();
    closing.signal.addEventListener('abort', end);
    let silence = setTimeout(end, SILENCE_MS);
    try {
      await read(attempt.signal, () => {
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE_MS);
      });
      return 'again';
    } catch (error) {
      const status = error instanceof Error && 'status' in error ? Number(error.status) : 0;
      return status === 401 || status === 403 || status === 404 ? 'refused' : 'again';
    } finally {
      clearTimeout(silence);
      closing.signal.removeEventListener('abort', end);
      attempt.abort();
    }
  }

  async function run(): Promise<void> {
    listener.state('connecting');
    while (!closing.signal.aborted) {
      const outcome = await connect();
      if (closing.signal.aborted) return;
      listener.state(outcome === 'refused' ? 'refused' : 'waiting');
      // A project may be made, or its reader become a member, while the page is open.
      if (outcome === 'refused') failures = MOST_FAILURES;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures) * (0.75 + Math.random() / 2);
      failures = Math.min(failures + 1, MOST_FAILURES);
      await pause(wait, closing.signal);
    }
  }

  void run();
  return () => closing.abort();
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
