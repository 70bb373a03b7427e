import { InvalidArgumentError } from 'commander';

/** Parsers of what stands behind an option; commander names the option in the error. */

export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

export function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It must be a number.');
}

/** For an option that may be given several times. */
export function collect(text: string, before: string[] | undefined): string[] {
  return [...(before ?? []), text];
}

const AGES: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A date (its beginning in UTC), a time, or an age: `2026-01-31`, `2026-01-31T12:00:00Z`, `7d`. */
export function time(text: string): Date {
  const [, amount, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const age = AGES[unit];
  const value = age === undefined ? isoTime(text) : new Date(Date.now() - Number(amount) * age);
  if (!Number.isNaN(value.getTime())) return value;
  throw new InvalidArgumentError('It must be a date, a time or an age: 2026-01-31, 2026-01-31T12:00:00Z, 7d.');
}

/** A length of time in milliseconds: `90d`, `12h`. */
export function period(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const value = Number(amount) * (AGES[unit] ?? Number.NaN);
  if (value > 0) return value;
  throw new InvalidArgumentError('It must be a length of time: 90d, 12h, 30m.');
}

// Date.parse alone takes `1` and `Tuesday 3` too, and each engine its own way.
function isoTime(text: string): Date {
  return new Date(/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i.test(text) ? text : Number.NaN);
}
