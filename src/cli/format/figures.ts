/** What stands where there is no value. A value of 0 is `0`. */
export const ABSENT = '-';

type Figure = number | null | undefined;

const compactNumber = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const wholeNumber = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** Four significant digits, and every digit before the point: 0.8571, 87.43, 12346. */
export function score(value: Figure): string {
  if (value === null || value === undefined) return ABSENT;
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e15 || size < 1e-6) return value.toExponential(3).replace(/\.?0+e/, 'e');
  const decimals = size >= 1000 ? 0 : Math.min(9, 3 - Math.floor(Math.log10(size)));
  return withoutTrailingZeros(value.toFixed(decimals));
}

/** A difference with its sign. */
export function gain(value: Figure): string {
  return value !== null && value !== undefined && value > 0 ? `+${score(value)}` : score(value);
}

export function percent(value: Figure): string {
  if (value === null || value === undefined) return ABSENT;
  return `${value > 0 ? '+' : ''}${withoutTrailingZeros(value.toFixed(Math.abs(value) < 100 ? 1 : 0))}%`;
}

export function money(value: Figure): string {
  if (value === null || value === undefined) return ABSENT;
  return value >= 1 ? `$${value.toFixed(2)}` : `$${score(value)}`;
}

export function count(value: Figure): string {
  return value === null || value === undefined ? ABSENT : wholeNumber.format(value);
}

/** 950, 12.3K, 4.1M */
export function compact(value: Figure): string {
  return value === null || value === undefined ? ABSENT : compactNumber.format(value);
}

/** 340ms, 12.3s, 4m 5s, 2h 3m, 3d 4h */
export function duration(ms: Figure): string {
  if (ms === null || ms === undefined) return ABSENT;
  if (ms < 999.5) return `${withoutTrailingZeros(ms.toFixed(ms < 10 ? 1 : 0))}ms`;
  if (ms < 59_950) return `${withoutTrailingZeros((ms / 1000).toFixed(1))}s`;
  const seconds = Math.round(ms / 1000);
  const parts = UNITS.map(([unit, length, limit]) => ({ unit, amount: Math.floor(seconds / length) % limit }));
  const first = parts.findIndex(({ amount }) => amount > 0);
  const shown = parts.slice(first, first + 2).filter(({ amount }) => amount > 0);
  return shown.map(({ unit, amount }) => `${amount}${unit}`).join(' ');
}

/** A unit, its seconds, and how many of it make the next larger one. */
const UNITS = [
  ['d', 86_400, Number.POSITIVE_INFINITY],
  ['h', 3_600, 24],
  ['m', 60, 60],
  ['s', 1, 60],
] as const;

/** How long ago, in one unit; after 60 days the date. A time in the future, by a clock that is off, is `now`. */
export function age(time: string | null, now: number): string {
  if (time === null) return ABSENT;
  const seconds = Math.floor((now - Date.parse(time)) / 1000);
  const unit = UNITS.find(([, length]) => seconds >= length);
  if (unit === undefined) return 'now';
  const [name, length] = unit;
  return seconds >= 60 * 86_400 ? time.slice(0, 10) : `${Math.floor(seconds / length)}${name}`;
}

function withoutTrailingZeros(figure: string): string {
  const shorter = figure.includes('.') ? figure.replace(/\.?0+$/, '') : figure;
  return shorter === '-0' ? '0' : shorter;
}
