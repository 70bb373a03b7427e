import type { DiffPiece } from './word-diff.js';

export interface CondensedPiece {
  readonly kind: DiffPiece['kind'] | 'left-out';
  /** Empty where it was left out. */
  readonly text: string;
  /** Characters that were left out. */
  readonly leftOut: number;
}

/** Characters that are kept around what changed, and of what is longer than a reader goes through. */
const AROUND = 1_500;
const LONGEST_CHANGE = 20_000;

/** A diff with the middle of its long unchanged stretches left out, and of very long changes all but the beginning. */
export function condense(pieces: readonly DiffPiece[]): readonly CondensedPiece[] {
  return pieces.flatMap(({ kind, text }): CondensedPiece[] => {
    const whole = { kind, text, leftOut: 0 };
    if (kind !== 'same') {
      if (text.length <= LONGEST_CHANGE) return [whole];
      return [{ ...whole, text: whole.text.slice(0, LONGEST_CHANGE).toWellFormed() }, leaveOut(text.length - LONGEST_CHANGE)];
    }
    const leftOut = text.length - 2 * AROUND;
    if (leftOut < AROUND) return [whole];
    return [
      { ...whole, text: text.slice(0, AROUND).toWellFormed() },
      leaveOut(leftOut),
      { ...whole, text: text.slice(-AROUND).toWellFormed() },
    ];
  });
}

const leaveOut = (leftOut: number): CondensedPiece => ({ kind: 'left-out', text: '', leftOut });
