import { csvText } from '../../schemas/csv.js';
import type { Column } from './columns.js';
import { withoutControls } from './plain.js';

/** Rows as CSV: every column under its key, with raw values, and text without control characters. */
export function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const raw = columns.filter(({ forPeople }) => !forPeople);
  const cells = rows.map((row) => raw.map((column) => column.value(row)));
  const clean = cells.map((line) => line.map((value) => (typeof value === 'string' ? withoutControls(value) : value)));
  return csvText([raw.map(({ key }) => key), ...clean]);
}
