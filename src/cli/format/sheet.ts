import { type Column, shown, titled, type View } from './columns.js';
import { plainText } from './plain.js';
import { pad, widthOf } from './width.js';

/** One thing as a person reads it: a line for each titled column that has something to say. */
export function sheet<Row>(columns: readonly Column<Row>[], row: Row, view: View): string[] {
  const facts = titled(columns).flatMap((column) => {
    const text = plainText(shown(column, row, view)).trim();
    return text === '' ? [] : [{ title: column.title, text: column.paint?.(text, row, view) ?? text }];
  });
  const width = facts.reduce((widest, { title }) => Math.max(widest, widthOf(title)), 0);
  const indent = `\n${' '.repeat(width + 4)}`;
  return facts.map(({ title, text }) => `  ${view.colors.dim(pad(title, width, 'left'))}  ${text.replaceAll('\n', indent)}`);
}
