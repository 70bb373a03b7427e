import type { SampleMatrix } from '../../../src/schemas/index.js';

/** Which rows: all, those that failed somewhere, or those that did not come out the same everywhere. */
export type MatrixMode = 'all' | 'failures' | 'different';
/** By the data set's order, or the examples with the lowest mean first. */
export type MatrixOrder = 'index' | 'hardest';
/** Which columns: every iteration that was evaluated, or full evaluations alone. */
export type MatrixColumns = 'all' | 'full';

export type MatrixExample = SampleMatrix['examples'][number];

export interface MatrixRow {
  readonly label: string;
  readonly cells: readonly MatrixCell[];
  /** Mean of its scores; null where it has none. */
  readonly mean: number | null;
}

export interface MatrixCell {
  readonly score: number | null;
  /** Whether the sample failed; null where the example was not evaluated in that iteration. */
  readonly failed: boolean | null;
  /** The sample to open; null where there is none. */
  readonly sampleIndex: number | null;
}

export interface MatrixView {
  readonly columns: SampleMatrix['iterations'];
  readonly rows: readonly MatrixRow[];
  /** Rows before the mode left some out. */
  readonly total: number;
}

const EMPTY: MatrixCell = { score: null, failed: null, sampleIndex: null };

export function matrixView(
  matrix: SampleMatrix,
  { mode, order, columns }: { mode: MatrixMode; order: MatrixOrder; columns: MatrixColumns },
): MatrixView {
  const places = matrix.iterations.flatMap(({ evalKind }, place) => (columns === 'all' || evalKind === 'full' ? [place] : []));
  const rows = matrix.examples.map((example) => rowOf(example, places)).filter(({ cells }) => cells.some(isEvaluated));
  const kept = rows.filter(({ cells }) => KEEPS[mode](cells.filter(isEvaluated)));
  if (order === 'hardest') kept.sort((one, other) => (one.mean ?? Infinity) - (other.mean ?? Infinity));
  return { columns: places.flatMap((place) => matrix.iterations[place] ?? []), rows: kept, total: rows.length };
}

const isEvaluated = ({ failed }: MatrixCell) => failed !== null;

const KEEPS: Record<MatrixMode, (cells: readonly MatrixCell[]) => boolean> = {
  all: () => true,
  failures: (cells) => cells.some(({ failed }) => failed === true),
  different: (cells) => cells.some(({ score, failed }) => score !== cells[0]?.score || failed !== cells[0].failed),
};

function rowOf(example: MatrixExample, places: readonly number[]): MatrixRow {
  const cells = places.map((place): MatrixCell => {
    const outcome = example.outcomes[place] ?? null;
    if (outcome === null) return EMPTY;
    return { score: example.scores[place] ?? null, failed: outcome === 0, sampleIndex: example.indexes[place] ?? null };
  });
  const scores = cells.flatMap(({ score }) => score ?? []);
  const mean = scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { label: example.exampleId ?? `#${example.sampleIndex}`, cells, mean };
}

/** Scores from the least to the greatest of the table, for the scale of its colours; 0 to 1 where all are within. */
export function scoreSpan(matrix: SampleMatrix): readonly [low: number, high: number] {
  let [low, high] = [0, 1];
  for (const { scores } of matrix.examples) {
    for (const score of scores) {
      if (score === null) continue;
      low = Math.min(low, score);
      high = Math.max(high, score);
    }
  }
  return [low, high];
}
