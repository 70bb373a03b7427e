import { describe, expect, test } from 'vitest';
import { matrixView } from '../../../dashboard/src/model/matrix.js';
import type { SampleMatrix } from '../../../src/schemas/index.js';

const example = (exampleId: string | null, sampleIndex: number, scores: (number | null)[], outcomes: (0 | 1 | null)[]) => ({
  exampleHash: null,
  exampleId,
  sampleIndex,
  scores,
  outcomes,
  indexes: outcomes.map((outcome) => (outcome === null ? null : sampleIndex)),
});

const matrix: SampleMatrix = {
  runId: 'r',
  projectId: 'p',
  iterations: [
    { iteration: 0, evalKind: 'full', status: 'completed', score: 0.5 },
    { iteration: 1, evalKind: 'minibatch', status: 'completed', score: 0 },
    { iteration: 2, evalKind: 'full', status: 'completed', score: 0.75 },
  ],
  examples: [
    example('easy', 0, [1, null, 1], [1, null, 1]),
    example('fixed', 1, [0, 0, 1], [1, 1, 1]),
    example(null, 2, [null, 0.25, null], [null, 0, null]),
    example('broken', 3, [1, null, null], [1, null, 0]),
  ],
};
const labels = (columns: 'all' | 'full') => matrixView(matrix, columns).rows.map(({ label }) => label);

describe('the rows of a matrix', () => {
  test('all of them, under the id of the example or the index of the sample', () => {
    expect(labels('all')).toEqual(['easy', 'fixed', '#2', 'broken']);
  });
  test('without minibatches, nor the examples that only those had', () => {
    const view = matrixView(matrix, 'full');
    expect(view.columns.map(({ iteration }) => iteration)).toEqual([0, 2]);
    expect(labels('full')).toEqual(['easy', 'fixed', 'broken']);
    expect(view.rows[1]?.cells).toEqual([
      { score: 0, failed: false, sampleIndex: 1 },
      { score: 1, failed: false, sampleIndex: 1 },
    ]);
  });
});
