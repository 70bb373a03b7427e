/** Controls, bidirectional overrides and isolates, zero-width characters, and the byte order mark: what a reader cannot see. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

export interface TextPiece {
  /** The text itself, or a name like `U+202E` for a character that has no look of its own. */
  readonly text: string;
  readonly isHidden: boolean;
}

/** Cuts a text so that characters which hide, reorder or imitate can be shown by their names. */
export function textPieces(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), isHidden: false });
    pieces.push({ text: `U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`, isHidden: true });
    end = match.index + 1;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), isHidden: false });
  return pieces;
}
