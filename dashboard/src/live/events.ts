import type { TrailEvent } from '../../../src/schemas/event.js';

/** What became of one run since the last look: its events, put together. */
export interface RunNews {
  runId: string;
  projectId: string;
  deleted: boolean;
  changed: boolean;
  /** Numbers of iterations that were recorded or changed; null where they are too many to name. */
  iterations: Set<number> | null;
  /** Iterations whose samples arrived; null where they are too many to name. */
  samples: Set<number> | null;
}

function add(numbers: Set<number> | null, more: readonly number[] | null): Set<number> | null {
  if (numbers === null || more === null) return null;
  for (const number of more) numbers.add(number);
  return numbers;
}

/** Puts events together by run, so that a burst costs as many requests as one of them. */
export function gatherNews(events: readonly TrailEvent[]): RunNews[] {
  const news = new Map<string, RunNews>();
  for (const { kind, runId, projectId, iterations } of events) {
    const known = news.get(runId) ?? { runId, projectId, deleted: false, changed: false, iterations: new Set(), samples: new Set() };
    if (kind === 'run.deleted') known.deleted = true;
    else if (kind === 'iteration.recorded') known.iterations = add(known.iterations, iterations);
    else if (kind === 'samples.recorded') known.samples = add(known.samples, iterations);
    else known.changed = true;
    news.set(runId, known);
  }
  return [...news.values()];
}
