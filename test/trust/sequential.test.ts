import { expect, test } from 'vitest';
import { DECIDED_AT, SequentialTest, signEvidence } from '../../src/trust/sequential.js';

test('evidence from signs is the mixture of the share of wins, by numerical integration', () => {
  for (const [wins, losses] of [
    [0, 0],
    [1, 0],
    [5, 1],
    [9, 0],
    [30, 12],
  ] as const) {
    let sum = 0;
    const steps = 20_000;
    for (let step = 0; step < steps; step++) {
      const share = 0.5 + (step + 0.5) / (2 * steps);
      sum += (2 * share) ** wins * (2 * (1 - share)) ** losses;
    }
    expect(signEvidence(wins, losses) / (sum / steps)).toBeCloseTo(1, 5);
  }
});

test('it is a martingale if both are equally good', () => {
  for (const [wins, losses] of [
    [0, 0],
    [3, 2],
    [11, 4],
  ] as const) {
    const next = (signEvidence(wins + 1, losses) + signEvidence(wins, losses + 1)) / 2;
    expect(next).toBeCloseTo(signEvidence(wins, losses), 9);
  }
});

test('a clear win is decided, and a clear loss, and ties decide nothing', () => {
  const run = (differences: number[], range: number | null = 1) => {
    const test = new SequentialTest(range, 1e-9);
    for (const each of differences) test.add(each);
    return test;
  };
  expect(run(new Array(9).fill(1)).outcome(100)).toBe('better');
  expect(run(new Array(9).fill(-1)).outcome(100)).toBe('worse');
  expect(run(new Array(100).fill(0)).outcome(100)).toBe('open');
  expect(run(new Array(60).fill(0.3)).outcome(100)).toBe('better');
  expect(run(new Array(9).fill(1234), null).outcome(100)).toBe('better');
});

test('futility: even if all that are left were fixed', () => {
  const test = new SequentialTest(1, 1e-9);
  for (let pair = 0; pair < 10; pair++) test.add(-1 * (pair % 2));
  expect(test.outcome(3)).toBe('futile');
  expect(test.outcome(100)).toBe('open');
  expect(signEvidence(3, 5)).toBeLessThan(DECIDED_AT);
});

test('scores between the two ends go on with the same evidence', () => {
  const [signs, both] = [new SequentialTest(1, 1e-9), new SequentialTest(1, 1e-9)];
  for (const each of [1, 1, -1, 1, 1, 0, 1]) {
    signs.add(each);
    both.add(each);
  }
  both.add(1e-7);
  expect(both.evidence.better / signs.evidence.better).toBeCloseTo(1, 2);
});
