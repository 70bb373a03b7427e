import type { Ticket } from './tickets.js';

/** What was said of one classified ticket. */
export interface Remark {
  readonly text: string;
  readonly expected: string;
  /** The label it got instead; absent where it got the right one. */
  readonly mistaken: string | undefined;
}

/** The feedback on a prediction, as a sentence that a language model can learn from, and the stand-in can read. */
export function remarkOn({ ticket, category }: Ticket, predicted: unknown): string {
  const verdict = predicted === category ? 'Right.' : `Wrong: it was labelled ${String(predicted)}.`;
  return `"${ticket}" belongs to ${category}. ${verdict}`;
}

/** The remarks in a prompt, where they stand as JSON strings. */
export function remarksIn(prompt: string): Remark[] {
  const remarks = prompt.matchAll(/\\"(.*?)\\" belongs to (\w+)\. (?:Right|Wrong: it was labelled (\w+))\./g);
  return [...remarks].map(([, text = '', expected = '', mistaken]) => ({ text, expected, mistaken }));
}
