import type { CSSProperties } from 'react';
import { FixedBroke } from '../marks/FixedBroke.js';
import { WorthBar } from '../marks/WorthBar.js';
import type { BlameLine, BlameSheet } from '../story/blame-lines.js';
import { words } from '../strings.js';
import { Characters } from './Characters.js';

interface BlameViewProps {
  sheet: BlameSheet;
  /** The edit that is pointed at: its spans are strong, the others weak. */
  picked?: number | undefined;
  onPick?: ((iteration: number | undefined) => void) | undefined;
  /** Lines that are shown at most, of each part. */
  most?: number;
}

/** A prompt in the colours of the edits that wrote it: the owner in the gutter, a tint on the line, a stronger one on words of others. */
export function BlameView({ sheet, picked, onPick, most = Number.POSITIVE_INFINITY }: BlameViewProps) {
  return sheet.parts.map(({ name, lines }, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: two parts may have one name
    <section key={index} aria-label={name ?? 'Prompt'} onPointerLeave={() => onPick?.(undefined)}>
      {sheet.parts.length > 1 && <h3 className="plain-text px-4 pt-3 pb-1 font-medium text-muted">{name ?? 'prompt'}</h3>}
      <div className="grid grid-cols-[56px_minmax(0,1fr)] sm:grid-cols-[118px_minmax(0,1fr)_auto]">
        {lines.slice(0, most).map((line, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else to be told apart by
          <Line key={place} line={line} sheet={sheet} picked={picked} onPick={onPick} />
        ))}
      </div>
      {lines.length > most && <p className="px-4 py-2 text-faint">{lines.length - most} more lines</p>}
    </section>
  ));
}

const tint = (color: string, percent: number): CSSProperties => ({ background: `color-mix(in oklch, ${color} ${percent}%, transparent)` });

function Line({ line, sheet, picked, onPick }: { line: BlameLine; sheet: BlameSheet } & Pick<BlameViewProps, 'picked' | 'onPick'>) {
  const { owner, others, segments, worth, counted } = line;
  const isSeed = owner === sheet.seed;
  const color = sheet.colorOf(owner);
  const strength = picked === undefined ? 9 : picked === owner ? 18 : 5;
  const evidence = worth === null ? null : sheet.sourceOf(worth)?.evidence;
  return (
    <>
      <div
        className="flex items-center gap-x-1.5 py-[5px] pl-2.5 text-faint text-xs max-sm:flex-col max-sm:items-start max-sm:gap-0 sm:pl-4"
        onPointerEnter={() => onPick?.(owner)}
      >
        <span aria-hidden="true" className="size-[9px] shrink-0 rounded-xs max-sm:hidden" style={{ background: color }} />
        <span className="font-medium font-mono" style={isSeed ? undefined : { color }}>
          #{owner}
        </span>
        {isSeed && <span className="max-sm:hidden">{words.blame.seed}</span>}
        {others.slice(0, 2).map((other) => (
          <span key={other} className="font-medium font-mono" style={{ color: sheet.colorOf(other) }}>
            +{other}
          </span>
        ))}
      </div>
      <div
        dir="auto"
        onPointerEnter={() => onPick?.(owner)}
        className={`plain-text whitespace-pre-wrap border-l-[3px] py-[5px] pr-4 pl-3.5 font-mono text-[13px] leading-[21px] [overflow-wrap:anywhere] ${isSeed ? 'border-line' : ''}`}
        style={isSeed ? undefined : { borderColor: color, ...tint(color, strength) }}
      >
        {segments.map(({ text, iteration }, index) =>
          iteration === owner || iteration === sheet.seed ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: segments have nothing else to be told apart by
            <Characters key={index} text={text} />
          ) : (
            <mark
              // biome-ignore lint/suspicious/noArrayIndexKey: segments have nothing else to be told apart by
              key={index}
              className="rounded-xs px-px py-0.5 text-inherit"
              style={tint(sheet.colorOf(iteration), picked === undefined ? 24 : picked === iteration ? 30 : 10)}
              onPointerEnter={() => onPick?.(iteration)}
            >
              <Characters text={text} />
            </mark>
          ),
        )}
        {segments.length === 0 && '\u00a0'}
      </div>
      <div className="flex items-center gap-2 px-4 text-faint text-xs max-sm:col-start-2 max-sm:pb-1">
        {evidence && evidence.n > 0 && (
          <>
            <span className="flex min-w-24 justify-end max-sm:hidden">
              <WorthBar fixed={evidence.fixed} broke={evidence.broke} />
            </span>
            <span className="min-w-14 text-right">
              <FixedBroke fixed={evidence.fixed} broke={evidence.broke} isShort />
            </span>
          </>
        )}
        {counted !== null && <span className="whitespace-nowrap">{words.blame.counted(counted)}</span>}
      </div>
    </>
  );
}
