import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useEffectEvent, useRef } from 'react';
import { Icon } from '../../components/Icon.js';
import { useMedia } from '../../components/useMedia.js';
import type { RunColumn } from './columns.js';
import { CardRow, WideRow } from './RunRow.js';
import type { RunsView } from './search.js';
import type { Line } from './useRunList.js';

export interface RunsTableProps {
  lines: readonly Line[];
  columns: readonly RunColumn[];
  view: RunsView;
  onOrder: (order: Pick<RunsView, 'order' | 'direction'>) => void;
  /** Index of the line that the keys act on. */
  current: number;
  onMove: (to: number) => void;
  selected: ReadonlySet<string>;
  onSelect: (runId: string) => void;
  hasMore: boolean;
  onNearEnd: () => void;
}

const ROW = 40;
const HEAD = 34;
const CARD = 64;
const HEADING = 32;
/** The next page is asked for this many lines before the end. */
const AHEAD = 60;

const KEYS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 15,
  PageUp: -15,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** A grid of which only the lines in view are in the document. */
export function RunsTable(props: RunsTableProps) {
  const { lines, columns, current, onMove, selected, onSelect, hasMore, onNearEnd } = props;
  const narrow = useMedia('(max-width: 1023px)');
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.kind === 'heading' ? HEADING : narrow ? CARD : ROW),
    getItemKey: (index) => {
      const line = lines[index];
      return line?.kind === 'run' ? line.run.id : `heading ${line?.text}`;
    },
    overscan: 12,
    scrollPaddingStart: narrow ? 0 : HEAD,
  });
  const items = rows.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;

  const nearEnd = useEffectEvent(onNearEnd);
  useEffect(() => {
    if (lastShown >= lines.length - AHEAD) nearEnd();
  }, [lastShown, lines.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the heights of the lines are others
  useEffect(() => rows.measure(), [narrow, rows]);
  useEffect(() => {
    if (current >= 0) rows.scrollToIndex(current, { align: 'auto' });
  }, [current, rows]);

  const keyDown = (event: KeyboardEvent) => {
    const by = KEYS[event.key];
    if (by === undefined || event.target !== event.currentTarget) return;
    event.preventDefault();
    const to = Math.max(0, Math.min(lines.length - 1, current + by));
    // What stands above runs is stepped over.
    onMove(lines[to]?.kind === 'heading' ? to + (by > 0 || to === 0 ? 1 : -1) : to);
  };

  const template = `var(--edge) ${columns.map(({ width }) => width).join(' ')} 16px`;
  const least = columns.reduce((sum, { width }) => sum + Number(/\d+/.exec(width)?.[0] ?? 0), 36);
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Runs"
      aria-rowcount={hasMore ? -1 : lines.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable="true"
      aria-activedescendant={current >= 0 ? `line-${current}` : undefined}
      tabIndex={0}
      onKeyDown={keyDown}
      className="min-h-0 flex-1 overflow-auto border-line border-t bg-surface focus-visible:outline-offset-[-2px]"
    >
      <div className="[--edge:48px] wide:[--edge:64px]" style={{ minWidth: narrow ? undefined : least }}>
        {!narrow && <Header {...props} template={template} />}
        <div role="rowgroup" className="relative" style={{ height: rows.getTotalSize() }}>
          {items.map(({ index, start, size, key }) => {
            const line = lines[index];
            if (line === undefined) return null;
            const place = { transform: `translateY(${start}px)`, height: size };
            if (line.kind === 'heading') return <Heading key={key} index={index} text={line.text} place={place} />;
            const row = {
              index,
              run: line.run,
              place,
              current: index === current,
              selected: selected.has(line.run.id),
              depth: line.depth,
              steps: line.steps,
              onSelect,
              onCurrent: onMove,
            };
            return narrow ? <CardRow key={key} {...row} /> : <WideRow key={key} {...row} columns={columns} template={template} />;
          })}
        </div>
        {hasMore && <p className="p-3 text-center text-muted text-xs">Loading more…</p>}
      </div>
    </div>
  );
}

function Heading({ index, text, place }: { index: number; text: string; place: React.CSSProperties }) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      id={`line-${index}`}
      className="absolute inset-x-0 top-0 flex items-end border-line border-b bg-canvas px-3 pb-1"
      style={place}
    >
      <span role="gridcell" className="font-medium text-muted text-xs">
        {text}
      </span>
    </div>
  );
}

function Header({ columns, template, view, onOrder }: RunsTableProps & { template: string }) {
  return (
    <div role="rowgroup" className="sticky top-0 z-20 bg-surface">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-[34px] items-center border-line border-b"
        style={{ gridTemplateColumns: template }}
      >
        <span role="columnheader" className="sticky left-0 z-10 h-full bg-surface">
          <span className="sr-only">Selected</span>
        </span>
        {columns.map((column) => (
          <HeaderCell key={column.id} column={column} view={view} onOrder={onOrder} />
        ))}
      </div>
    </div>
  );
}

type HeaderCellProps = { column: RunColumn } & Pick<RunsTableProps, 'view' | 'onOrder'>;

function HeaderCell({ column: { id, header, align, order }, view, onOrder }: HeaderCellProps) {
  const current = order === (view.order ?? 'created_at');
  const direction = view.direction === 'asc' ? 'ascending' : 'descending';
  const place = `${align === 'right' ? 'justify-end' : ''} ${id === 'name' ? 'sticky left-[var(--edge)] z-10 bg-surface' : ''}`;
  const look = `flex h-full items-center px-2 text-faint text-xs ${place}`;
  if (id === 'bar') return <BarHeader />;
  if (order === undefined) {
    return (
      <span role="columnheader" className={look}>
        {header}
      </span>
    );
  }
  const next = { order, direction: current && direction === 'descending' ? 'asc' : 'desc' } as const;
  return (
    <span role="columnheader" aria-sort={current ? direction : 'none'} className={look}>
      <button
        type="button"
        onClick={() => onOrder(next)}
        className={`inline-flex items-center gap-0.5 rounded hover:text-ink ${current ? 'font-medium text-ink' : ''}`}
      >
        {header}
        {current && <Icon name={direction === 'ascending' ? 'arrowUp' : 'arrowDown'} className="size-3!" />}
      </button>
    </span>
  );
}

/** The axis of the bars: shares of a perfect score. */
function BarHeader() {
  return (
    <span role="columnheader" aria-label="From the baseline to the best" className="flex h-full items-center px-2 text-2xs text-faint">
      <span aria-hidden="true" className="flex w-[168px] justify-between">
        {['0', '25', '50', '75', '100%'].map((tick) => (
          <span key={tick} className="w-0 -translate-x-1/2 whitespace-nowrap">
            {tick}
          </span>
        ))}
      </span>
    </span>
  );
}
