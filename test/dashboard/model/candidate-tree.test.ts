import { describe, expect, test } from 'vitest';
import { candidateTree } from '../../../dashboard/src/model/candidate-tree.js';
import { anIteration, aStoredRun } from './rows.js';

describe('the candidates of a GEPA run', () => {
  const iterations = [
    anIteration(0, { programHash: 'seed', score: 0.4, isBaseline: true }),
    anIteration(1, { programHash: 'seed', score: 0.5, evalKind: 'minibatch', parentIterations: [] }),
    anIteration(2, { programHash: 'a', score: 0.9, evalKind: 'minibatch', decision: 'accepted', parentIterations: [0] }),
    anIteration(3, { programHash: 'a', score: 0.6, parentIterations: [2], decision: 'accepted' }),
    anIteration(4, { programHash: 'b', score: 0.1, evalKind: 'minibatch', decision: 'rejected', parentIterations: [0] }),
    anIteration(5, { programHash: 'c', score: 0.7, parentIterations: [0], decision: 'accepted' }),
    anIteration(6, { programHash: 'm', score: 0.8, parentIterations: [3, 5] }),
    anIteration(7, { status: 'running', parentIterations: [6] }),
    anIteration(8, { status: 'failed', errorMessage: 'no', parentIterations: [99] }),
  ];
  const tree = candidateTree(iterations, aStoredRun({ bestIteration: 6 }));
  const node = (id: string) => tree.nodes.find((each) => each.id === id);

  test('evaluations of one program are one candidate, scored by the full one', () => {
    expect(tree.nodes.map(({ iterations: numbers }) => numbers)).toEqual([[0, 1], [2, 3], [4], [5], [6], [7], [8]]);
    expect(node('0')).toMatchObject({ score: 0.4, isFullScore: true, shown: 0 });
    expect(node('2')).toMatchObject({ score: 0.6, isFullScore: true, shown: 3 });
    expect(node('4')).toMatchObject({ score: 0.1, isFullScore: false, shown: 4 });
    expect(node('7')).toMatchObject({ score: null, shown: 7 });
  });

  test('each has its role', () => {
    expect(tree.nodes.map(({ role }) => role)).toEqual(['baseline', 'accepted', 'rejected', 'accepted', 'best', 'running', 'failed']);
  });

  test('a merge has two parents, and a parent that is not there is none', () => {
    expect(tree.edges.map(({ id }) => id)).toEqual(['0>2', '0>4', '0>5', '2>6', '5>6', '6>7']);
    expect(tree.merges).toBe(1);
  });
});

test('a text that is found again makes no circle', () => {
  const { nodes, edges } = candidateTree(
    [
      anIteration(0, { programHash: 'x' }),
      anIteration(1, { programHash: 'y', parentIterations: [0] }),
      anIteration(2, { programHash: 'x', parentIterations: [1, 2] }),
    ],
    aStoredRun(),
  );
  expect(nodes).toHaveLength(2);
  expect(edges.map(({ id }) => id)).toEqual(['0>1']);
});

test('a baseline that stays the best is both, and of minimized scores the lowest counts', () => {
  const { nodes } = candidateTree(
    [anIteration(0, { programHash: 'x', score: 3, isBaseline: true }), anIteration(1, { programHash: 'x', score: 2 })],
    aStoredRun({ bestIteration: 1, direction: 'minimize' }),
  );
  expect(nodes).toMatchObject([{ role: 'best', isBaseline: true, score: 2, shown: 1 }]);
});
