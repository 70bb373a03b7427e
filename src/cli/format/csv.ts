import type { Cell, Column } from './columns.js';
import { withoutControls } from './plain.js';

/** What a spreadsheet would take for a formula, full-width signs included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** RFC 4180: lines end in CR LF. Text that a spreadsheet would execute is led by an apostrophe; numbers stay numbers. */
export function csv<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const raw = columns.filter(({ forPeople }) => !forPeople);
  const lines = [raw.map(({ key }) => field(key)), ...rows.map((row) => raw.map((column) => field(column.value(row))))];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

function field(value: Cell): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const clean = withoutControls(value);
  const text = FORMULA.test(clean) ? `'${clean}` : clean;
  return /[",\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
