import { describe, expect, test } from 'vitest';
import { condense } from '../../../dashboard/src/model/condense.js';
import { type IterationOrder, iterationRows } from '../../../dashboard/src/model/iteration-rows.js';
import { cellAt, roomFor, scrollTo, stepFrom } from '../../../dashboard/src/pages/run/matrix/geometry.js';
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
  const extent = { rows: 200, columns: 100, left: 148, cell: 26 };

  test('are found below a point, wherever the view was scrolled; a point on the texts is in no column', () => {
    expect(cellAt(148, 56, { left: 0, top: 0 }, extent)).toEqual({ row: 0, column: 0 });
    expect(cellAt(148 + 25, 56 + 22, { left: 26, top: 220 }, extent)).toEqual({ row: 11, column: 1 });
    expect(cellAt(100, 100, { left: 0, top: 0 }, extent)).toEqual({ row: 2, column: -1 });
    expect(cellAt(100, 40, { left: 0, top: 0 }, extent)).toBeUndefined();
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
    const view = { left: 0, top: 0, width: 148 + 260, height: 56 + 110 };
    expect(scrollTo({ row: 2, column: 2 }, view, extent)).toEqual({ left: 0, top: 0 });
    expect(scrollTo({ row: 20, column: 20 }, view, extent)).toEqual({ left: 21 * 26 - 260, top: 21 * 22 - 110 });
    expect(scrollTo({ row: 1, column: 1 }, { ...view, left: 500, top: 500 }, extent)).toEqual({ left: 26, top: 22 });
  });

  test('widen once the texts have their room, and never leave it', () => {
    expect(roomFor(390, 12)).toEqual({ left: 132, cell: 26 });
    expect(roomFor(816, 12)).toEqual({ left: 470, cell: 27 });
    expect(roomFor(1230, 12).cell).toBe(44);
  });
});

test('spans go into the address and come back; what is not understood is left out', () => {
  const brush = { temperature: [0.1, 0.5], 'model.size:large': [-3, 1e-7] } as const;
  expect(brushOf(brushTexts(brush))).toEqual(brush);
  expect(brushTexts({})).toBeUndefined();
  expect(brushOf(['nonsense', 'a:1..x', 'b:..2', ':1..2', 'c:1..2'])).toEqual({ c: [1, 2] });
  expect(brushOf(undefined)).toEqual({});
});
