import { textPieces } from '../model/hidden-characters.js';

/** A text in which what hides, reorders or imitates stands under its own name. */
export function Characters({ text }: { text: string }) {
  return textPieces(text).map(({ text: piece, isHidden }, index) =>
    isHidden ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else to be told apart by, and never move
      <span key={index} title="A character that cannot be seen" className="mx-px rounded-xs bg-sunk px-0.5 text-2xs text-warn">
        {piece}
      </span>
    ) : (
      piece
    ),
  );
}
