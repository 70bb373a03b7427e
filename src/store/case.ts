/** The one place where snake_case of the database and camelCase of the API become each other. */

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S;

/** A row with its keys in camelCase. */
export type Camelized<R> = { -readonly [K in keyof R as K extends string ? CamelCase<K> : never]: R[K] };

const camelNames = new Map<string, string>();
const snakeNames = new Map<string, string>();

function cached(names: Map<string, string>, name: string, make: (name: string) => string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const made = make(name);
  names.set(name, made);
  return made;
}

/** `final_score` -> `finalScore`. For names of columns only: each name is remembered. */
function camelCase(name: string): string {
  return cached(camelNames, name, (text) => text.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()));
}

/** `finalScore` -> `final_score`. For names of fields only: each name is remembered. */
export function snakeCase(name: string): string {
  return cached(snakeNames, name, (text) => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** Renames the keys of a row; the values, JSON included, stay as they are. */
export function camelized<R extends object>(row: R): Camelized<R> {
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) copy[camelCase(name)] = value;
  return copy as Camelized<R>;
}
