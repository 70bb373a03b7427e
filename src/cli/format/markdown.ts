import { type Column, shown, titled, type View } from './columns.js';
import { plainLine } from './plain.js';

/** A table as GitHub reads it. Nothing in a cell is markup: no link, no image, no tag, no further cell. */
export function markdown<Row>(columns: readonly Column<Row>[], rows: readonly Row[], view: View): string {
  const shownColumns = titled(columns);
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return [
    line(shownColumns.map(({ title }) => inertMarkdown(title))),
    line(shownColumns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(shownColumns.map((column) => inertMarkdown(shown(column, row, view))))),
  ].join('');
}

/** Text of another author without any effect as markup. */
export function inertMarkdown(text: string): string {
  return plainLine(text).replace(/[\\|`*[\]<]/g, (character) => (character === '<' ? '&lt;' : `\\${character}`));
}
