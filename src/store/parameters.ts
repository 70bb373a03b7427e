import type { SqlValue } from '../database/port.js';

/** Collects the parameters of a statement and gives each its place: `where id = ${parameters.add(id)}`. */
export class Parameters {
  readonly values: SqlValue[] = [];

  add(value: SqlValue): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }
}

/** Columns with the values to write into them. Names come from our own schemas, never from a caller. */
export type Assignments = ReadonlyMap<string, SqlValue>;

/** `(a, b) values ($1, $2)` */
export function insertClause(assignments: Assignments, parameters: Parameters): string {
  const places = [...assignments.values()].map((value) => parameters.add(value));
  return `(${[...assignments.keys()].join(', ')}) values (${places.join(', ')})`;
}

/** `a = $1, b = $2` */
export function setClause(assignments: Assignments, parameters: Parameters): string {
  return [...assignments].map(([column, value]) => `${column} = ${parameters.add(value)}`).join(', ');
}
