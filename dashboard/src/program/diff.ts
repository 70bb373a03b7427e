import { diffLines, diffWordsWithSpace } from 'diff';

export interface Piece {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Longer texts are told apart by line: by word they would take the page's thread for seconds. */
const BY_WORD = 50_000;
/** After so long, in milliseconds, the texts are shown whole. */
const LONGEST = 1_500;

/** What changed from one text to another. Import this file with import() alone: the library is loaded with it. */
export function differences(before: string, after: string): Piece[] {
  if (before === after) return [{ kind: 'same', text: before }];
  const byWord = before.length + after.length <= BY_WORD;
  const changes = byWord ? diffWordsWithSpace(before, after, { timeout: LONGEST }) : diffLines(before, after, { timeout: LONGEST });
  if (changes === undefined) {
    return [
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ];
  }
  return changes.map(({ added, removed, value }) => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text: value }));
}
