const figures = new Map<string, Intl.NumberFormat>();

function format(value: number, options: Intl.NumberFormatOptions): string {
  const key = JSON.stringify(options);
  const known = figures.get(key) ?? new Intl.NumberFormat(undefined, options);
  figures.set(key, known);
  return known.format(value);
}

/** What stands where there is no value. */
export const NONE = '–';

/** A score in a column: three decimals up to 10, fewer above, so that points line up on any scale. */
export function score(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.0005 || size >= 1e7)) return format(value, { notation: 'scientific', maximumFractionDigits: 2 });
  const digits = size < 10 ? 3 : size < 1000 ? 2 : 0;
  return format(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** US dollars: cents from a dollar on, below it as many places as say something. */
export function cost(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  const size = Math.abs(value);
  const digits = size === 0 || size >= 1 ? 2 : size >= 0.01 ? 3 : 4;
  if (size !== 0 && size < 0.0001) return `<${format(0.0001, { style: 'currency', currency: 'USD', minimumFractionDigits: 4 })}`;
  return format(value, { style: 'currency', currency: 'USD', minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : format(value, { maximumFractionDigits: 0 });
}

/** A large count in few characters: 1.2M. */
export function compact(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : format(value, { notation: 'compact', maximumFractionDigits: 1 });
}

/** A fraction of 1 as percent. */
export function percent(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined
    ? NONE
    : format(value, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The value itself, in the reader's digits: what a rounded figure shows when it is pointed at. */
export const exact = (value: number): string => format(value, { maximumSignificantDigits: 17 });

/** With its sign, also where it is positive. */
export function signed(value: number, text: (value: number) => string = score): string {
  const magnitude = text(Math.abs(value));
  return value > 0 ? `+${magnitude}` : value < 0 ? `\u2212${magnitude}` : magnitude;
}
