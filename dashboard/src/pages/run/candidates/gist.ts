import { programText } from '../../../model/prompt.js';
import { wordsOf } from '../../../model/words-of.js';

const known = new WeakMap<object, string>();
/** Characters of a line of the label, and of a line of a prompt that is looked at. */
const LINE = 16;
const LOOKED_AT = 400;

/** The edit in one line: the line that a program has and its parent has not, a new one before a rewritten one. Empty if no line differs. */
export function gistText(before: unknown, after: unknown): string {
  const key = typeof after === 'object' && after !== null ? after : null;
  const cached = key === null ? undefined : known.get(key);
  if (cached !== undefined) return cached;
  const old = programText(before).text.split('\n');
  const lines = new Set(old);
  const added = programText(after)
    .text.split('\n')
    .filter((line) => line.trim() !== '' && !lines.has(line));
  const isNew = (line: string) => old.every((other) => likeness(line, other) < 0.5);
  const gist = (added.find(isNew) ?? added[0] ?? '').trim().slice(0, LOOKED_AT).toWellFormed();
  if (key !== null) known.set(key, gist);
  return gist;
}

/** Share of a line's words that another line has too. */
function likeness(line: string, other: string): number {
  const words = wordsOf(line.slice(0, LOOKED_AT)).filter((word) => word.trim() !== '');
  const there = new Set(wordsOf(other.slice(0, LOOKED_AT)));
  return words.filter((word) => there.has(word)).length / Math.max(1, words.length);
}

/** The first words of the edit in two short lines. */
export function gistOf(before: unknown, after: unknown): readonly string[] {
  const result: string[] = [''];
  const gist = gistText(before, after);
  if (gist === '') return [];
  for (const word of gist.split(/\s+/)) {
    const line = result.at(-1) ?? '';
    if (line !== '' && line.length + word.length + 1 > LINE) {
      if (result.length === 2) return [result[0] ?? '', `${line.slice(0, LINE).toWellFormed()}…`];
      result.push(word.slice(0, LINE).toWellFormed());
    } else result[result.length - 1] = `${line} ${word}`.trim().slice(0, LINE).toWellFormed();
  }
  return result;
}
