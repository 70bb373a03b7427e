import type { SampleMatrix } from '../../../src/schemas/index.js';

/** Which columns: every iteration that was evaluated, or full evaluations alone. */
export type MatrixColumns = 'all' | 'full';

export interface MatrixRow {
  readonly label: string;
  readonly cells: readonly MatrixCell[];
  /** Mean of its scores; null if it has none. */
  readonly mean: number | null;
}

export interface MatrixCell {
  readonly score: number | null;
  /** Whether the sample failed; null if the example was not evaluated in that iteration. */
  readonly failed: boolean | null;
  /** The sample to open; null if there is none. */
  readonly sampleIndex: number | null;
}

export interface MatrixView {
  readonly columns: SampleMatrix['iterations'];
  readonly rows: readonly MatrixRow[];
}

const EMPTY: MatrixCell = { score: null, failed: null, sampleIndex: null };

/** The recorded table as it is: an example a row, an iteration a column. */
export function matrixView(matrix: SampleMatrix, columns: MatrixColumns): MatrixView {
  const places = matrix.iterations.flatMap(({ evalKind }, place) => (columns === 'all' || evalKind === 'full' ? [place] : []));
  const rows = matrix.examples.map((example) => rowOf(example, places)).filter(({ cells }) => cells.some(({ failed }) => failed !== null));
  return { columns: places.flatMap((place) => matrix.iterations[place] ?? []), rows };
}

function rowOf(example: SampleMatrix['examples'][number], places: readonly number[]): MatrixRow {
  const cells = places.map((place): MatrixCell => {
    const outcome = example.outcomes[place] ?? null;
    if (outcome === null) return EMPTY;
    return { score: example.scores[place] ?? null, failed: outcome === 0, sampleIndex: example.indexes[place] ?? null };
  });
  const scores = cells.flatMap(({ score }) => score ?? []);
  const mean = scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { label: example.exampleId ?? `#${example.sampleIndex}`, cells, mean };
}
