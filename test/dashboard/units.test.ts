import { expect, test, vi } from 'vitest';
import { mergeIterations } from '../../dashboard/src/api/iterations.js';
import { cost, score, signed } from '../../dashboard/src/format/number.js';
import { gatherNews } from '../../dashboard/src/live/events.js';
import { withFirstPage } from '../../dashboard/src/live/first-page.js';
import { joinSamples } from '../../dashboard/src/pages/compare/pairs.js';
import { parseSearch, stringifySearch } from '../../dashboard/src/url/search.js';
import type { OptimizationIteration } from '../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../src/schemas/run.js';
import type { OptimizationSample } from '../../src/schemas/sample.js';

vi.stubGlobal('sessionStorage', { getItem: () => null });

test('a view goes into the address and comes back', () => {
  const view = { project: 'a b', status: ['failed', 'stale'], q: 'ü&=?', runs: 'x,y', none: undefined };
  expect(stringifySearch(view)).toBe('?project=a+b&status=failed&status=stale&q=%C3%BC%26%3D%3F&runs=x,y');
  expect(parseSearch(stringifySearch(view))).toEqual({ project: 'a b', status: ['failed', 'stale'], q: 'ü&=?', runs: 'x,y' });
});

test('a burst of events becomes one piece of news a run', () => {
  const event = { projectId: 'p', runId: 'r', status: null };
  const news = gatherNews([
    { ...event, kind: 'iteration.recorded', iterations: [1] },
    { ...event, kind: 'iteration.recorded', iterations: [2, 3] },
    { ...event, kind: 'samples.recorded', iterations: null },
    { ...event, runId: 'other', kind: 'run.deleted', iterations: null },
  ]);
  expect(news).toEqual([
    { runId: 'r', projectId: 'p', deleted: false, changed: false, iterations: new Set([1, 2, 3]), samples: null },
    { runId: 'other', projectId: 'p', deleted: true, changed: false, iterations: new Set(), samples: new Set() },
  ]);
});

const iteration = (number: number, of = 0) => ({ iteration: number, score: of }) as OptimizationIteration;

test('newer iterations take their places: at the end, and instead of what they were', () => {
  expect(mergeIterations([iteration(0), iteration(2)], [iteration(3)]).map((row) => row.iteration)).toEqual([0, 2, 3]);
  expect(mergeIterations([iteration(0), iteration(2)], [iteration(3), iteration(0, 1), iteration(1)])).toEqual([
    iteration(0, 1),
    iteration(1),
    iteration(2),
    iteration(3),
  ]);
});

const page = (...ids: string[]) => ({ data: ids.map((id) => ({ id }) as OptimizationRun), hasMore: true, nextCursor: 'next' });

test('a new first page loses no run that it pushed off, and shows none twice', () => {
  const list = { pages: [page('c', 'b'), page('a', 'z')], pageParams: [null, 'next'] };
  const { pages } = withFirstPage(list, page('z', 'd'));
  expect(pages.map(({ data }) => data.map(({ id }) => id))).toEqual([['z', 'd', 'c', 'b'], ['a']]);
  expect(withFirstPage(list, { ...page('d'), hasMore: false }).pages).toHaveLength(1);
});

test('samples are joined by their example, whatever their index, and less is better where a score is minimized', () => {
  const sample = (exampleHash: string | null, sampleIndex: number, value: number | null, failed = false) =>
    ({ exampleHash, sampleIndex, score: value, failed }) as OptimizationSample;
  const from = [sample('x', 0, 1), sample('y', 1, 0.5), sample(null, 7, null, true)];
  const to = [sample('y', 0, 0.75), sample('x', 1, 0), sample(null, 7, null), sample('new', 3, 1)];
  const joined = joinSamples(from, to, 'maximize');
  expect(joined.pairs.map(({ key, outcome, gain }) => [key, outcome, gain])).toEqual([
    ['x', 'regressed', -1],
    ['y', 'improved', 0.25],
    ['index 7', 'improved', 1],
  ]);
  expect(joined.alone).toEqual({ from: 0, to: 1 });
  expect(joinSamples(from, to, 'minimize').pairs.map(({ outcome }) => outcome)).toEqual(['regressed', 'regressed', 'improved']);
});

test('figures keep what says something, and nothing stands for none', () => {
  expect([0, 0.5, 12.345, 4321, null].map(score)).toEqual(['0.000', '0.500', '12.35', '4,321', '–']);
  expect([0, 0.00005, 0.0123, 12.5, null].map(cost)).toEqual(['$0.00', '<$0.0001', '$0.012', '$12.50', '–']);
  expect([0.25, -0.25, 0].map((value) => signed(value))).toEqual(['+0.250', '\u22120.250', '0.000']);
});
