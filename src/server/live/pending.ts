import type { TrailEvent } from '../../schemas/event.js';

/** Most iterations of one event; beyond them the event names none, and clients read all. */
const MOST_ITERATIONS = 100;

/** Events that wait to be sent, coalesced by kind and run: clients read the current state once, however often it changed. */
export class PendingEvents {
  readonly #events = new Map<string, TrailEvent>();

  get size(): number {
    return this.#events.size;
  }

  add(event: TrailEvent): void {
    const key = `${event.kind} ${event.status} ${event.runId} ${event.projectId}`;
    const before = this.#events.get(key);
    // Re-inserted at the end, so that the newest status is sent last.
    this.#events.delete(key);
    this.#events.set(key, before === undefined ? event : { ...event, iterations: both(before.iterations, event.iterations) });
  }

  take(): TrailEvent[] {
    const events = [...this.#events.values()];
    this.#events.clear();
    return events;
  }

  clear(): void {
    this.#events.clear();
  }
}

function both(some: number[] | null, others: number[] | null): number[] | null {
  if (some === null || others === null) return null;
  const all = [...new Set([...some, ...others])].sort((a, b) => a - b);
  return all.length > MOST_ITERATIONS ? null : all;
}
