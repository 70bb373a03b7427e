import { describe, expect, test } from 'vitest';
import { unitOf } from '../../../dashboard/src/format/names.js';
import { valueText } from '../../../dashboard/src/format/values.js';
import { diffByLine } from '../../../dashboard/src/model/line-diff.js';
import { structureChanges } from '../../../dashboard/src/model/structure-diff.js';
import { diffTexts } from '../../../dashboard/src/model/word-diff.js';
import { wordsOf } from '../../../dashboard/src/model/words-of.js';
import { sampleOutcome } from '../../../dashboard/src/pages/run/samples/OutcomeBadge.js';
import { blameSheet } from '../../../dashboard/src/story/blame-lines.js';
import { matrixLines } from '../../../dashboard/src/story/matrix-lines.js';
import { changesOf, lostAt, outcomesOf, tallyOf } from '../../../dashboard/src/story/outcome.js';
import { gainWords, intervalWords, scaleOf, scoreWords } from '../../../dashboard/src/story/scale.js';
import { storyOf } from '../../../dashboard/src/story/story.js';
import type { OptimizationRun, SampleMatrix } from '../../../src/schemas/index.js';
import { anIteration } from './rows.js';

const run = {
  direction: 'maximize',
  scoreMax: 1,
  metric: 'accuracy',
  initialScore: 0.5,
  bestScore: 0.75,
  finalScore: 0.75,
  bestIteration: 4,
  startTime: '2026-12-01T00:00:00.000Z',
  createdAt: '2026-12-01T00:00:00.000Z',
} as OptimizationRun;

const iterations = [
  anIteration(0, { score: 0.5, isBaseline: true, programHash: 'a', costUsd: 0.1 }),
  anIteration(1, { score: 1, evalKind: 'minibatch', decision: 'accepted', programHash: 'b', parentIterations: [0], costUsd: 0.05 }),
  anIteration(2, { score: 0.5, decision: 'accepted', programHash: 'b', parentIterations: [1], costUsd: 0.1 }),
  anIteration(3, { score: 0, evalKind: 'minibatch', decision: 'rejected', programHash: 'c', parentIterations: [2], costUsd: 0.05 }),
  anIteration(4, { score: 0.75, decision: 'accepted', programHash: 'd', parentIterations: [2], costUsd: 0.1 }),
];
const row = (key: string, sampleIndex: number, scores: (number | null)[]): SampleMatrix['examples'][number] => ({
  exampleHash: key,
  exampleId: key,
  sampleIndex,
  scores,
  outcomes: scores.map((score) => (score === null ? null : 1)),
  indexes: scores.map((score) => (score === null ? null : sampleIndex)),
});
const matrix: SampleMatrix = {
  runId: 'r',
  projectId: 'p',
  iterations: iterations.map(({ iteration, evalKind, status, score }) => ({ iteration, evalKind, status, score })),
  examples: [
    row('kept', 0, [1, 1, 1, 0, 1]),
    row('broken', 1, [1, null, 0, null, 0]),
    row('fixed', 2, [0, null, 1, null, 1]),
    row('late', 3, [0, null, 0, null, 1]),
    row('train', 9, [null, 1, null, 0, null]),
  ],
};
const story = storyOf({ run, iterations, matrix });

describe('the story of a run', () => {
  test('has a candidate for each program with a full evaluation, and the line from the seed to the winner', () => {
    expect(story.candidates.map(({ iteration, iterations: all }) => [iteration, all])).toEqual([
      [0, [0]],
      [2, [1, 2]],
      [4, [4]],
    ]);
    expect(story.spine.map(({ iteration }) => iteration)).toEqual([0, 2, 4]);
    expect(story.examples.map(({ key }) => key)).toEqual(['kept', 'broken', 'fixed', 'late']);
    expect(story.proposals.map(({ iteration, isAccepted }) => [iteration, isAccepted])).toEqual([
      [1, true],
      [3, false],
    ]);
    expect(story.minibatch).toBe(2);
    expect(story.winner?.spent.cost).toBeCloseTo(0.4);
    expect(story.winner?.spent.calls).toBe(16);
  });

  test('tells flips against the parent, so that a row reads as one', () => {
    const [seed, second, winner] = story.candidates;
    if (seed === undefined || second === undefined || winner === undefined) throw new Error('three candidates are expected');
    expect(outcomesOf(story, seed)).toEqual(['right', 'right', 'wrong', 'wrong']);
    expect(outcomesOf(story, second)).toEqual(['right', 'broke', 'fixed', 'wrong']);
    expect(outcomesOf(story, winner)).toEqual(['right', 'wrong', 'right', 'fixed']);
    expect(tallyOf(story, second)).toEqual({ right: 1, fixed: 1, broke: 1, wrong: 1, n: 4 });
    expect(changesOf(story)).toEqual({ fixed: [2, 3], broke: [1], never: [], wrong: [1] });
    expect(lostAt(story, 1)?.iteration).toBe(2);
    const { lines, shown } = matrixLines(story, 'wrong');
    expect(shown).toBe(1);
    expect(lines[0]).toEqual({ kind: 'heading', group: 'broken', count: 1 });
  });
});

