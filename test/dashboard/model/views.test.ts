import { describe, expect, test } from 'vitest';
import { condense } from '../../../dashboard/src/model/condense.js';
import { type IterationOrder, iterationRows } from '../../../dashboard/src/model/iteration-rows.js';
import { neighbour, placesOf } from '../../../dashboard/src/pages/run/candidates/layout.js';
import { cellAt, scrollTo, stepFrom } from '../../../dashboard/src/pages/run/matrix/geometry.js';
import { brushOf, brushTexts } from '../../../dashboard/src/pages/run/parameters/brush-text.js';
import { anIteration } from './rows.js';

describe('the rows of the iterations', () => {
  const iterations = [
    anIteration(0, { score: 0.5, costUsd: 2 }),
    anIteration(1, { score: null, status: 'failed', evalKind: 'minibatch' }),
    anIteration(2, { score: 0.9, costUsd: 1, decision: 'accepted' }),
    anIteration(3, { score: 0.5, decision: 'rejected', evalKind: 'minibatch' }),
  ];
  const numbers = (filter: Parameters<typeof iterationRows>[1], by: IterationOrder = 'iteration', descending = false) =>
    iterationRows(iterations, filter, { by, descending }).map(({ iteration }) => iteration);

  test('pass by kind, decision and status', () => {
    expect(numbers({ kind: ['minibatch'] })).toEqual([1, 3]);
    expect(numbers({ decision: ['undecided', 'accepted'] })).toEqual([0, 1, 2]);
    expect(numbers({ kind: ['minibatch'], state: ['completed'] })).toEqual([3]);
    expect(numbers({ kind: [] })).toEqual([]);
  });

  test('are ordered; what has no value comes last in either direction, and equals by their number', () => {
    expect(numbers({}, 'iteration', true)).toEqual([3, 2, 1, 0]);
    expect(numbers({}, 'score', true)).toEqual([2, 0, 3, 1]);
    expect(numbers({}, 'score')).toEqual([0, 3, 2, 1]);
    expect(numbers({}, 'cost')).toEqual([2, 0, 1, 3]);
    expect(iterations.map(({ iteration }) => iteration)).toEqual([0, 1, 2, 3]);
  });
});

describe('a long diff', () => {
  test('keeps what is around its changes, and says how much it left out', () => {
    const same = `${'a'.repeat(5_000)}😀${'b'.repeat(5_000)}`;
    const pieces = condense([
      { kind: 'same', text: same },
      { kind: 'added', text: 'new' },
      { kind: 'removed', text: 'x'.repeat(30_000) },
      { kind: 'same', text: 'short' },
    ]);
    expect(pieces.map(({ kind, text, leftOut }) => [kind, text.length, leftOut])).toEqual([
      ['same', 1_500, 0],
      ['left-out', 0, same.length - 3_000],
      ['same', 1_500, 0],
      ['added', 3, 0],
      ['removed', 20_000, 0],
      ['left-out', 0, 10_000],
      ['same', 5, 0],
    ]);
  });
});

describe('the cells of the matrix', () => {
  const extent = { rows: 200, columns: 100 };

  test('are found below a point, wherever the view was scrolled', () => {
    expect(cellAt(148, 44, { left: 0, top: 0 }, extent)).toEqual({ row: 0, column: 0 });
    expect(cellAt(148 + 21, 44 + 22, { left: 22, top: 220 }, extent)).toEqual({ row: 11, column: 1 });
    expect(cellAt(100, 100, { left: 0, top: 0 }, extent)).toBeUndefined();
    expect(cellAt(500, 500, { left: 99_999, top: 0 }, extent)).toBeUndefined();
  });

  test('are reached by keys, and none leads out', () => {
    expect(stepFrom({ row: 0, column: 0 }, 'ArrowUp', extent, 10)).toEqual({ row: 0, column: 0 });
    expect(stepFrom({ row: 5, column: 5 }, 'PageDown', extent, 10)).toEqual({ row: 15, column: 5 });
    expect(stepFrom({ row: 199, column: 3 }, 'PageDown', extent, 10)).toEqual({ row: 199, column: 3 });
    expect(stepFrom({ row: 5, column: 5 }, 'End', extent, 10)).toEqual({ row: 5, column: 99 });
    expect(stepFrom({ row: 5, column: 5 }, 'constructor', extent, 10)).toBeUndefined();
  });

  test('are scrolled into view, and not further', () => {
    const view = { left: 0, top: 0, width: 148 + 220, height: 44 + 110 };
    expect(scrollTo({ row: 2, column: 2 }, view)).toEqual({ left: 0, top: 0 });
    expect(scrollTo({ row: 20, column: 20 }, view)).toEqual({ left: 21 * 22 - 220, top: 21 * 22 - 110 });
    expect(scrollTo({ row: 1, column: 1 }, { ...view, left: 500, top: 500 })).toEqual({ left: 22, top: 22 });
  });
});

describe('the tree of candidates', () => {
  const node = (id: string, parents: string[]) =>
    ({
      id,
      parents,
      iterations: [Number(id)],
      role: 'accepted',
      isBaseline: false,
      score: null,
      isFullScore: false,
      shown: Number(id),
    }) as const;
  const places = placesOf({
    nodes: [node('0', []), node('1', ['0']), node('2', ['0']), node('3', ['1', '2'])],
    edges: [
      { id: '0>1', source: '0', target: '1' },
      { id: '0>2', source: '0', target: '2' },
      { id: '1>3', source: '1', target: '3' },
      { id: '2>3', source: '2', target: '3' },
    ],
    merges: 1,
  });

  test('has parents above their children', () => {
    const height = (id: string) => places.get(id)?.y ?? Number.NaN;
    expect(height('0')).toBeLessThan(height('1'));
    expect(height('1')).toBe(height('2'));
    expect(height('2')).toBeLessThan(height('3'));
  });

  test('is walked by arrows', () => {
    const below = neighbour(places, '0', 'ArrowDown');
    expect(['1', '2']).toContain(below);
    expect(neighbour(places, '3', 'ArrowUp')).toMatch(/^[12]$/);
    const [left, right] = (places.get('1')?.x ?? 0) < (places.get('2')?.x ?? 0) ? ['1', '2'] : ['2', '1'];
    expect(neighbour(places, left as string, 'ArrowRight')).toBe(right);
    expect(neighbour(places, '0', 'ArrowUp')).toBeUndefined();
    expect(neighbour(places, '0', 'Enter')).toBeUndefined();
  });
});

test('spans go into the address and come back; what is not understood is left out', () => {
  const brush = { temperature: [0.1, 0.5], 'model.size:large': [-3, 1e-7] } as const;
  expect(brushOf(brushTexts(brush))).toEqual(brush);
  expect(brushTexts({})).toBeUndefined();
  expect(brushOf(['nonsense', 'a:1..x', 'b:..2', ':1..2', 'c:1..2'])).toEqual({ c: [1, 2] });
  expect(brushOf(undefined)).toEqual({});
});
