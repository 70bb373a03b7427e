import { useEffect, useMemo, useState } from 'react';
import { Button } from '../components/Button.js';
import { Skeleton } from '../components/States.js';
import { count } from '../format/number.js';
import { type CondensedPiece, condense } from '../model/condense.js';
import { type DiffRow, sideBySide } from '../model/side-by-side.js';
import type { TextDiff } from '../model/word-diff.js';
import { Characters } from './Characters.js';
import { LineDiff, useLineDiff } from './LineDiff.js';

export type DiffLayout = 'inline' | 'side';

/** Two texts as one, or beside each other. A tint and a sign mark a change: an underline would hide underscores. */
export function DiffText({ before, after, layout = 'inline' }: { before: string; after: string; layout?: DiffLayout }) {
  const diff = useDiff(before, after);
  const [whole, setWhole] = useState(false);
  const condensed = useMemo(() => (diff === null ? [] : condense(diff.pieces)), [diff]);
  if (diff === null) return <Skeleton rows={3} label="Comparing" />;
  const isShort = before.length + after.length < SHORT;
  const isCondensed = condensed.some(({ kind }) => kind === 'left-out');
  const pieces = whole ? diff.pieces.map((piece) => ({ ...piece, leftOut: 0 })) : condensed;
  return (
    <>
      <p className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-1 font-sans text-muted text-xs" data-testid="diff-summary">
        <span>{summaryOf(diff)}</span>
        {NOTICES[diff.by]}
        {isCondensed && <Button onClick={() => setWhole(!whole)}>{whole ? 'Only around the changes' : 'Show all'}</Button>}
      </p>
      {layout === 'side' ? <Sides pieces={pieces} /> : isShort ? <Lines before={before} after={after} /> : <Inline pieces={pieces} />}
    </>
  );
}

const NOTICES: Record<TextDiff['by'], string> = {
  word: '',
  line: 'Too long to be compared by word: compared by line.',
  whole: 'Too long, or too different, to be compared: shown whole.',
};

function summaryOf({ by, added, removed }: TextDiff): string {
  if (added === 0 && removed === 0) return 'No word differs';
  const what = by === 'word' ? 'word' : by === 'line' ? 'line' : 'text';
  return [
    added > 0 ? `${count(added)} ${what}${added === 1 ? '' : 's'} added` : '',
    removed > 0 ? `${count(removed)} ${what}${removed === 1 ? '' : 's'} removed` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** The diff of two texts; null while the library is loaded. */
function useDiff(before: string, after: string): TextDiff | null {
  const [diff, setDiff] = useState<{ of: readonly [string, string]; is: TextDiff } | null>(null);
  useEffect(() => {
    let ended = false;
    void import('../model/word-diff.js').then(({ diffTexts }) => {
      if (!ended) setDiff({ of: [before, after], is: diffTexts(before, after) });
    });
    return () => {
      ended = true;
    };
  }, [before, after]);
  return diff !== null && diff.of[0] === before && diff.of[1] === after ? diff.is : null;
}

const SIGN = 'rounded-xs no-underline before:font-semibold';
const MARKS = {
  same: { Element: 'span', look: '' },
  added: { Element: 'ins', look: `${SIGN} bg-fixed-fill/25 before:text-fixed before:content-['+']` },
  removed: { Element: 'del', look: `${SIGN} bg-broke-fill/22 before:text-broke before:content-['−']` },
} as const;

function Piece({ piece: { kind, text, leftOut } }: { piece: CondensedPiece }) {
  if (kind === 'left-out') {
    return <span className="mx-1 rounded bg-sunk px-1.5 font-sans text-muted text-xs">… {count(leftOut)} characters …</span>;
  }
  const { Element, look } = MARKS[kind];
  return (
    <Element className={look}>
      <Characters text={text} />
    </Element>
  );
}

/** Characters of two texts together, up to which they are shown line by line. */
const SHORT = 40_000;

function Lines({ before, after }: { before: string; after: string }) {
  const lines = useLineDiff(before, after, Number.POSITIVE_INFINITY);
  return lines && <LineDiff lines={lines} label="The two texts, line by line" />;
}

function Inline({ pieces }: { pieces: readonly CondensedPiece[] }) {
  return (
    <div dir="auto" className="plain-text whitespace-pre-wrap break-words font-mono text-xs">
      {pieces.map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else to be told apart by, and never move
        <Piece key={index} piece={piece} />
      ))}
    </div>
  );
}

function Sides({ pieces }: { pieces: readonly CondensedPiece[] }) {
  const rows = useMemo(
    () =>
      sideBySide(
        pieces.map(({ kind, text, leftOut }) =>
          kind === 'left-out' ? { kind: 'same' as const, text: `\n… ${count(leftOut)} characters …\n` } : { kind, text },
        ),
      ),
    [pieces],
  );
  return (
    <table className="w-full table-fixed border-collapse font-mono text-xs">
      <caption className="sr-only">The two texts, line beside line</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have nothing else to be told apart by, and never move
          <tr key={index} className="align-top">
            <Side pieces={row.left} />
            <Side pieces={row.right} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Side({ pieces }: { pieces: DiffRow['left'] }) {
  if (pieces === null) return <td className="bg-sunk" />;
  return (
    <td dir="auto" className="plain-text whitespace-pre-wrap break-words border-line px-2 first:border-r">
      {pieces.map((piece, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have nothing else to be told apart by, and never move
        <Piece key={index} piece={{ ...piece, leftOut: 0 }} />
      ))}
    </td>
  );
}
