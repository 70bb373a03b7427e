/** Pixels of a cell, and of the heads above the cells. */
export const CELL = { width: 26, height: 22 };
/** Pixels of a cell if the view has room. */
const WIDEST = 44;
const TEXTS = 470;
export const TOP = 56;

export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
  /** Pixels of the texts beside the cells. */
  readonly left: number;
  /** Pixels of a cell's width. */
  readonly cell: number;
}

export interface View {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Room for the texts and for a cell: cells widen once the texts have theirs. */
export function roomFor(width: number, columns: number): { left: number; cell: number } {
  const least = width < 560 ? 132 : 220;
  const cell = Math.max(CELL.width, Math.min(WIDEST, Math.floor((width - TEXTS - 16) / Math.max(1, columns))));
  return { left: Math.max(least, Math.min(width > 1100 ? width - columns * cell - 16 : TEXTS, width - columns * cell - 16)), cell };
}

/** The line and column below a point of the view; a point on the texts is in column -1. Undefined if nothing is there. */
export function cellAt(
  x: number,
  y: number,
  scroll: { left: number; top: number },
  { rows, columns, left, cell }: Extent,
): Place | undefined {
  if (y < TOP) return undefined;
  const row = Math.floor((y - TOP + scroll.top) / CELL.height);
  const column = x < left ? -1 : Math.floor((x - left + scroll.left) / cell);
  return row < rows && column < columns ? { row, column } : undefined;
}

/** The place that a key leads to; undefined for keys that lead nowhere. `page` is the number of rows in view. */
export function stepFrom({ row, column }: Place, key: string, { rows, columns }: Extent, page: number): Place | undefined {
  const steps: Record<string, Place> = {
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    PageUp: { row: row - page, column },
    PageDown: { row: row + page, column },
    Home: { row, column: 0 },
    End: { row, column: columns - 1 },
  };
  const next = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (next === undefined) return undefined;
  const within = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));
  return { row: within(next.row, rows), column: within(next.column, columns) };
}

/** The scroll at which a cell is in view. */
export function scrollTo({ row, column }: Place, view: View, { left, cell }: Pick<Extent, 'left' | 'cell'>): { left: number; top: number } {
  const along = (start: number, size: number, from: number, room: number) => Math.max(start + size - room, Math.min(from, start));
  return {
    left: along(column * cell, cell, view.left, view.width - left),
    top: along(row * CELL.height, CELL.height, view.top, view.height - TOP),
  };
}
