import { expect, test } from 'vitest';
import { fairTail } from '../../src/trust/distributions.js';
import { pairedDifference, pairInterval } from '../../src/trust/pair.js';
import { assess } from '../../src/trust.js';

/** 20 examples, one text each, along iterations 0, 5, 10, 13, 16, 21. */
const EXAMPLES =
  '110101 011111 011111 001000 101111 111111 011111 011111 000000 011111 111111 011111 010011 000111 000000 111111 011111 000011 000000 000000'.split(
    ' ',
  );
const GOLDEN_SCORES = [0, 1, 2, 3, 4, 5].map((program) => EXAMPLES.map((trail) => Number(trail[program])));
const GOLDEN_PARENTS = [null, 0, 1, 1, 3, 3];

test('one pair: Bonett-Price interval and the exact sign test', () => {
  const differences = GOLDEN_SCORES[5]?.map((score, at) => score - (GOLDEN_SCORES[0]?.[at] ?? 0)) ?? [];
  const pair = pairedDifference(differences, 1, 1e-9);
  expect([pair.better, pair.worse]).toEqual([10, 0]);
  const [low, high] = pairInterval(pair, 0.025);
  expect(low).toBeCloseTo(0.211, 3);
  expect(high).toBeCloseTo(0.698, 3);
  expect(fairTail(10, 10)).toBeCloseTo(1 / 1024, 12);
});

test.each([1, 7, 2026, -5])('the verdict of the golden run with seed %i', (seed) => {
  const verdict = assess({ scores: GOLDEN_SCORES, parents: GOLDEN_PARENTS, seed });
  expect(verdict).toMatchObject({ word: 'real', winner: 5, difference: 0.5, better: 10, worse: 0, n: 20, k: 5, guarded: true });
  expect(Math.abs((verdict.interval?.[0] ?? 0) - 0.185)).toBeLessThan(0.005);
  expect(verdict.interval?.[1]).toBeCloseTo(0.698, 3);
  expect(Math.abs((verdict.expected ?? 0) - 0.64)).toBeLessThan(0.01);
  expect(Math.abs((verdict.replayP ?? 1) - 0.0024)).toBeLessThan(0.001);
  expect(verdict.chase).toBeCloseTo(2 / 3, 12);
  expect(verdict.sentence).toBe(
    'Real: +50 points over the baseline (95%: +18 to +70), best of 5 candidates on 20 examples. ' +
      'Expect about 0.64 on new examples. Programs 4 and 5 cannot be told apart (1 example).',
  );
});

test('the same seed gives the same verdict, to the last digit', () => {
  const once = assess({ scores: GOLDEN_SCORES, parents: GOLDEN_PARENTS, seed: 11 });
  expect(assess({ scores: GOLDEN_SCORES, parents: GOLDEN_PARENTS, seed: 11 })).toEqual(once);
});
