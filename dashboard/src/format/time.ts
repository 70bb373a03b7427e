import { NONE } from './number.js';

const exactFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });
const dayFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const yearFormat = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
const relativeFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const exactTime = (iso: string): string => exactFormat.format(new Date(iso));

/** A point in time in few characters: how long ago within a day, else the date. */
export function shortTime(iso: string, now = Date.now()): string {
  const time = new Date(iso);
  const ago = now - time.getTime();
  if (ago >= 0 && ago < MINUTE) return relativeFormat.format(0, 'second');
  if (ago >= 0 && ago < HOUR) return relativeFormat.format(-Math.floor(ago / MINUTE), 'minute');
  if (ago >= 0 && ago < DAY) return relativeFormat.format(-Math.floor(ago / HOUR), 'hour');
  return (time.getFullYear() === new Date(now).getFullYear() ? dayFormat : yearFormat).format(time);
}

const unit = (value: number, name: string, digits = 0) =>
  new Intl.NumberFormat(undefined, { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits }).format(value);

/** A duration in its two largest units. */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return NONE;
  if (milliseconds < 1000) return unit(Math.round(milliseconds), 'millisecond');
  if (milliseconds < 10_000) return unit(milliseconds / 1000, 'second', 1);
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return unit(seconds, 'second');
  if (seconds < 3600) return `${unit(Math.floor(seconds / 60), 'minute')} ${unit(seconds % 60, 'second')}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`;
  return `${unit(Math.floor(minutes / 1440), 'day')} ${unit(Math.round((minutes % 1440) / 60), 'hour')}`;
}
