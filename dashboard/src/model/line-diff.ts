import { diffArrays, diffLines } from 'diff';
import { wordsOf } from './words-of.js';

export interface LinePiece {
  readonly text: string;
  readonly isChanged: boolean;
}

export interface DiffLine {
  readonly sign: '+' | '−' | ' ' | '…';
  readonly pieces: readonly LinePiece[];
}

/** Characters of a text, above which words inside its lines are not compared. */
const LONGEST_LINE = 4_000;
/** Milliseconds that a comparison may take of the page's thread. */
const PATIENCE = 200;

/** Two texts as changed lines with their changed words, and one line around each change. Very different texts come whole. */
export function diffByLine(before: string, after: string, around = 1): readonly DiffLine[] {
  // A last line without its break would differ from the same line with one.
  const changes = diffLines(ended(before), ended(after), { timeout: PATIENCE }) ?? [
    { value: before, removed: true, added: false },
    { value: after, removed: false, added: true },
  ];
  const lines: DiffLine[] = [];
  let removed: string[] = [];
  const close = (added: string[]) => {
    lines.push(...pairLines(removed, added));
    removed = [];
  };
  for (const [index, { value, added, removed: isRemoved }] of changes.entries()) {
    const rows = linesOf(value);
    if (isRemoved) {
      removed = rows;
      if (!changes[index + 1]?.added) close([]);
    } else if (added) close(rows);
    else lines.push(...rows.map((text): DiffLine => ({ sign: ' ', pieces: [{ text, isChanged: false }] })));
  }
  return elide(lines, around);
}

const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** Lines that were rewritten stand under each other, paired by likeness. */
function pairLines(removed: readonly string[], added: readonly string[]): DiffLine[] {
  const left = new Map(removed.map((text, index) => [index, text]));
  const result: DiffLine[] = [];
  for (const text of added) {
    const [best] = [...left]
      .map(([index, other]) => ({ index, other, likeness: likenessOf(other, text) }))
      .sort((a, b) => b.likeness - a.likeness);
    if (best !== undefined && best.likeness >= 0.4) {
      left.delete(best.index);
      const [before, after] = emphasize(best.other, text);
      result.push({ sign: '−', pieces: before }, { sign: '+', pieces: after });
    } else result.push({ sign: '+', pieces: [{ text, isChanged: true }] });
  }
  return [...[...left.values()].map((text): DiffLine => ({ sign: '−', pieces: [{ text, isChanged: true }] })), ...result];
}

/** Share of the shorter line's words that the other has too. */
function likenessOf(one: string, other: string): number {
  if (one.length > LONGEST_LINE || other.length > LONGEST_LINE) return 0;
  const [a, b] = [wordsOf(one), wordsOf(other)].map((words) => words.filter((word) => word.trim() !== ''));
  const known = new Set(a);
  const shared = b?.filter((word) => known.has(word)).length ?? 0;
  return shared / Math.max(1, Math.min(a?.length ?? 0, b?.length ?? 0));
}

function emphasize(before: string, after: string): [LinePiece[], LinePiece[]] {
  const changes = diffArrays(wordsOf(before), wordsOf(after));
  const side = (skip: 'added' | 'removed') =>
    changes.filter((change) => !change[skip]).map(({ value, added, removed }) => ({ text: value.join(''), isChanged: added || removed }));
  return [side('added'), side('removed')];
}

/** Unchanged lines far from a change give way to one ellipsis. */
function elide(lines: readonly DiffLine[], around: number): DiffLine[] {
  const isNear = lines.map((_, index) => lines.slice(Math.max(0, index - around), index + around + 1).some(({ sign }) => sign !== ' '));
  const result: DiffLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (isNear[index]) result.push(line);
    else if (result.at(-1)?.sign !== '…' && result.length > 0) result.push({ sign: '…', pieces: [] });
  }
  return result.at(-1)?.sign === '…' ? result.slice(0, -1) : result;
}
