import { describe, expect, test } from 'vitest';
import { matrixView, scoreSpan } from '../../../dashboard/src/model/matrix.js';
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
const labels = (...[given]: [Partial<Parameters<typeof matrixView>[1]>]) =>
  matrixView(matrix, { mode: 'all', order: 'index', columns: 'all', ...given }).rows.map(({ label }) => label);

describe('the rows of a matrix', () => {
  test('all of them, under the id of the example or the index of the sample', () => {
    expect(labels({})).toEqual(['easy', 'fixed', '#2', 'broken']);
  });
  test('those that failed somewhere', () => expect(labels({ mode: 'failures' })).toEqual(['#2', 'broken']));
  test('those that came out differently; not evaluated is no difference', () =>
    expect(labels({ mode: 'different' })).toEqual(['fixed', 'broken']));
  test('the hardest first; without a score they come last', () =>
    expect(labels({ order: 'hardest' })).toEqual(['#2', 'fixed', 'easy', 'broken']));
  test('without minibatches, nor the examples that only those had', () => {
    const view = matrixView(matrix, { mode: 'all', order: 'index', columns: 'full' });
    expect(view.columns.map(({ iteration }) => iteration)).toEqual([0, 2]);
    expect(view.rows.map(({ label }) => label)).toEqual(['easy', 'fixed', 'broken']);
    expect(view.rows[1]?.cells).toEqual([
      { score: 0, failed: false, sampleIndex: 1 },
      { score: 1, failed: false, sampleIndex: 1 },
    ]);
    expect(view.total).toBe(3);
  });
});

test('the scale of the colours reaches as far as the scores', () => {
  expect(scoreSpan(matrix)).toEqual([0, 1]);
  expect(scoreSpan({ ...matrix, examples: [example(null, 0, [-3, null, 87], [1, null, 1])] })).toEqual([-3, 87]);
});