describe('scores in words', () => {
  test('are shares of a perfect score, whatever its size', () => {
    const scale = scaleOf({ ...run, scoreMax: 100, initialScore: 40, bestScore: 71.67, finalScore: 71.67 });
    expect(scoreWords(scale, 71.67)).toBe('72%');
    expect(gainWords(scale, 28.3)).toBe('+28 points');
    expect(gainWords(scale, -1)).toBe('−1 point');
    expect(intervalWords(scale, [0.3, 41.6])).toBe('+0.3 to +41.6');
    expect(intervalWords(scale, [-7, 20])).toBe('−7 to +20');
  });

  test('keep their own figures if lower is better, or if the scale is open', () => {
    const scale = scaleOf({ ...run, direction: 'minimize' });
    expect([scoreWords(scale, 0.41), gainWords(scale, -0.21), scoreWords(scale, 0.752_750_000_000_000_1)]).toEqual([
      '0.41',
      '−0.21',
      '0.75',
    ]);
    expect(scaleOf({ ...run, bestScore: 3 }).isShare).toBe(false);
  });

  test('are right, partly right, wrong, error or not judged by scale and direction', () => {
    const words = (direction: 'maximize' | 'minimize', score: number | null, errorMessage: string | null = null) =>
      sampleOutcome(scaleOf({ ...run, direction }), { score, errorMessage, success: null });
    expect([words('maximize', 1), words('maximize', 0), words('maximize', 0.4), words('maximize', null)]).toEqual([
      'right',
      'wrong',
      'partly',
      'none',
    ]);
    expect([words('minimize', 0), words('minimize', 1), words('maximize', null, 'x')]).toEqual(['right', 'wrong', 'error']);
  });
});

describe('differences', () => {
  test('pair rewritten lines by likeness, mark the words, and keep one line around', () => {
    const lines = diffByLine('a b how_to.\nfar\nfar\nfar\nkept\nlast', 'a b how_to, in anger.\nfar\nfar\nfar\nkept\nnew line\nlast');
    expect(
      lines.map(({ sign, pieces }) => `${sign}${pieces.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join('')}`),
    ).toEqual(['−a b how_to.', '+a b how_to[, in anger].', ' far', '…', ' kept', '+[new line]', ' last']);
  });

  test('are found by word in scripts without spaces', () => {
    expect(wordsOf('snake_case, x').join('')).toBe('snake_case, x');
    const { pieces } = diffTexts('次のチケットを分類してください。', '次のメールを分類してください。');
    expect(pieces.filter(({ kind }) => kind !== 'same').map(({ text }) => text)).toEqual(['チケット', 'メール']);
  });

  test('of structure leave out the texts that are shown as prompts', () => {
    const before = { instruction: 'one', response_format: { queue: { type: 'string' } }, tools: [{ name: 'a' }] };
    const after = { instruction: 'two', response_format: { queue: { enum: ['x'] } }, tools: [{ name: 'a' }, { name: 'b' }] };
    expect(structureChanges(before, after, new Set(['one', 'two']))).toEqual([
      { path: 'response_format.queue.type', before: '"string"', after: null },
      { path: 'response_format.queue.enum', before: null, after: '[ "x" ]' },
      { path: 'tools.1', before: null, after: '{ "name": "b" }' },
    ]);
  });
});

test('blame names the owner of a line, the words of others, and each worth once', () => {
  const sheet = blameSheet(
    {
      runId: 'r',
      projectId: 'p',
      iteration: 4,
      programHash: null,
      lineage: [0, 1, 4],
      sources: [0, 1, 4].map((iteration) => ({ iteration, lines: 1, characters: 9, evidence: null, note: '' })),
      parts: [
        {
          name: null,
          text: 'seed one\nnew line\nmore',
          spans: [
            { text: 'seed ', iteration: 0 },
            { text: 'one', iteration: 4 },
            { text: '\n', iteration: 0 },
            { text: 'new line\nmore', iteration: 1 },
          ],
        },
      ],
    },
    (iteration) => (iteration === 1 ? 2 : iteration),
  );
  expect(sheet.edits).toEqual([2, 4]);
  expect(sheet.parts[0]?.lines.map(({ owner, others, worth, counted }) => [owner, others, worth, counted])).toEqual([
    [0, [4], null, 4],
    [2, [], 2, null],
    [2, [], null, 2],
  ]);
});

test('values read as values: images by their size, plain fields as a list, numbers without noise', () => {
  expect(valueText(`data:image/png;base64,${'A'.repeat(44_000)}`)).toBe('image, 32 KB');
  expect(valueText({ question: 'Why?', level: 2 })).toBe('question: Why? · level: 2');
  expect(valueText(0.752_750_000_000_000_1)).toBe('0.75275');
  expect([unitOf({ ticket: 'x' }), unitOf({ query: 'x' }), unitOf('x'), unitOf({ story: '' })]).toEqual([
    'tickets',
    'examples',
    'examples',
    'stories',
  ]);
});
