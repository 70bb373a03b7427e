import { describe, expect, test } from 'vitest';
import { progressOf, standingsOf } from '../../../dashboard/src/model/progress.js';
import { anIteration, aStoredRun } from './rows.js';

const bests = (...args: Parameters<typeof progressOf>) => progressOf(...args).points.map(({ bestSoFar }) => bestSoFar);

describe('the best so far', () => {
  test('is led by completed full evaluations that were not rejected', () => {
    const iterations = [
      anIteration(0, { score: 0.4, isBaseline: true }),
      anIteration(1, { score: 0.9, evalKind: 'minibatch', decision: 'accepted' }),
      anIteration(2, { score: 0.8, decision: 'rejected' }),
      anIteration(3, { score: 0.7, status: 'running' }),
      anIteration(4, { score: 0.99, evalKind: 'test' }),
      anIteration(5, { score: 0.6, decision: 'accepted' }),
      anIteration(6, { score: 0.5 }),
    ];
    expect(bests(iterations, aStoredRun())).toEqual([0.4, 0.4, 0.4, 0.4, 0.4, 0.6, 0.6]);
    expect(progressOf(iterations, aStoredRun())).toMatchObject({ baseline: 0.4, best: { iteration: 5, score: 0.6 }, withoutScore: 0 });
  });

  test('is the lowest where lower is better, and nothing until there is one', () => {
    const iterations = [anIteration(0), anIteration(1, { score: 3 }), anIteration(2, { score: 5 }), anIteration(3, { score: -1 })];
    expect(bests(iterations, aStoredRun({ direction: 'minimize' }))).toEqual([null, 3, 3, -1]);
  });

  test('a tie stays with the earlier', () => {
    const { points } = progressOf([anIteration(1, { score: 0.5 }), anIteration(2, { score: 0.5 })], aStoredRun());
    expect(points.map(({ isBest }) => isBest)).toEqual([true, false]);
  });

  test('the declared one is marked, and the line keeps to the scores', () => {
    const iterations = [anIteration(0, { score: 0.5 }), anIteration(1, { score: 0.9 })];
    const { points, best } = progressOf(iterations, aStoredRun({ bestDeclared: true, bestIteration: 0 }));
    expect(best).toEqual({ iteration: 0, score: 0.5 });
    expect(points.map(({ isBest, bestSoFar }) => [isBest, bestSoFar])).toEqual([
      [true, 0.5],
      [false, 0.9],
    ]);
  });

  test('a score of 0 is a score', () => {
    const { points, baseline, withoutScore } = progressOf([anIteration(0, { score: 0, isBaseline: true }), anIteration(1)], aStoredRun());
    expect(points.map(({ score, verdict }) => [score, verdict])).toEqual([
      [0, 'undecided'],
      [null, 'undecided'],
    ]);
    expect([baseline, withoutScore]).toEqual([0, 1]);
  });
});

describe('where a run stands', () => {
  test.each([
    ['improved', { initialScore: 0.5, finalScore: 0.75, improvement: 0.25, improvementPct: 50 }, 0.25, 50],
    ['improved', { initialScore: 0.5, bestScore: 0.75, status: 'running' }, 0.25, 50],
    ['improved', { initialScore: 2, bestScore: 1, status: 'running', direction: 'minimize' }, 1, 50],
    ['improved', { initialScore: 0, bestScore: 1, status: 'running' }, 1, null],
    ['unimproved', { initialScore: 0.5, finalScore: 0.5, improvement: 0, improvementPct: 0 }, 0, 0],
    ['unimproved', { initialScore: 1, bestScore: 2, direction: 'minimize' }, -1, -100],
    ['no-baseline', { finalScore: 0.5 }, null, null],
    ['no-score', { initialScore: 0.5, status: 'failed' }, null, null],
  ] as const)('%s: %j', (verdict, run, gain, gainPct) => {
    const standings = standingsOf(aStoredRun(run));
    expect(standings).toMatchObject({ verdict, gain, gainPct });
    expect(standings.isFinal).toBe(!('status' in run) || run.status !== 'running');
  });
});
