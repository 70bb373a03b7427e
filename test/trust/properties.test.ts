import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AssessInput, type Assessment, assess } from '../../src/trust.js';

const RESAMPLES = 500;

/** Scores of up to 6 programs on up to 30 examples; each program differs from the first on some. */
const worlds = fc
  .record({
    n: fc.integer({ min: 10, max: 30 }),
    k: fc.integer({ min: 1, max: 5 }),
    binary: fc.boolean(),
    bits: fc.array(fc.nat(1_000), { minLength: 180, maxLength: 180 }),
  })
  .map(({ n, k, binary, bits }) => {
    const score = (program: number, at: number) => {
      const value = (bits[program * n + at] ?? 0) / 1_000;
      const raised = Math.min(1, value + (program === 1 ? 0.4 : 0));
      return binary ? Number(raised > 0.5) : raised;
    };
    return Array.from({ length: k + 1 }, (_, program) => Array.from({ length: n }, (_, at) => score(program, at)));
  });

const judge = (scores: number[][], more: Partial<AssessInput> = {}) => assess({ scores, seed: 5, resamples: RESAMPLES, ...more });

/** What may not depend on how the scores are listed. */
const essence = ({ word, difference, interval, expected, needed, better, worse, n, k }: Assessment) => ({
  word,
  difference: difference?.toFixed(9),
  interval: interval?.map((each) => each.toFixed(9)),
  expected: expected?.toFixed(9),
  needed,
  better,
  worse,
  n,
  k,
});

const shuffled = <T>(items: readonly T[], keys: readonly number[]): T[] =>
  items
    .map((item, at) => ({ item, key: keys[at % keys.length] ?? 0 }))
    .sort((left, right) => left.key - right.key)
    .map(({ item }) => item);

const keys = fc.array(fc.nat(), { minLength: 30, maxLength: 30 });

test('the order of examples changes nothing', () => {
  fc.assert(
    fc.property(worlds, keys, (scores, order) => {
      const parents = scores.map((_, at) => (at === 0 ? null : 0));
      const mixed = scores.map((row) => shuffled(row, order));
      expect(essence(judge(mixed, { parents }))).toEqual(essence(judge(scores, { parents })));
      expect(judge(mixed, { parents }).replayP).toBe(judge(scores, { parents }).replayP);
    }),
    { numRuns: 60, seed: 1 },
  );
});

test('the order of programs changes nothing but their indexes', () => {
  fc.assert(
    fc.property(worlds, keys, (scores, order) => {
      const [base, ...rest] = scores as [number[], ...number[][]];
      // Of equally good candidates the earlier is chosen, and they may differ from the baseline on other examples.
      fc.pre(!tied(rest));
      expect({ ...essence(judge([base, ...shuffled(rest, order)])), expected: null }).toEqual({
        ...essence(judge(scores)),
        expected: null,
      });
    }),
    { numRuns: 60, seed: 2 },
  );
});

function tied(rows: readonly number[][]): boolean {
  const means = rows.map((row) => row.reduce((sum, each) => sum + each, 0) / row.length);
  const top = Math.max(...means);
  return means.filter((each) => Math.abs(each - top) < 1e-9).length > 1;
}

test('lower scores under minimize are judged as higher ones under maximize', () => {
  fc.assert(
    fc.property(worlds, (scores) => {
      const turned = scores.map((row) => row.map((each) => -each));
      const [up, down] = [judge(scores), judge(turned, { direction: 'minimize' })];
      expect(essence({ ...down, expected: null })).toEqual(essence({ ...up, expected: null }));
      expect(down.expected).toBeCloseTo(-(up.expected ?? 0), 9);
    }),
    { numRuns: 60, seed: 3 },
  );
});

test('a program listed twice changes neither the limits nor the word', () => {
  fc.assert(
    fc.property(worlds, fc.nat(), (scores, which) => {
      const copy = scores[1 + (which % (scores.length - 1))] as number[];
      if (scores.length < 3) return;
      const [once, twice] = [judge(scores), judge([...scores, copy])];
      expect(twice.word).toBe(once.word);
      expect(twice.difference).toBeCloseTo(once.difference ?? 0, 12);
      expect(twice.interval?.[1]).toBeCloseTo(once.interval?.[1] ?? 0, 12);
      expect(Math.abs((twice.interval?.[0] ?? 0) - (once.interval?.[0] ?? 0))).toBeLessThan(0.05);
    }),
    { numRuns: 60, seed: 4 },
  );
});

test('a scale in other units is judged the same', () => {
  fc.assert(
    fc.property(worlds, (scores) => {
      const hundred = scores.map((row) => row.map((each) => 100 * each));
      const [one, many] = [judge(scores, { scale: 1 }), judge(hundred, { scale: 100 })];
      expect(many.word).toBe(one.word);
      expect(many.difference).toBeCloseTo(100 * (one.difference ?? 0), 6);
      expect(many.needed).toBe(one.needed);
    }),
    { numRuns: 60, seed: 6 },
  );
});
