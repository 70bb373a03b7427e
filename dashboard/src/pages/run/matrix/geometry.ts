/** Pixels of a cell, and of what stands beside and above the cells. */
export const CELL = 22;
export const LEFT = 148;
export const TOP = 44;

export interface Place {
  readonly row: number;
  readonly column: number;
}

export interface Extent {
  readonly rows: number;
  readonly columns: number;
}

/** The cell below a point of the view; undefined where there is none. */
export function cellAt(x: number, y: number, scroll: { left: number; top: number }, { rows, columns }: Extent): Place | undefined {
  if (x < LEFT || y < TOP) return undefined;
  const place = { row: Math.floor((y - TOP + scroll.top) / CELL), column: Math.floor((x - LEFT + scroll.left) / CELL) };
  return place.row < rows && place.column < columns ? place : undefined;
}

/** Where a key leads from a cell; undefined for keys that lead nowhere. `page` is how many rows are seen at once. */
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

/** How far to scroll so that a cell is in view. */
export function scrollTo(
  { row, column }: Place,
  view: { left: number; top: number; width: number; height: number },
): { left: number; top: number } {
  const along = (start: number, from: number, room: number) => Math.max(start + CELL - room, Math.min(from, start));
  return { left: along(column * CELL, view.left, view.width - LEFT), top: along(row * CELL, view.top, view.height - TOP) };
}
