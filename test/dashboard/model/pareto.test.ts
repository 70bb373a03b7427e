import { describe, expect, test } from 'vitest';
import { type Objective, objectivesOf, paretoOf } from '../../../dashboard/src/model/pareto.js';
import { anIteration, aStoredRun } from './rows.js';

const run = aStoredRun();
const costs = (pairs: readonly (readonly [score: number, cost: number])[]) =>
  pairs.map(([score, costUsd], iteration) => anIteration(iteration, { score, costUsd }));

function frontOf(iterations: ReturnType<typeof costs>, direction: 'maximize' | 'minimize' = 'maximize'): number[] {
  const objectives = objectivesOf(iterations, { direction });
  const by = (key: string) => objectives.find((each) => each.key === key) as Objective;
  const points = paretoOf(iterations, by('cost'), by('score'));
  return points
    .filter(({ isOnFront }) => isOnFront)
    .map(({ iteration }) => iteration)
    .sort((one, other) => one - other);
}

test.each<[string, [number, number][], number[]]>([
  [
    'the cheaper and the better',
    [
      [0.5, 1],
      [0.9, 5],
      [0.4, 2],
      [0.9, 6],
    ],
    [0, 1],
  ],
  [
    'equals are both on it',
    [
      [0.5, 1],
      [0.5, 1],
      [0.6, 2],
    ],
    [0, 1, 2],
  ],
  [
    'one that is better in all stands alone',
    [
      [0.9, 1],
      [0.5, 2],
      [0.4, 3],
    ],
    [0],
  ],
])('the front: %s', (_, pairs, front) => {
  expect(frontOf(costs(pairs))).toEqual(front);
});

test('where lower scores are better the front follows', () => {
  expect(
    frontOf(
      costs([
        [5, 1],
        [1, 5],
        [5, 5],
        [0.5, 9],
      ]),
      'minimize',
    ),
  ).toEqual([0, 1, 3]);
});

test('agrees with the definition on many points', () => {
  let seed = 7;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed % 12;
  };
  const points = Array.from({ length: 300 }, (): [number, number] => [random(), random()]);
  const dominated = ([score, cost]: [number, number]) => points.some(([s, c]) => s >= score && c <= cost && (s > score || c < cost));
  expect(frontOf(costs(points))).toEqual(points.flatMap((point, index) => (dominated(point) ? [] : [index])));
});

describe('objectives', () => {
  test('are those that tell candidates apart', () => {
    const iterations = [
      anIteration(0, { score: 0.5, scores: { brevity: 1, tone: 2 }, costUsd: 1, durationMs: 5 }),
      anIteration(1, { score: 0.5, scores: { brevity: 2, tone: 2 }, costUsd: 1, durationMs: 6 }),
      anIteration(2, { score: 0.7, evalKind: 'minibatch', costUsd: 9 }),
    ];
    expect(objectivesOf(iterations, run).map(({ key, direction }) => [key, direction])).toEqual([
      ['score', 'maximize'],
      ['scores.brevity', 'maximize'],
      ['duration', 'minimize'],
    ]);
  });

  test('an objective called like a member of every object is its own', () => {
    const [, objective] = objectivesOf(
      [
        anIteration(0, { score: 1, scores: JSON.parse('{"constructor":1}') }),
        anIteration(1, { score: 1, scores: { constructor: 2 } as never }),
      ],
      run,
    );
    expect(objective?.key).toBe('scores.constructor');
    expect(objective?.measure(anIteration(2, { scores: {} }))).toBeNull();
  });

  test('none, where nothing was evaluated in full', () => {
    expect(objectivesOf([anIteration(0, { score: 1, evalKind: 'minibatch' })], run)).toEqual([]);
  });
});
