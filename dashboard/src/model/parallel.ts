import type { JsonValue, OptimizationIteration } from '../../../src/schemas/index.js';

/** Most categories that a person can tell apart on one axis. */
const MAX_CATEGORIES = 24;
/** Most axes that fit beside each other. */
const MAX_AXES = 12;
const SCORE = 'score';
/** Where a row has no value of its own. */
const MISSING = '(none)';

export interface NumericAxis {
  readonly kind: 'numeric';
  readonly key: string;
  readonly min: number;
  readonly max: number;
}
export interface CategoricalAxis {
  readonly kind: 'categorical';
  readonly key: string;
  readonly categories: readonly string[];
}
export type ParallelAxis = NumericAxis | CategoricalAxis;

export interface ParallelRow {
  readonly iteration: number;
  /** One an axis: a number, the place of a category, or null where a numeric axis has no value. */
  readonly values: readonly (number | null)[];
}

export interface Parallel {
  /** Parameters that differ, in the order they first came, and the score last. */
  readonly axes: readonly ParallelAxis[];
  readonly rows: readonly ParallelRow[];
  /** Parameters that never differ, with their value. */
  readonly constants: readonly { readonly key: string; readonly value: string }[];
  /** Parameters with too many different texts for an axis, or for which there was no room. */
  readonly leftOut: readonly string[];
}

type Leaf = string | number | boolean | null;

/** Evaluated candidates with a score by their parameters; nested ones go by their path, `model.temperature`. */
export function parallelOf(iterations: readonly OptimizationIteration[]): Parallel {
  const scored = iterations.filter(({ score }) => score !== null);
  const rows = scored.map(({ iteration, score, params }) => ({ iteration, score: score as number, leaves: leavesOf(params) }));
  const keys = [...new Set(rows.flatMap(({ leaves }) => [...leaves.keys()]))];
  const axes: { axis: ParallelAxis; place: (leaf: Leaf | undefined) => number | null }[] = [];
  const constants: { key: string; value: string }[] = [];
  const leftOut: string[] = [];
  for (const key of keys) {
    const values = rows.map(({ leaves }) => leaves.get(key));
    const distinct = new Set(values);
    if (distinct.size <= 1) constants.push({ key, value: textOf(values[0]) });
    else if (axes.length >= MAX_AXES - 1) leftOut.push(key);
    else {
      const axis = axisOf(key, [...distinct]);
      if (axis === null) leftOut.push(key);
      else axes.push({ axis, place: placeOn(axis) });
    }
  }
  const scores = rows.map(({ score }) => score);
  const scoreAxis: ParallelAxis = { kind: 'numeric', key: SCORE, min: least(scores), max: most(scores) };
  return {
    axes: rows.length === 0 ? [] : [...axes.map(({ axis }) => axis), scoreAxis],
    rows: rows.map(({ iteration, score, leaves }) => ({
      iteration,
      values: [...axes.map(({ axis, place }) => place(leaves.get(axis.key))), score],
    })),
    constants,
    leftOut,
  };
}

function axisOf(key: string, distinct: readonly (Leaf | undefined)[]): ParallelAxis | null {
  const present = distinct.filter((value) => value !== undefined && value !== null);
  if (present.every((value) => typeof value === 'number')) {
    return { kind: 'numeric', key, min: least(present as number[]), max: most(present as number[]) };
  }
  const categories = [...new Set(distinct.map(textOf))].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  return categories.length > MAX_CATEGORIES ? null : { kind: 'categorical', key, categories };
}

function placeOn(axis: ParallelAxis): (leaf: Leaf | undefined) => number | null {
  if (axis.kind === 'numeric') return (leaf) => (typeof leaf === 'number' ? leaf : null);
  const places = new Map(axis.categories.map((category, place) => [category, place]));
  return (leaf) => places.get(textOf(leaf)) ?? null;
}

/** The value of a row on an axis, as text. */
export function axisText(axis: ParallelAxis, value: number | null): string {
  if (value === null) return MISSING;
  return axis.kind === 'numeric' ? String(value) : (axis.categories[value] ?? MISSING);
}

function leavesOf(params: OptimizationIteration['params']): Map<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const walk = (value: JsonValue, path: string) => {
    if (typeof value !== 'object' || value === null) leaves.set(path, value);
    else if (Array.isArray(value)) leaves.set(path, JSON.stringify(value));
    else for (const [key, each] of Object.entries(value)) walk(each, path === '' ? key : `${path}.${key}`);
  };
  walk(params as JsonValue, '');
  return leaves;
}

const textOf = (leaf: Leaf | undefined): string => (leaf === undefined ? MISSING : String(leaf));
const least = (values: readonly number[]) => values.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
const most = (values: readonly number[]) => values.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);

/** What is let through on an axis: a span of numbers, both ends included, or of categories by their places. */
export type Brush = Readonly<Record<string, readonly [low: number, high: number]>>;

/** The rows that every brush lets through; a row without a value is let through by no brush on that axis. */
export function brushed({ axes, rows }: Parallel, brush: Brush): readonly ParallelRow[] {
  const spans = axes.flatMap((axis, index) => {
    const span = Object.hasOwn(brush, axis.key) ? brush[axis.key] : undefined;
    return span === undefined ? [] : [{ index, low: Math.min(...span), high: Math.max(...span) }];
  });
  return rows.filter(({ values }) =>
    spans.every(({ index, low, high }) => {
      const value = values[index] ?? null;
      return value !== null && value >= low && value <= high;
    }),
  );
}
