/** Characters of a row's parameters that fit into a cell, and more. */
const LONGEST = 300;

/** `key=value, key=value`: parameters in a cell. */
export function paramsText(params: Readonly<Record<string, unknown>>): string {
  const text = Object.entries(params)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value.slice(0, LONGEST) : JSON.stringify(value)}`)
    .join(', ');
  return text.slice(0, LONGEST).toWellFormed();
}
