import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useShortcut } from '../keyboard/registry.js';
import { HeaderButton, sortOf } from './HeaderButton.js';
import { type Column, type Order, useRows } from './table.js';

export type VirtualColumn<Row> = Column<Row> & { width: string };

interface VirtualTableProps<Row> {
  label: string;
  columns: readonly VirtualColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => number | string;
  /** The row that is open. */
  openKey?: number | string | undefined;
  onOpen: (row: Row) => void;
  order?: Order | undefined;
  onOrder?: ((order: Order) => void) | undefined;
  /** Ids of columns that the caller orders by, with `onOrder`. */
  orders?: readonly string[] | undefined;
  /** Its greatest height, as CSS; less where there are few rows. */
  height: string;
  empty: ReactNode;
}

const ROW = 32;
const HEADER = 32;
/** The keys that move the current row, and how far; a page is as many rows as are in view. */
const STEPS: Record<string, 'next' | 'previous' | 'page' | 'back' | 'first' | 'last'> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  PageDown: 'page',
  PageUp: 'back',
  Home: 'first',
  End: 'last',
};

/**
 * A table that draws only the rows in view. One row is current: the arrow keys move it, and j and k wherever the focus is; Enter opens it. It scrolls by
 * itself in both directions.
 */
export function VirtualTable<Row extends object>({
  label,
  columns,
  rowKey,
  openKey,
  onOpen,
  height,
  empty,
  ...given
}: VirtualTableProps<Row>) {
  const { rows, order, setOrder, sortable } = useRows({ columns, ...given });
  const scroller = useRef<HTMLDivElement>(null);
  const pending = useRef(0);
  const [current, setCurrent] = useState(0);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollMargin: HEADER,
    scrollPaddingStart: HEADER,
  });
  const opened = openKey === undefined ? -1 : rows.findIndex((row) => rowKey(row) === openKey);
  useEffect(() => {
    if (opened < 0) return;
    setCurrent(opened);
    virtual.scrollToIndex(opened);
  }, [opened, virtual]);

  const focusRow = (index: number): boolean => {
    cancelAnimationFrame(pending.current);
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`);
    row?.focus({ preventScroll: true });
    return row instanceof HTMLElement;
  };
  const move = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setCurrent(next);
    virtual.scrollToIndex(next);
    // A row far away is drawn only after the scroll.
    if (!focusRow(next)) pending.current = requestAnimationFrame(() => void focusRow(next));
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest('[role=columnheader]')) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW) - 2);
    const places = {
      next: current + 1,
      previous: current - 1,
      page: current + page,
      back: current - page,
      first: 0,
      last: rows.length - 1,
    };
    const step = STEPS[event.key];
    const row = rows[current];
    if (step !== undefined) move(places[step]);
    else if (event.key === 'Enter' && row !== undefined) onOpen(row);
    else return;
    event.preventDefault();
  };

  useShortcut({ key: 'j', does: 'Next row', group: label }, () => move(current + 1));
  useShortcut({ key: 'k', does: 'Previous row', group: label }, () => move(current - 1));

  const template = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
  return (
    <div
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      onKeyDown={press}
      tabIndex={rows.length === 0 ? 0 : -1}
      className="panel relative overflow-auto"
      style={{ maxHeight: height }}
    >
      <div className="min-w-max">
        <div
          role="row"
          aria-rowindex={1}
          className="sticky top-0 z-10 grid border-line border-b bg-surface"
          style={{ ...template, height: HEADER }}
        >
          {columns.map((column) => (
            <div
              key={column.id}
              role="columnheader"
              aria-sort={sortable(column) ? sortOf(column.id, order) : undefined}
              className={`flex items-center px-3 text-faint text-xs ${column.align === 'right' ? 'justify-end' : ''}`}
            >
              {sortable(column) ? <HeaderButton id={column.id} header={column.header} order={order} onOrder={setOrder} /> : column.header}
            </div>
          ))}
        </div>
        <div role="rowgroup" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: Enter opens it, heard by the grid
              <div
                key={rowKey(row)}
                role="row"
                data-index={index}
                aria-rowindex={index + 2}
                aria-selected={index === opened}
                tabIndex={index === current ? 0 : -1}
                onFocus={() => setCurrent(index)}
                onClick={() => onOpen(row)}
                className={`absolute inset-x-0 grid cursor-pointer items-center border-line border-b focus-visible:outline-offset-[-2px] ${index === opened ? 'bg-trail-soft' : 'hover:bg-hover'}`}
                style={{ ...template, height: ROW, transform: `translateY(${start - HEADER}px)` }}
              >
                {columns.map(({ id, align, cell }) => (
                  <div key={id} role="gridcell" className={`truncate px-3 ${align === 'right' ? 'text-right' : ''}`}>
                    {cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <div className="px-4 py-8 text-center text-muted">{empty}</div>}
    </div>
  );
}
