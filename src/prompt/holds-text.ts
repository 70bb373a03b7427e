/** Whether a string that is not empty lies anywhere in a JSON value. */
export function holdsText(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsText);
}
