import { type CsvCell, csvText } from '../../../src/schemas/csv.js';
import { download } from './download.js';

export type Cell = CsvCell;

/** Saves a table as a CSV file of the browser's user. */
export function downloadCsv(name: string, header: readonly string[], rows: readonly (readonly Cell[])[]): void {
  // The byte order mark tells Excel that the file is UTF-8.
  download(`${name}.csv`, new Blob(['\uFEFF', csvText([header, ...rows])], { type: 'text/csv;charset=utf-8' }));
}
