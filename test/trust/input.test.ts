import { expect, test } from 'vitest';
import type { OptrailError } from '../../src/errors.js';
import { type AssessInput, assess } from '../../src/trust.js';

const ones = (count: number, value = 1) => new Array<number>(count).fill(value);

test.each<[string, AssessInput, string, RegExp]>([
  ['no programs', { scores: [], seed: 1 }, 'scores', /has no programs/],
  ['ragged rows', { scores: [[0, 1], [1]], seed: 1 }, 'scores[1]', /has 1 examples, but scores\[0\] has 2/],
  ['an infinite score', { scores: [[0, Number.POSITIVE_INFINITY]], seed: 1 }, 'scores[0][1]', /is not a finite number/],
  ['no number', { scores: [[0, '1' as unknown as number]], seed: 1 }, 'scores[0][1]', /is not a finite number/],
  ['a row that is no list', { scores: [[0], null as unknown as number[]], seed: 1 }, 'scores[1]', /is not a list/],
  ['a scale that turns', { scores: [[0]], scale: [1, 0], seed: 1 }, 'scale', /is not a scale/],
  ['a scale of zero', { scores: [[0]], scale: 0, seed: 1 }, 'scale', /is not a scale/],
  [
    'a score beyond the scale',
    {
      scores: [
        [0, 0.5],
        [1, 4],
      ],
      scale: 1,
      seed: 1,
    },
    'scale',
    /contradicts scores\[1\]\[1\], which is 4/,
  ],
  ['a direction', { scores: [[0]], direction: 'up' as 'maximize', seed: 1 }, 'direction', /is not a direction/],
  ['too few parents', { scores: [[0], [1]], parents: [null], seed: 1 }, 'parents', /does not have 2 entries/],
  ['a parent out of range', { scores: [[0], [1]], parents: [null, 2], seed: 1 }, 'parents[1]', /is 2, which is not a program/],
  ['a fractional parent', { scores: [[0], [1]], parents: [null, [0.5]], seed: 1 }, 'parents[1]', /is not a program/],
  ['a circle of parents', { scores: [[0], [1], [1]], parents: [null, 2, 1], seed: 1 }, 'parents', /are cyclic/],
  ['a parent of itself', { scores: [[0], [1]], parents: [null, 1], seed: 1 }, 'parents', /are cyclic/],
  ['no seed', { scores: [[0]], seed: Number.NaN }, 'seed', /is not a finite number/],
  ['an overlap below zero', { scores: [[0]], seed: 1, overlap: -1 }, 'overlap', /is not a count/],
  ['resamples', { scores: [[0]], seed: 1, resamples: 10 }, 'resamples', /is not a whole number from 100/],
])('%s is refused with its path and a hint', (_, input, path, message) => {
  try {
    assess(input);
  } catch (error) {
    expect(error).toMatchObject({ code: 'invalid_input', path });
    expect((error as OptrailError).message).toMatch(message);
    expect((error as OptrailError).hint).toMatch(/^[A-Z]\w+ /);
    return;
  }
  expect.unreachable('assess accepted it');
});

test.each<[string, AssessInput]>([
  ['one program', { scores: [ones(20)], seed: 1 }],
  ['nothing scored', { scores: [ones(20, Number.NaN), ones(20, Number.NaN)], seed: 1 }],
  ['no candidate scored', { scores: [ones(20), ones(20, Number.NaN)], seed: 1 }],
  ['no examples', { scores: [[], []], seed: 1 }],
  ['one example', { scores: [[0], [1]], seed: 1 }],
  ['nine examples', { scores: [ones(9, 0), ones(9)], seed: 1 }],
  ['equal programs', { scores: [ones(50), ones(50)], seed: 1 }],
  ['five of twenty differ', { scores: [ones(20, 0), ones(20, 0).fill(1, 0, 5)], seed: 1 }],
])('%s is too few', (_, input) => {
  const verdict = assess(input);
  expect(verdict.word).toBe('too few');
  expect(verdict.sentence).toMatch(/^Too few: /);
  expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
});

test('three right of three do not beat fourteen of twenty', () => {
  const base = [...ones(14), ...ones(6, 0)];
  const verdict = assess({ scores: [base, [...ones(3), ...ones(17, Number.NaN)], base], seed: 1 });
  expect(verdict).toMatchObject({ winner: 2, k: 1, n: 20, word: 'too few' });
});

test('an example that one program lacks is left out for all, and never imputed', () => {
  const base = [...ones(10, 0), ...ones(10)];
  const better = ones(20);
  better[19] = Number.NaN;
  expect(assess({ scores: [base, better, ones(20)], seed: 1 })).toMatchObject({ n: 19, k: 2, better: 10, worse: 0 });
});

test('noise of floats is a tie', () => {
  const base = Array.from({ length: 30 }, () => 0.1 + 0.2);
  expect(assess({ scores: [base, ones(30, 0.3)], seed: 1, scale: 1 })).toMatchObject({ better: 0, worse: 0, word: 'too few' });
});
