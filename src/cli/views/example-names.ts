import type { Context } from '../context.js';
import { plainLine } from '../format/plain.js';

/** Characters of an input that name an example. */
const SHOWN = 60;
/** Samples of one iteration that are looked through for names. */
const MOST_SAMPLES = 5_000;

interface Named {
  exampleHash: string | null;
  exampleId: string | null;
}

/** Names examples for a reader: the data set's own id, otherwise the beginning of the input, otherwise the hash. */
export async function exampleNames(
  { client, signal }: Context,
  place: { runId: string; iteration: number; projectId: string },
  examples: readonly Named[],
): Promise<(example: Named) => string> {
  const inputs = new Map<string, string>();
  if (examples.some(({ exampleId }) => exampleId === null)) {
    const { runId, iteration, projectId } = place;
    const samples = await client.getOptimizationSamples(runId, iteration, MOST_SAMPLES, { projectId, hashes: true, signal });
    for (const { exampleHash, input } of samples) {
      if (exampleHash) inputs.set(exampleHash, excerptOf(input));
    }
  }
  return ({ exampleHash, exampleId }) => exampleId ?? inputs.get(exampleHash ?? '') ?? exampleHash?.slice(0, 12) ?? '-';
}

function excerptOf(input: unknown): string {
  const text = plainLine(typeof input === 'string' ? input : JSON.stringify(input));
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
