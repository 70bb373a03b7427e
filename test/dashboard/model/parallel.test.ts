import { describe, expect, test } from 'vitest';
import { axisText, brushed, parallelOf } from '../../../dashboard/src/model/parallel.js';
import { anIteration } from './rows.js';

const iterations = [
  anIteration(0, { score: 0.5, params: { temperature: 0, model: { name: 'small', top_p: 1 }, demos: 10, seed: 3 } }),
  anIteration(1, { score: 0.9, params: { temperature: 0.7, model: { name: 'large', top_p: 1 }, demos: 'none', seed: 3 } }),
  anIteration(2, { score: 0.7, params: { temperature: 1.2, model: { name: 'large', top_p: 1 }, demos: 2, seed: 3 } }),
  anIteration(3, { score: 0.1, params: { model: { name: 'small', top_p: 1 }, demos: 2, seed: 3 } }),
  anIteration(4, { score: null, params: { temperature: 9 } }),
];
const parallel = parallelOf(iterations);

test('parameters that differ are axes, and the score is the last', () => {
  expect(parallel.axes).toEqual([
    { kind: 'numeric', key: 'temperature', min: 0, max: 1.2 },
    { kind: 'categorical', key: 'model.name', categories: ['large', 'small'] },
    { kind: 'categorical', key: 'demos', categories: ['2', '10', 'none'] },
    { kind: 'numeric', key: 'score', min: 0.1, max: 0.9 },
  ]);
  expect(parallel.constants).toEqual([
    { key: 'model.top_p', value: '1' },
    { key: 'seed', value: '3' },
  ]);
});

test('rows have a value an axis; without a score there is no row', () => {
  expect(parallel.rows).toEqual([
    { iteration: 0, values: [0, 1, 1, 0.5] },
    { iteration: 1, values: [0.7, 0, 2, 0.9] },
    { iteration: 2, values: [1.2, 0, 0, 0.7] },
    { iteration: 3, values: [null, 1, 0, 0.1] },
  ]);
  const [temperature, name] = parallel.axes;
  expect(
    parallel.rows.map(({ values: [t = null, n = null] }) => temperature && name && [axisText(temperature, t), axisText(name, n)]),
  ).toEqual([
    ['0', 'small'],
    ['0.7', 'large'],
    ['1.2', 'large'],
    ['(none)', 'small'],
  ]);
});

describe('a brush', () => {
  const through = (brush: Parameters<typeof brushed>[1]) => brushed(parallel, brush).map(({ iteration }) => iteration);

  test('keeps both ends, and is joined with the others', () => {
    expect(through({})).toEqual([0, 1, 2, 3]);
    expect(through({ temperature: [0, 0.7] })).toEqual([0, 1]);
    expect(through({ temperature: [0.7, 0], 'model.name': [0, 0] })).toEqual([1]);
  });

  test('on an axis that is not there, or is a member of every object, lets all through', () => {
    expect(through({ gone: [5, 6] })).toEqual([0, 1, 2, 3]);
    expect(through(JSON.parse('{"__proto__":[5,6]}'))).toEqual([0, 1, 2, 3]);
  });
});

test('texts that are all different are left out, and so is what has no room', () => {
  const many = Array.from({ length: 30 }, (_, index) => {
    const numbers = Object.fromEntries(Array.from({ length: 14 }, (__, key) => [`p${key}`, index + key]));
    return anIteration(index, { score: index, params: { note: `text ${index}`, ...numbers } });
  });
  const { axes, leftOut } = parallelOf(many);
  expect(axes.map(({ key }) => key)).toEqual([...Array.from({ length: 11 }, (_, key) => `p${key}`), 'score']);
  expect(leftOut).toEqual(['note', 'p11', 'p12', 'p13']);
});

test('nothing gives nothing', () => {
  expect(parallelOf([])).toEqual({ axes: [], rows: [], constants: [], leftOut: [] });
});
