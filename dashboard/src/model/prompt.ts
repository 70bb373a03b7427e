import { demonstrations } from '../../../src/prompt/demonstrations.js';
import type { PromptPart } from '../../../src/prompt/part.js';
import { promptParts } from '../../../src/prompt/parts.js';
import { partText } from '../../../src/prompt/text.js';

export { programText } from '../../../src/prompt/text.js';

/** One prompt of two programs, beside each other. */
export interface PromptPair {
  /** What to call it: its component, predictor or role. */
  readonly title: string;
  /** Its text with demonstrations; null where that program has no such part. */
  readonly before: string | null;
  readonly after: string | null;
  /** What goes in and comes out, as its library writes it. */
  readonly signature: string | null;
}

interface ReadablePart {
  readonly title: string;
  readonly text: string;
  readonly signature: string | null;
}

/** The parts of a program under names that are each used once; a program of no known shape is one part, its JSON. */
export function readableParts(program: unknown): readonly ReadablePart[] {
  if (program === null || program === undefined) return [];
  const parts = promptParts(program);
  if (parts === null) return [{ title: 'Program (JSON)', text: JSON.stringify(program, null, 2), signature: null }];
  const seen = new Map<string, number>();
  return parts.map((part) => {
    const name = titleOf(part);
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return {
      title: times === 1 ? name : `${name} (${times})`,
      text: part.text === '' ? demonstrations(part.demos, null) : partText(part),
      signature: part.signature,
    };
  });
}

function titleOf({ name, text }: PromptPart): string {
  if (text === '') return name === null ? 'Demonstrations' : `Demonstrations for ${name}`;
  return name ?? 'Prompt';
}

/** The prompts of two programs by name, in the order of the later one, and then those that only the earlier one has. */
export function promptPairs(before: unknown, after: unknown): readonly PromptPair[] {
  const [earlier, later] = [readableParts(before), readableParts(after)];
  const textIn = (parts: readonly ReadablePart[], title: string) => parts.find((part) => part.title === title)?.text ?? null;
  return [
    ...later.map(({ title, text, signature }) => ({ title, before: textIn(earlier, title), after: text, signature })),
    ...earlier
      .filter(({ title }) => textIn(later, title) === null)
      .map(({ title, text, signature }) => ({ title, before: text, after: null, signature })),
  ];
}
