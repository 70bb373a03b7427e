import { useMemo, useState } from 'react';
import { Button } from '../components/Button.js';
import { count } from '../format/number.js';
import { chunksOf } from '../model/chunks.js';
import { Characters } from './Characters.js';

/** Characters that are laid out at once; a browser takes seconds for the 16 million that a prompt may have. */
const SHOWN = 20_000;

/** Somebody's text, always as text. Of a long one the beginning, until all of it is asked for. */
export function PlainText({ text, shown = SHOWN }: { text: string; shown?: number }) {
  const [all, setAll] = useState(false);
  const isLong = text.length > shown;
  return (
    <>
      {all && isLong ? (
        <WholeText text={text} />
      ) : (
        <div dir="auto" className="plain-text whitespace-pre-wrap break-words">
          <Characters text={isLong ? text.slice(0, shown).toWellFormed() : text} />
        </div>
      )}
      {isLong && (
        <p className="mt-2 flex flex-wrap items-center gap-2 font-sans text-muted text-xs">
          {all ? `All ${count(text.length)} characters.` : `The first ${count(shown)} of ${count(text.length)} characters.`}
          <Button onClick={() => setAll(!all)}>{all ? 'Show less' : 'Show all'}</Button>
        </p>
      )}
    </>
  );
}

/** In blocks, of which the browser lays out only those that are looked at. */
function WholeText({ text }: { text: string }) {
  const chunks = useMemo(() => chunksOf(text, SHOWN), [text]);
  return (
    <div dir="auto" className="plain-text whitespace-pre-wrap break-words">
      {chunks.map((chunk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks never move
        <div key={index} style={{ contentVisibility: 'auto', containIntrinsicSize: 'auto 5000px' }}>
          <Characters text={chunk} />
        </div>
      ))}
    </div>
  );
}
