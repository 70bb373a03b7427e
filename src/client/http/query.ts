/** Parameters of a URL; undefined ones are left out, and a list is a parameter a value. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) parameters.append(name, String(each));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}
