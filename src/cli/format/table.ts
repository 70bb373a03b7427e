import { type Column, shown, type TitledColumn, titled, type View } from './columns.js';
import { plainLine } from './plain.js';
import { clip, pad, widthOf } from './width.js';

const GAP = '  ';

export interface Table {
  readonly lines: string[];
  /** Titles of the columns that the terminal had no room for. */
  readonly left: string[];
}

interface Laid<Row> {
  readonly column: TitledColumn<Row>;
  readonly cells: readonly string[];
  readonly width: number;
}

/** Rows under their titles, squeezed into `width` columns of the terminal; as wide as they are where it is infinite. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number, view: View): Table {
  const natural = titled(columns).map((column): Laid<Row> => {
    const cells = rows.map((row) => cell(column, row, view));
    const width = cells.reduce((widest, text) => Math.max(widest, widthOf(text)), widthOf(column.title));
    return { column, cells, width };
  });
  const kept = withoutSpare(natural, width);
  const laid = squeezed(kept, width);
  const ellipsis = ellipsisOf(view);
  const header = laid.map(({ column, width: room }) =>
    view.colors.bold(pad(clip(column.title, room, ellipsis), room, column.align ?? 'left')),
  );
  const body = rows.map((row, index) =>
    laid.map(({ column, cells, width: room }) => {
      const text = pad(clip(cells[index] ?? '', room, ellipsis), room, column.align ?? 'left');
      return column.paint === undefined ? text : column.paint(text, row, view);
    }),
  );
  return {
    lines: [header, ...body].map((cells) => cells.join(GAP).trimEnd()),
    left: natural.filter((each) => !kept.includes(each)).map(({ column }) => column.title),
  };
}

function cell<Row>(column: Column<Row>, row: Row, view: View): string {
  const text = shown(column, row, view);
  if (column.most === undefined) return plainLine(text);
  // A prompt may be megabytes long: what can't be shown is not looked at.
  return clip(plainLine(text.slice(0, column.most * 16)), column.most, ellipsisOf(view));
}

function ellipsisOf({ unicode }: View): string {
  return unicode ? '…' : '...';
}

function total<Row>(laid: readonly Laid<Row>[], widthOfEach: (each: Laid<Row>) => number): number {
  return laid.reduce((sum, each) => sum + widthOfEach(each), GAP.length * Math.max(0, laid.length - 1));
}

const least = <Row>({ column, width }: Laid<Row>): number => Math.min(width, column.least ?? width);

function withoutSpare<Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] {
  if (total(laid, least) <= width) return laid;
  const spare = laid.filter(({ column }) => column.spare !== undefined);
  const [first] = spare.sort((one, other) => (other.column.spare ?? 0) - (one.column.spare ?? 0));
  return first === undefined
    ? laid
    : withoutSpare(
        laid.filter((each) => each !== first),
        width,
      );
}

/** Takes from the widest of the columns that give way, one by one, until the row fits. */
function squeezed<Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] {
  let excess = total(laid, (each) => each.width) - width;
  const widths = new Map(laid.map((each) => [each, each.width]));
  while (excess > 0) {
    const giving = laid.filter((each) => (widths.get(each) ?? 0) > least(each));
    const [widest] = giving.sort((one, other) => (widths.get(other) ?? 0) - (widths.get(one) ?? 0));
    if (widest === undefined) break;
    widths.set(widest, (widths.get(widest) ?? 0) - 1);
    excess -= 1;
  }
  return laid.map((each) => ({ ...each, width: widths.get(each) ?? each.width }));
}
