import type { Direction } from '../../../../src/schemas/run.js';
import type { OptimizationSample } from '../../../../src/schemas/sample.js';

export type Outcome = 'improved' | 'regressed' | 'same';

/** What two iterations made of the same example. */
export interface SamplePair {
  key: string;
  from: OptimizationSample;
  to: OptimizationSample;
  outcome: Outcome;
  /** How much better the second is: positive is better, whatever the direction. */
  gain: number;
}

export interface Joined {
  pairs: SamplePair[];
  /** Examples that only one of them evaluated. */
  alone: { from: number; to: number };
}

const scoreOf = ({ score, failed }: OptimizationSample): number => score ?? (failed ? 0 : 1);

function joinKey({ exampleHash, sampleIndex }: OptimizationSample): string {
  return exampleHash ?? `index ${sampleIndex}`;
}

/** Samples by the identity of their example, the worst regression first. An example that was evaluated twice counts by its first. */
export function joinSamples(from: readonly OptimizationSample[], to: readonly OptimizationSample[], direction: Direction): Joined {
  const before = new Map(from.toReversed().map((sample) => [joinKey(sample), sample]));
  const after = new Map(to.toReversed().map((sample) => [joinKey(sample), sample]));
  const sign = direction === 'maximize' ? 1 : -1;
  const pairs = [...after].flatMap(([key, sample]): SamplePair[] => {
    const other = before.get(key);
    if (other === undefined) return [];
    const gain = sign * (scoreOf(sample) - scoreOf(other));
    return [{ key, from: other, to: sample, gain, outcome: gain > 0 ? 'improved' : gain < 0 ? 'regressed' : 'same' }];
  });
  pairs.sort((a, b) => a.gain - b.gain || a.to.sampleIndex - b.to.sampleIndex);
  return { pairs, alone: { from: before.size - pairs.length, to: after.size - pairs.length } };
}
