import type { OptimizationSample } from '../../../src/schemas/sample.js';
import { valueText } from '../format/values.js';

/** A short answer is a label, and pairs of labels can be counted. */
const LABEL = 40;
/** Above so many different expected answers the task has free text, and pairs say nothing. */
const MOST_LABELS = 24;

export interface Failure {
  readonly expected: string;
  readonly predicted: string;
  readonly count: number;
}

const isLabel = (text: string) => text !== '' && text.length <= LABEL && !text.includes('\n');

/** Whether the expected answers are labels of a small set. */
export function hasLabels(samples: Iterable<OptimizationSample>): boolean {
  const expected = new Set<string>();
  for (const { expectedOutput } of samples) {
    const text = valueText(expectedOutput);
    if (!isLabel(text)) return false;
    expected.add(text);
    if (expected.size > MOST_LABELS) return false;
  }
  return expected.size > 1;
}

/** Pairs of expected and predicted among wrong answers, the most frequent first. */
export function failuresOf(samples: readonly OptimizationSample[]): readonly Failure[] {
  const counts = new Map<string, Failure>();
  for (const { expectedOutput, predictedOutput, errorMessage } of samples) {
    const expected = valueText(expectedOutput);
    const predicted = errorMessage === null ? shorten(valueText(predictedOutput)) : 'an error';
    const key = `${expected}\u0000${predicted}`;
    counts.set(key, { expected, predicted, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || a.expected.localeCompare(b.expected));
}

const shorten = (text: string) => (text === '' ? 'nothing' : text.length > LABEL ? `${text.slice(0, LABEL).toWellFormed()}…` : text);

/** Kinds of error among samples, by the first words of the message. */
export function errorKinds(samples: readonly OptimizationSample[]): readonly { kind: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { errorMessage } of samples) {
    if (errorMessage === null) continue;
    const kind = errorMessage.split(/[\n:]/)[0]?.slice(0, 60) ?? errorMessage;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count);
}

/** Name of the one field of the expected answers, `queue`; `answer` if they have none. */
export function facetName(samples: Iterable<OptimizationSample>): string {
  for (const { expectedOutput } of samples) {
    if (typeof expectedOutput === 'object' && expectedOutput !== null && !Array.isArray(expectedOutput)) {
      const [key, ...others] = Object.keys(expectedOutput);
      if (key !== undefined && others.length === 0) return key;
    }
    break;
  }
  return 'answer';
}
