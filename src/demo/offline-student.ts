import { stem, stemsOf } from './words.js';

/** A prompt as the stand-in reads it. */
export interface ClassifyPrompt {
  readonly instruction: string;
  readonly labels: readonly string[];
  readonly demos: readonly { text: string; label: string }[];
  readonly text: string;
}

/** `"refund" => billing`: the one form of advice that the stand-in understands. */
const CUE = /"([^"\n]+)"\s*=>\s*(\w+)/g;

export interface Cue {
  readonly word: string;
  readonly label: string;
}

export function cuesIn(instruction: string): Cue[] {
  return [...instruction.matchAll(CUE)].map(([, word = '', label = '']) => ({ word: word.toLowerCase(), label }));
}

/**
 * Picks a label: the one that most cues of the instruction speak for, else that of the most similar demonstration, else a
 * label whose own name stands in the text, else the first. Nothing here understands a sentence.
 */
export function classify({ instruction, labels, demos, text }: ClassifyPrompt): string {
  const stems = stemsOf(text);
  const cues = cuesIn(instruction).filter(({ word, label }) => stems.has(stem(word)) && labels.includes(label));
  const byCue = mostFrequent(cues.map(({ label }) => label));
  const nearest = demos
    .map((demo) => ({ label: demo.label, shared: [...stemsOf(demo.text)].filter((word) => stems.has(word)).length }))
    .reduce((one, other) => (other.shared > one.shared ? other : one), { label: '', shared: 0 });
  const byName = labels.find((label) => label.split('_').some((part) => part.length > 2 && stems.has(stem(part))));
  return byCue ?? (nearest.shared > 0 ? nearest.label : undefined) ?? byName ?? labels[0] ?? '';
}

/** The value that occurs most often; of several, the one met first. */
function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}
