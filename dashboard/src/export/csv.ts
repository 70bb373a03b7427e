import { download } from './download.js';

export type Cell = string | number | boolean | null | undefined;

/** What begins so is a formula to a spreadsheet; a quote before it makes it text again. */
const FORMULA = /^[\s]*[=+\-@\t\r]/;

function field(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180, with text that no spreadsheet takes for a formula. */
export function csv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => row.map(field).join(',')).join('\r\n');
}

export function downloadCsv(name: string, header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  // The mark tells Excel that it is UTF-8.
  download(`${name}.csv`, new Blob(['\uFEFF', csv(header, rows)], { type: 'text/csv;charset=utf-8' }));
}
