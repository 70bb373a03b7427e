import type { JsonValue } from '../../schemas/json.js';
import { score } from './figures.js';

/** `key=value, key=value`: a small JSON object for one cell. */
export function paramsText(params: Record<string, unknown>): string {
  return Object.entries(params)
    .map(([key, value]) => `${key}=${valueText(value)}`)
    .join(', ');
}

/** A value as short as it can be read: text as it is, an object with one member as that member. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : score(value);
  if (typeof value !== 'object') return String(value);
  const members = Object.values(value as Record<string, JsonValue>);
  return !Array.isArray(value) && members.length === 1 && typeof members[0] === 'string' ? members[0] : JSON.stringify(value);
}
