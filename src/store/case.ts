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

/** The columns of a result: their names, those of the fields they become, and a row with nothing in it yet. */
interface Shape {
  columns: readonly string[];
  fields: readonly string[];
  blank: Readonly<Record<string, unknown>>;
}

// The rows of a result come one after the other, and all have the same columns.
let last: Shape = shapeOf([]);

function shapeOf(columns: readonly string[]): Shape {
  const fields = columns.map(camelCase);
  return { columns, fields, blank: Object.fromEntries(fields.map((field) => [field, null])) };
}

function isOf(shape: Shape, columns: readonly string[]): boolean {
  return shape.columns.length === columns.length && columns.every((column, index) => column === shape.columns[index]);
}

/** Renames the keys of a row; the values, JSON included, stay as they are. */
export function camelized<R extends object>(row: R): Camelized<R> {
  const columns = Object.keys(row);
  if (!isOf(last, columns)) last = shapeOf(columns);
  // A copy of an object that has all its fields already is several times faster than fields added one by one.
  const copy: Record<string, unknown> = { ...last.blank };
  let index = 0;
  for (const value of Object.values(row)) {
    copy[last.fields[index] ?? ''] = value;
    index += 1;
  }
  return copy as Camelized<R>;
}
