import { createSortedRowModel, rowSortingFeature, type Row as TableRow, tableFeatures, useTable } from '@tanstack/react-table';
import { type ReactNode, useMemo, useState } from 'react';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** The value that the column is ordered by; without it the column has no order. Missing values come last either way. */
  value?: ((row: Row) => string | number | null | undefined) | undefined;
  /** Figures stand at the right. */
  align?: 'left' | 'right' | undefined;
  /** A track of a CSS grid, for tables with virtual rows: `5rem`, `minmax(10rem, 1fr)`. */
  width?: string | undefined;
  className?: string | undefined;
}

export interface Order {
  by: string;
  descending: boolean;
}

interface OrderedRows<Row> {
  rows: readonly Row[];
  order: Order | undefined;
  setOrder: (order: Order) => void;
  sortable: (column: Column<Row>) => boolean;
}

/**
 * The rows of a table in the order that its reader chose. A caller that gives `onOrder` orders the rows itself, say on the server,
 * and may offer an order for columns by `orders`.
 */
export function useRows<Row extends object>({
  columns,
  rows,
  order,
  onOrder,
  orders,
}: {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  order?: Order | undefined;
  onOrder?: ((order: Order) => void) | undefined;
  orders?: readonly string[] | undefined;
}): OrderedRows<Row> {
  const [own, setOwn] = useState<Order>();
  const current = onOrder === undefined ? own : order;
  const definitions = useMemo(
    () =>
      columns.map(({ id, value }) => ({
        id,
        accessorFn: (row: Row) => value?.(row) ?? undefined,
        enableSorting: value !== undefined,
        sortUndefined: 'last' as const,
        sortFn: compare<Row>,
      })),
    [columns],
  );
  const data = useMemo(() => [...rows], [rows]);
  const sorting = useMemo(() => (current === undefined ? [] : [{ id: current.by, desc: current.descending }]), [current]);
  const table = useTable({ features, columns: definitions, data, state: { sorting }, manualSorting: onOrder !== undefined });
  const model = table.getRowModel();
  const ordered = useMemo(() => model.rows.map(({ original }) => original), [model]);
  return {
    rows: ordered,
    order: current,
    setOrder: onOrder ?? setOwn,
    sortable: ({ id, value }) => (onOrder === undefined ? value !== undefined : (orders?.includes(id) ?? value !== undefined)),
  };
}

function compare<Row extends object>(one: TableRow<typeof features, Row>, other: TableRow<typeof features, Row>, id: string): number {
  const [a, b] = [one.getValue<string | number>(id), other.getValue<string | number>(id)];
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

/** The next order when a column's header is pressed: descending first, then ascending. */
export const nextOrder = (id: string, current: Order | undefined): Order => ({
  by: id,
  descending: current?.by === id ? !current.descending : true,
});
