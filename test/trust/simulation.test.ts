import { describe, expect, test } from 'vitest';
import { simulate } from '../../bench/trust/cells.js';
import { gateShares, sequentialShares } from '../../bench/trust/rules.js';
import type { World } from '../../bench/trust/worlds.js';

// The short form of `npm run bench -- --trust`: seeded, so that the same shares come out each time.
const RESAMPLES = 300;

const world = (n: number, k: number, climb: World['climb'], more: Partial<World> = {}): World => ({ n, k, climb, binary: true, ...more });

describe('if nothing is better than the baseline', () => {
  test.each<[World, number, number]>([
    [world(20, 5, 'independent'), 300, 0.055],
    [world(50, 20, 'independent'), 150, 0.055],
    [world(50, 20, 'independent', { binary: false }), 150, 0.055],
    [world(50, 20, 'pareto'), 150, 0.055],
    [world(50, 20, 'half greedy'), 150, 0.055],
    [world(50, 20, 'greedy'), 150, 0.02],
    [world(50, 20, 'greedy', { binary: false }), 60, 0.02],
    [world(50, 20, 'gate overlap'), 100, 0.02],
  ])('%j: the words stay true in %i runs, and the naive rule fails', { timeout: 120_000 }, (cell, runs, limit) => {
    const { real, covered, naive } = simulate(cell, runs, RESAMPLES, 1);
    const chance = (share: number) => 2 * Math.sqrt((share * (1 - share)) / runs);
    expect(real).toBeLessThanOrEqual(limit + chance(limit));
    expect(covered).toBeGreaterThanOrEqual(0.93 - chance(0.07));
    if (cell.n >= 50) expect(naive).toBeGreaterThan(0.1);
  });
});

describe('if something is better', () => {
  test.each<[World, number]>([
    [world(50, 20, 'siblings', { gain: 0.2, only: 10 }), 0.55],
    [world(200, 20, 'greedy', { gain: 0.05, chance: 0.3 }), 0.75],
  ])('%j is found', { timeout: 120_000 }, (cell, least) => {
    expect(simulate(cell, 40, RESAMPLES, 5).real).toBeGreaterThanOrEqual(least);
  });
});

test.each([
  [50, true, 0.065],
  [200, false, 0.075],
] as const)('the gate over %i examples (0/1: %s) lets a loss of the whole margin pass in few runs', (n, binary, limit) => {
  const runs = 1_000;
  const chance = 2 * Math.sqrt((limit * (1 - limit)) / runs);
  expect(gateShares(n, binary, 0.05, runs).passed).toBeLessThanOrEqual(limit + chance);
  expect(gateShares(n, binary, 0, runs).regression).toBeLessThanOrEqual(0.05 + chance);
});

test('a look after every pair keeps the promise, and costs no more than a fixed plan', () => {
  expect(sequentialShares(0, 0.5, 1_000, 400).real).toBeLessThanOrEqual(0.025 + 2 * Math.sqrt((0.025 * 0.975) / 400));
  const { median, p80 } = sequentialShares(0.1, 0.2, 3_000, 400);
  expect(median).toBeLessThanOrEqual(1);
  expect(p80).toBeLessThanOrEqual(1.7);
});
