/** A value as CSV holds it; null and undefined leave the cell empty. */
export type CsvCell = string | number | boolean | null | undefined;

/** Text that a spreadsheet may evaluate: a formula sign, also full-width, also behind spaces, and a leading tab or line break. */
const FORMULA = /^(?:[\s\u200b\ufeff]*[=+\-@＝＋－﹣−＠]|[\t\r\n])/;
/** A JSON number is not a formula: a guard would turn it into text. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Writes CSV as RFC 4180 has it, each line ended by CR LF, for the command line and the dashboard alike. An apostrophe is set before
 * text that a spreadsheet would evaluate; numbers, and text that is a JSON number, stay as they are.
 */
export function csvText(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(csvField).join(',')}\r\n`).join('');
}

function csvField(value: CsvCell): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) && !JSON_NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
