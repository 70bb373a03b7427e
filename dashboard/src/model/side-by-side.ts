import type { DiffPiece } from './word-diff.js';

export interface DiffRow {
  /** Null where the other side has a line that this one has not. */
  readonly left: readonly DiffPiece[] | null;
  readonly right: readonly DiffPiece[] | null;
}

/** The diff as pairs of lines, the old text on the left: lines that both have stand beside each other. */
export function sideBySide(pieces: readonly DiffPiece[]): readonly DiffRow[] {
  const sheet = new Sheet();
  for (const { text, kind } of pieces) {
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) sheet.endLine(kind);
      if (line !== '') sheet.write({ text: line, kind });
    }
  }
  return sheet.rows();
}

class Sheet {
  private readonly done: DiffRow[] = [];
  /** Lines since both sides last ended one together. */
  private left: DiffPiece[][] = [[]];
  private right: DiffPiece[][] = [[]];

  write(piece: DiffPiece): void {
    if (piece.kind !== 'added') this.left.at(-1)?.push(piece);
    if (piece.kind !== 'removed') this.right.at(-1)?.push(piece);
  }

  endLine(kind: DiffPiece['kind']): void {
    if (kind === 'same') this.pair();
    else (kind === 'removed' ? this.left : this.right).push([]);
  }

  rows(): readonly DiffRow[] {
    this.pair();
    return this.done;
  }

  private pair(): void {
    const length = Math.max(this.left.length, this.right.length);
    for (let line = 0; line < length; line += 1) this.done.push({ left: this.left[line] ?? null, right: this.right[line] ?? null });
    this.left = [[]];
    this.right = [[]];
  }
}
