import type { ReactNode } from 'react';
import { Icon } from './Icon.js';

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand to the right. */
  align?: 'left' | 'right';
  /** It can be ordered by. */
  sortable?: boolean;
  className?: string;
}

export interface Order {
  by: string;
  descending: boolean;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string | number;
  order?: Order | undefined;
  onOrder?: ((order: Order) => void) | undefined;
  /** What stands there where there are no rows. */
  empty?: ReactNode;
}

/** A table of some hundred rows at most; what is longer needs virtual rows. It scrolls sideways by itself, and never the page. */
export function DataTable<Row>({ caption, columns, rows, rowKey, order, onOrder, empty = 'Nothing to show' }: DataTableProps<Row>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={caption} tabIndex={0} className="relative overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-line border-b">
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-line border-b last:border-b-0 hover:bg-hover">
              {columns.map(({ id, align, cell, className = '' }) => (
                <td key={id} className={`h-8 px-2 first:pl-3 last:pr-3 ${align === 'right' ? 'text-right' : ''} ${className}`}>
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

interface HeaderCellProps<Row> {
  column: Column<Row>;
  order: Order | undefined;
  onOrder: ((order: Order) => void) | undefined;
}

function HeaderCell<Row>({ column: { id, header, align, sortable }, order, onOrder }: HeaderCellProps<Row>) {
  const current = order?.by === id;
  const looks = `h-8 px-2 first:pl-3 last:pr-3 font-medium text-muted text-xs whitespace-nowrap ${align === 'right' ? 'text-right' : 'text-left'}`;
  if (!sortable || onOrder === undefined) {
    return (
      <th scope="col" className={looks}>
        {header}
      </th>
    );
  }
  return (
    <th scope="col" aria-sort={current ? (order.descending ? 'descending' : 'ascending') : 'none'} className={looks}>
      <button
        type="button"
        onClick={() => onOrder({ by: id, descending: current ? !order.descending : true })}
        className={`inline-flex items-center gap-1 rounded hover:text-ink ${current ? 'text-ink' : ''}`}
      >
        {header}
        {current && <Icon name={order.descending ? 'arrowDown' : 'arrowUp'} className="size-3!" />}
      </button>
    </th>
  );
}
