import { useEffect, useState } from 'react';
import { Skeleton } from '../components/States.js';
import type { Piece } from './diff.js';

const LOOKS = {
  same: '',
  added: 'rounded-xs bg-good-soft text-good underline decoration-1 underline-offset-2',
  removed: 'rounded-xs bg-bad-soft text-bad line-through decoration-1',
} as const;

/** Most characters that are drawn: a browser takes seconds to lay out more. */
const SHOWN = 200_000;

/** Two texts as one, with what was taken out struck through and what was put in underlined. Always plain text. */
export function WordDiff({ before, after }: { before: string; after: string }) {
  const [pieces, setPieces] = useState<readonly Piece[] | null>(null);
  useEffect(() => {
    let ended = false;
    void import('./diff.js').then(({ differences }) => {
      if (!ended) setPieces(differences(before, after));
    });
    return () => {
      ended = true;
    };
  }, [before, after]);
  if (pieces === null) return <Skeleton rows={3} />;
  const long = pieces.reduce((sum, { text }) => sum + text.length, 0) > SHOWN;
  let left = SHOWN;
  return (
    <>
      <pre className="whitespace-pre-wrap break-words font-mono text-xs">
        {pieces.map(({ kind, text }, index) => {
          const shown = text.slice(0, Math.max(0, left));
          left -= text.length;
          const Element = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span';
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else to be told apart by, and never move
            <Element key={index} className={LOOKS[kind]}>
              {shown}
            </Element>
          );
        })}
      </pre>
      {long && (
        <p className="mt-2 text-muted text-xs">The first 200,000 characters are shown; copy or export the prompt to see all of it.</p>
      )}
    </>
  );
}
