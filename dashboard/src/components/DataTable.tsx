import type { ReactNode } from 'react';
import { HeaderButton, sortOf } from './HeaderButton.js';
import { type Column, type Order, useRows } from './table.js';

export type { Column } from './table.js';

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  order?: Order | undefined;
  onOrder?: ((order: Order) => void) | undefined;
  /** Ids of columns that the caller orders by, with `onOrder`. */
  orders?: readonly string[] | undefined;
  /** The row that is selected. */
  selectedKey?: string | number | undefined;
  onOpen?: ((row: Row) => void) | undefined;
  empty?: ReactNode;
}

/** A table of some hundred rows at most; a longer one needs virtual rows. It scrolls sideways by itself, and never the page. */
export function DataTable<Row extends object>({
  caption,
  columns,
  rowKey,
  selectedKey,
  onOpen,
  empty = 'Nothing to show',
  ...given
}: DataTableProps<Row>) {
  const { rows, order, setOrder, sortable } = useRows({ columns, ...given });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section aria-label={caption} tabIndex={0} className="relative overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-line border-b">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                aria-sort={sortable(column) ? sortOf(column.id, order) : undefined}
                className={`h-[34px] whitespace-nowrap px-2.5 font-normal text-faint text-xs first:pl-4 last:pr-4 ${column.align === 'right' ? 'text-right' : 'text-left'}`}
              >
                {sortable(column) ? <HeaderButton id={column.id} header={column.header} order={order} onOrder={setOrder} /> : column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              aria-selected={selectedKey === undefined ? undefined : rowKey(row) === selectedKey}
              onClick={onOpen === undefined ? undefined : () => onOpen(row)}
              className={`border-line border-b last:border-b-0 ${rowKey(row) === selectedKey ? 'bg-trail-soft' : 'hover:bg-hover'} ${onOpen === undefined ? '' : 'cursor-pointer'}`}
            >
              {columns.map(({ id, align, cell, className = '' }) => (
                <td key={id} className={`h-10 px-2.5 first:pl-4 last:pr-4 ${align === 'right' ? 'text-right' : ''} ${className}`}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
          {rows.length === 0 && (
            <tr>
              <td colSpan={columns.length} className="px-3 py-8 text-center text-muted">
                {empty}
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}
