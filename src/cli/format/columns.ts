import type pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;
export type Cell = string | number | boolean | null;

/** How the reader's terminal is, as far as a cell has to know. */
export interface View {
  readonly colors: Colors;
  /** False where the terminal shows ASCII alone. */
  readonly unicode: boolean;
  readonly now: number;
}

/**
 * One column of a list, for every format: CSV has all of them, each with its raw value under `key`; tables and Markdown have
 * those with a title, as `show` writes the value.
 */
export interface Column<Row> {
  readonly key: string;
  readonly title?: string;
  /** Left out of CSV. */
  readonly forPeople?: true;
  value(row: Row): Cell;
  /** For people; the value as it is where this is left out. */
  show?(row: Row, view: View): string;
  paint?(text: string, row: Row, view: View): string;
  readonly align?: 'right';
  /** Fewest columns of the terminal that it can be squeezed to; one that says nothing keeps its width. */
  readonly least?: number;
  /** Most columns that it takes, however wide the terminal. */
  readonly most?: number;
  /** Left out of a terminal that is too narrow: the highest number goes first. */
  readonly spare?: number;
}

export type TitledColumn<Row> = Column<Row> & { readonly title: string };

export function titled<Row>(columns: readonly Column<Row>[]): TitledColumn<Row>[] {
  return columns.filter((column): column is TitledColumn<Row> => column.title !== undefined);
}

/** What a cell shows, before it is made safe for the place where it is shown. */
export function shown<Row>(column: Column<Row>, row: Row, view: View): string {
  if (column.show !== undefined) return column.show(row, view);
  const value = column.value(row);
  return value === null || value === '' ? '-' : String(value);
}
