import { type ChangeObject, diffArrays, diffLines, diffWordsWithSpace } from 'diff';
import { isUnspaced, wordsOf } from './words-of.js';

export interface DiffPiece {
  readonly text: string;
  readonly kind: 'same' | 'added' | 'removed';
}

export interface TextDiff {
  readonly pieces: readonly DiffPiece[];
  /** How fine it is; coarser where the texts are too long, or too different, to be compared by word in time. */
  readonly by: 'word' | 'line' | 'whole';
  /** Words, lines or texts that came and went. */
  readonly added: number;
  readonly removed: number;
}

/** Characters that differ, beyond which words are too many to compare. */
const MAX_WORD_CHARACTERS = 200_000;
const MAX_LINE_CHARACTERS = 4_000_000;
/** Milliseconds that a comparison may take of the page's thread before it is made coarser. */
const PATIENCE = 300;

/**
 * What changed between two texts. What they begin and end with alike is set aside first, so that a small edit of a very long
 * prompt is still found by word.
 */
export function diffTexts(before: string, after: string): TextDiff {
  const [head, tail] = alike(before, after);
  const [from, to] = [before.slice(head, before.length - tail), after.slice(head, after.length - tail)];
  const middle = compared(from, to);
  const pieces: DiffPiece[] = [
    { text: before.slice(0, head), kind: 'same' },
    ...middle.pieces,
    { text: before.slice(before.length - tail), kind: 'same' },
  ];
  const joined = pieces.filter(({ text }) => text !== '');
  return { ...middle, pieces: joined };
}

function compared(from: string, to: string): TextDiff {
  const length = from.length + to.length;
  if (length === 0) return { pieces: [], by: 'word', added: 0, removed: 0 };
  const words = length <= MAX_WORD_CHARACTERS ? byWord(from, to) : undefined;
  if (words !== undefined) return asDiff(words, 'word');
  const lines = length <= MAX_LINE_CHARACTERS ? diffLines(from, to, { timeout: PATIENCE }) : undefined;
  if (lines !== undefined) return asDiff(lines, 'line');
  const whole: DiffPiece[] = [
    { text: from, kind: 'removed' },
    { text: to, kind: 'added' },
  ];
  return { pieces: whole, by: 'whole', added: to === '' ? 0 : 1, removed: from === '' ? 0 : 1 };
}

/** By words; in scripts without spaces by the words that a dictionary finds. */
function byWord(from: string, to: string): ChangeObject<string>[] | undefined {
  if (!isUnspaced(from) && !isUnspaced(to)) return diffWordsWithSpace(from, to, { timeout: PATIENCE });
  const changes = diffArrays(wordsOf(from), wordsOf(to), { timeout: PATIENCE });
  return changes?.map((change) => ({ ...change, value: change.value.join('') }));
}

function asDiff(changes: readonly ChangeObject<string>[], by: 'word' | 'line'): TextDiff {
  const pieces = changes.map(({ value, added, removed }): DiffPiece => {
    return { text: value, kind: added ? 'added' : removed ? 'removed' : 'same' };
  });
  const sum = (kind: DiffPiece['kind']) => pieces.filter((each) => each.kind === kind).reduce((all, each) => all + units(each.text, by), 0);
  return { pieces: by === 'word' ? joined(pieces) : pieces, by, added: sum('added'), removed: sum('removed') };
}

function units(text: string, by: 'word' | 'line'): number {
  if (by === 'line') return text.replace(/\n$/, '').split('\n').length;
  return (isUnspaced(text) ? wordsOf(text) : text.split(/\s+/)).filter((word) => word.trim() !== '').length;
}

/**
 * Changes with nothing but a space between them as one: where few words of a sentence stayed, a person reads the old one and
 * then the new one, and not the two word by word in turn.
 */
function joined(pieces: readonly DiffPiece[]): readonly DiffPiece[] {
  const result: DiffPiece[] = [];
  let [removed, added] = ['', ''];
  const close = () => {
    if (removed !== '') result.push({ text: removed, kind: 'removed' });
    if (added !== '') result.push({ text: added, kind: 'added' });
    [removed, added] = ['', ''];
  };
  for (const [index, piece] of pieces.entries()) {
    const isBridge = removed !== '' && added !== '' && /^[ \t]+$/.test(piece.text) && pieces[index + 1]?.kind === 'removed';
    if (piece.kind === 'same' && !isBridge) {
      close();
      result.push(piece);
      continue;
    }
    if (piece.kind !== 'added') removed += piece.text;
    if (piece.kind !== 'removed') added += piece.text;
  }
  close();
  return result;
}

/** Lengths of what both begin with and end with, cut back to whole words so that a word is compared as one. */
function alike(before: string, after: string): readonly [head: number, tail: number] {
  const most = Math.min(before.length, after.length);
  let head = sharedLength(most, (start, end) => before.slice(start, end) === after.slice(start, end));
  if (head === before.length && head === after.length) return [head, 0];
  while (head > 0 && !isSpace(before, head - 1)) head -= 1;
  const fromEnd = (text: string, start: number, end: number) => text.slice(text.length - end, text.length - start);
  let tail = sharedLength(most - head, (start, end) => fromEnd(before, start, end) === fromEnd(after, start, end));
  while (tail > 0 && !isSpace(before, before.length - tail)) tail -= 1;
  return [head, tail];
}

/** How far two texts agree: in blocks first, since a comparison of slices takes a fraction of one by character. */
function sharedLength(most: number, agrees: (start: number, end: number) => boolean): number {
  let length = 0;
  for (let block = 65_536; block >= 1; block = Math.floor(block / 16)) {
    while (length + block <= most && agrees(length, length + block)) length += block;
  }
  return length;
}

const isSpace = (text: string, at: number) => /\s/.test(text.charAt(at));
