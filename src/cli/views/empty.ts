import type { Context } from '../context.js';

/** An empty list says why, and what to do next. */
export async function noteEmpty({ output, reader, signal, typed }: Context, what: string): Promise<void> {
  const { data } = await reader.listOptimizationRuns({ limit: 1 }, { signal });
  output.note(data.length === 0 ? `There is nothing here yet: ${typed('demo')} records a first run.` : `There are no ${what}.`);
}
