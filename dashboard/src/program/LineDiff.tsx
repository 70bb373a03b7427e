import { useEffect, useState } from 'react';
import type { DiffLine } from '../model/line-diff.js';
import { Characters } from './Characters.js';

const LOOKS: Record<DiffLine['sign'], { line: string; sign: string; word: string }> = {
  '+': { line: 'bg-fixed-soft', sign: 'text-fixed', word: 'rounded-xs bg-fixed-fill/30' },
  '−': { line: 'bg-broke-soft', sign: 'text-broke', word: 'rounded-xs bg-broke-fill/28' },
  ' ': { line: 'text-faint', sign: 'text-faint', word: '' },
  '…': { line: 'text-faint', sign: 'text-faint', word: '' },
};

/** The lines that differ between two texts; null while they are compared. */
export function useLineDiff(before: string, after: string, around = 1): readonly DiffLine[] | null {
  const [diff, setDiff] = useState<{ key: string; lines: readonly DiffLine[] } | null>(null);
  const key = `${before.length}:${before}\u0000${after}`;
  useEffect(() => {
    let isOver = false;
    void import('../model/line-diff.js').then(({ diffByLine }) => {
      if (!isOver) setDiff({ key, lines: diffByLine(before, after, around) });
    });
    return () => {
      isOver = true;
    };
  }, [before, after, around, key]);
  return diff?.key === key ? diff.lines : null;
}

interface LineDiffProps {
  lines: readonly DiffLine[];
  /** Lines that are shown at most. */
  most?: number;
  label: string;
}

/** Changed lines: the sign in the gutter, a tint on the line, a stronger one on the words. Nothing is underlined, so underscores are seen. */
export function LineDiff({ lines, most = Number.POSITIVE_INFINITY, label }: LineDiffProps) {
  const shown = lines.slice(0, most);
  return (
    <section
      aria-label={label}
      dir="auto"
      className="plain-text overflow-hidden rounded-lg bg-sunk py-1.5 font-mono text-xs leading-[19px]"
    >
      {shown.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else to be told apart by
        <Line key={index} line={line} />
      ))}
      {lines.length > shown.length && <div className="px-7 text-faint">… {lines.length - shown.length} more lines</div>}
      {lines.length === 0 && <div className="px-7 text-faint">No line differs</div>}
    </section>
  );
}

function Line({ line: { sign, pieces } }: { line: DiffLine }) {
  const { line, sign: mark, word } = LOOKS[sign];
  const Element = sign === '+' ? 'ins' : sign === '−' ? 'del' : 'span';
  return (
    <div className={`relative whitespace-pre-wrap py-px pr-3 pl-7 [overflow-wrap:anywhere] ${line}`}>
      <span aria-hidden="true" className={`absolute left-[11px] select-none font-semibold ${mark}`}>
        {sign === '…' ? '' : sign}
      </span>
      {sign === '…' && '…'}
      {pieces.map((piece, index) =>
        piece.isChanged ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else to be told apart by
          <Element key={index} className={`no-underline ${word}`}>
            <Characters text={piece.text} />
          </Element>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else to be told apart by
          <Characters key={index} text={piece.text} />
        ),
      )}
      {pieces.every(({ text }) => text === '') && sign !== '…' && ' '}
    </div>
  );
}
