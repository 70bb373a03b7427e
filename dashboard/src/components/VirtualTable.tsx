import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useShortcut } from '../keyboard/registry.js';
import type { Order } from './DataTable.js';
import { Icon } from './Icon.js';

export interface VirtualColumn<Row> {
  id: string;
  header: string;
  /** A track of a CSS grid: `5rem`, `minmax(10rem, 1fr)`. */
  width: string;
  cell: (row: Row) => ReactNode;
  align?: 'left' | 'right';
  sortable?: boolean;
}

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
  /** Its greatest height, as CSS; less where there are few rows. */
  height: string;
  empty: ReactNode;
}

const ROW = 32;
const HEADER = 32;
/** What moves the current row, and how far; a page is what is seen at once. */
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
export function VirtualTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  openKey,
  onOpen,
  order,
  onOrder,
  height,
  empty,
}: VirtualTableProps<Row>) {
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
            <Header key={column.id} column={column} order={order} onOrder={onOrder} />
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
                className={`absolute inset-x-0 grid cursor-pointer items-center border-line border-b focus-visible:outline-offset-[-2px] ${index === opened ? 'bg-selected' : 'hover:bg-hover'}`}
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

interface HeaderProps<Row> {
  column: VirtualColumn<Row>;
  order: Order | undefined;
  onOrder: ((order: Order) => void) | undefined;
}

function Header<Row>({ column: { id, header, align, sortable }, order, onOrder }: HeaderProps<Row>) {
  const isCurrent = order?.by === id;
  const sorted = isCurrent ? (order.descending ? 'descending' : 'ascending') : 'none';
  const look = `flex items-center px-3 font-medium text-muted text-xs ${align === 'right' ? 'justify-end' : ''}`;
  if (!sortable || onOrder === undefined) {
    return (
      <div role="columnheader" className={look}>
        {header}
      </div>
    );
  }
  return (
    <div role="columnheader" aria-sort={sorted} className={look}>
      <button
        type="button"
        onClick={() => onOrder({ by: id, descending: isCurrent ? !order.descending : true })}
        className={`inline-flex items-center gap-1 rounded hover:text-ink ${isCurrent ? 'text-ink' : ''}`}
      >
        {header}
        {isCurrent && <Icon name={order.descending ? 'arrowDown' : 'arrowUp'} className="size-3!" />}
      </button>
    </div>
  );
}
