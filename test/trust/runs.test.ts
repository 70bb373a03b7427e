import { describe, expect, test } from 'vitest';
import { bisect } from '../../src/trust/bisect.js';
import { editImpactOf } from '../../src/trust/edits.js';
import { gateSides } from '../../src/trust/gate-run.js';
import { hindsightOf } from '../../src/trust/hindsight.js';
import { raceOf } from '../../src/trust/race.js';
import { checkReceipt } from '../../src/trust/receipt.js';
import { RunReader } from '../../src/trust/record.js';
import { regressionsOf } from '../../src/trust/regressions.js';
import { assessRecorded } from '../../src/trust/run-assessment.js';
import { digits, type Evaluated, recordOf } from './records.js';

const GOLDEN =
  '110101 011111 011111 001000 101111 111111 011111 011111 000000 011111 111111 011111 010011 000111 000000 111111 011111 000011 000000 000000'.split(
    ' ',
  );
const PARENTS = [[], [0], [1], [1], [3], [3]];
const golden = (): Evaluated[] =>
  PARENTS.map((parents, program) => ({ program: `p${program}`, scores: digits(GOLDEN.map((trail) => trail[program]).join('')), parents }));
const repeated = (text: string, times: number) => text.repeat(times);
const assessed = (evaluations: Evaluated[], more = {}) =>
  assessRecorded(new RunReader(recordOf(evaluations, more)), { wear: 2 }).assessment;

describe('a run', () => {
  test('is judged by its programs, and names iterations', () => {
    const verdict = assessed(golden());
    expect(verdict).toMatchObject({ word: 'real', n: 20, k: 5, guarded: true, winner: { iteration: 5 }, baseline: { iteration: 0 } });
    expect(verdict.sentence).toContain('Iterations 4 and 5 cannot be told apart (1 example).');
  });

  test('evaluates a program as one, however often: the luckiest of ten evaluations does not win', () => {
    const lucky = ['1100110000', '1111111110', '1100000000'].map((text) => ({ program: 'b', scores: digits(text), parents: [0] }));
    const verdict = assessed([{ program: 'a', scores: digits('1111100000') }, ...lucky]);
    expect(verdict.k).toBe(1);
    expect(verdict.winner).toMatchObject({ iterations: [1, 2, 3], examples: 10 });
    expect(verdict.winner?.score).toBeCloseTo(15 / 30, 12);
  });

  test('is not won by three of three against fourteen of twenty', () => {
    const verdict = assessed([
      { program: 'a', scores: digits('11111111111100000000') },
      { program: 'b', scores: digits('111'), parents: [0] },
      { program: 'c', scores: digits('11111111111111000000'), parents: [0] },
    ]);
    expect(verdict.winner?.iteration).toBe(2);
    expect(verdict.partial.map(({ iteration }) => iteration)).toEqual([1]);
  });

  test('counts a failure without a score as the worst score, in either direction', () => {
    const cases = { maximize: ['1111111111', 'xxxxxxxxxx'], minimize: ['0000000000', 'xxxxxxxxxx'] } as const;
    for (const [direction, [good, failed]] of Object.entries(cases)) {
      const verdict = assessed(
        [
          { program: 'a', scores: digits(good) },
          { program: 'b', scores: digits(failed), parents: [0] },
        ],
        { direction },
      );
      expect(verdict, direction).toMatchObject({ word: 'worse', better: 0, worse: 10, difference: -1 });
    }
  });

  test('leaves a failure without a score out if the scale is open', () => {
    const base = Array.from({ length: 12 }, (_, at) => at * 3 - 7);
    const other: (number | null)[] = base.map((each) => each + 1);
    other[3] = null;
    expect(
      assessed([
        { program: 'a', scores: base },
        { program: 'b', scores: other, parents: [0] },
      ]),
    ).toMatchObject({ n: 11, leftOut: 1 });
  });

  test('does not let a rejected candidate win, but counts it', () => {
    const verdict = assessed([
      { program: 'a', scores: digits(repeated('10', 10)) },
      { program: 'b', scores: digits(repeated('11', 10)), parents: [0], more: { decision: 'rejected' } },
      { program: 'c', scores: digits(`${repeated('10', 9)}11`), parents: [0] },
    ]);
    expect(verdict).toMatchObject({ winner: { iteration: 2 }, k: 2 });
  });

  test('with minibatches from the validation examples is guarded', () => {
    const minibatch = {
      program: 'b',
      scores: digits('111'),
      parents: [0],
      more: { evalKind: 'minibatch' as const, decision: 'accepted' as const },
    };
    const evaluations = [
      { program: 'a', scores: digits(repeated('10', 10)) },
      minibatch,
      { program: 'b', scores: digits(repeated('11', 10)), parents: [0] },
    ];
    expect(assessed(evaluations, { optimizerType: 'miprov2' })).toMatchObject({ overlap: 3, guarded: true });
  });

  test('examples of one cluster count as one', () => {
    const run = recordOf([
      { program: 'a', scores: digits(repeated('0', 40)) },
      { program: 'b', scores: digits(repeated('1', 40)), parents: [0] },
    ]);
    const clustered = { ...run, examples: run.examples.map((example, at) => ({ ...example, cluster: `c${at % 5}` })) };
    expect(assessRecorded(new RunReader(clustered), { wear: 2 }).assessment).toMatchObject({ n: 5, word: 'too few' });
  });

  test('without a complete evaluation says so', () => {
    expect(assessed([{ program: 'a', scores: digits('1'), more: { evalKind: 'minibatch' } }])).toMatchObject({
      word: 'too few',
      winner: null,
    });
  });
});

describe('held-out examples', () => {
  const held = (text: string, program: string): Evaluated => ({
    program,
    scores: digits(text),
    from: 100,
    more: { evalKind: 'test', isBaseline: false },
  });

  test('decide the word', () => {
    const evaluations = [...golden(), held(repeated('0', 25), 'p0'), held(`${repeated('0', 24)}1`, 'p5')];
    const verdict = assessed(evaluations);
    expect(verdict.heldOut).toMatchObject({ word: 'too few', n: 25, gap: 0.5 - 1 / 25 });
    expect(verdict.word).toBe('real');
    const decided = assessed([...golden(), held(repeated('10', 15), 'p0'), held(repeated('01', 15), 'p5')]);
    expect(decided).toMatchObject({ word: 'not distinguishable', heldOut: { word: 'not distinguishable', difference: 0 } });
    expect(decided.sentence).toMatch(/^Not distinguishable from the baseline: 0 points .* on 30 held-out examples\. By the examples/);
  });

  test('that are validation examples too are refused, with the number', () => {
    const verdict = assessed([...golden(), { ...held('1111111111', 'p5'), from: 15 }, { ...held('0000000000', 'p0'), from: 15 }]);
    expect(verdict.heldOut).toMatchObject({ overlap: 5, refused: '5 of the held-out examples are validation examples too.' });
    expect(verdict.word).toBe('real');
  });

  test('wear out: the same win is no longer real after fifty programs were scored on them', () => {
    const evaluations = [...golden(), held(repeated('0', 12), 'p0'), held('111111100000', 'p5')];
    const reader = new RunReader(recordOf(evaluations));
    expect(assessRecorded(reader, { wear: 2 }).assessment.heldOut?.word).toBe('real');
    expect(assessRecorded(reader, { wear: 50 }).assessment.heldOut).toMatchObject({ word: 'not distinguishable', wear: 50 });
  });
});

describe('edits', () => {
  test('are weighed against their parent, and corrected for their number', () => {
    const impact = editImpactOf(new RunReader(recordOf(golden())));
    expect(impact.edits.map(({ iteration, parent }) => [iteration, parent])).toEqual([
      [1, 0],
      [2, 1],
      [3, 1],
      [4, 3],
      [5, 3],
    ]);
    expect(impact.edits[0]?.full).toMatchObject({ n: 20, fixed: 8, broke: 1 });
    expect(impact.sentence).toBe('4 of 5 accepted edits cannot be told from nothing.');
    expect(impact.edits[0]?.full?.adjustedP).toBeCloseTo((2 * 10) / 512, 12);
  });

  test('keep minibatches and full evaluations apart', () => {
    const impact = editImpactOf(
      new RunReader(
        recordOf([
          { program: 'a', scores: digits('1010101010') },
          {
            program: 'b',
            scores: digits('111'),
            parents: [0],
            more: { evalKind: 'minibatch', decision: 'rejected', decisionReason: 'no better' },
          },
        ]),
      ),
    );
    expect(impact.edits[0]).toMatchObject({
      full: null,
      minibatch: { n: 3, fixed: 1, broke: 0 },
      decision: 'rejected',
      reason: 'no better',
    });
  });
});

describe('regressions', () => {
  const against = (evaluations: Evaluated[]) => {
    const reader = new RunReader(recordOf(evaluations));
    const side = (programHash: string, iteration: number) => ({ readers: [reader], runId: reader.run.runId, iteration, programHash });
    return regressionsOf(side('a', 0), side('b', 1), reader.run);
  };

  test('one evaluation a side breaks once, and noise is unknown without repeats', () => {
    const report = against([
      { program: 'a', scores: digits('1100') },
      { program: 'b', scores: digits('0110') },
    ]);
    expect(report).toMatchObject({ n: 4, brokeOnce: 1, fixedOnce: 1, noise: null, expectedFromNoise: null });
    expect(report.sentence).toBe('Broke 1 and fixed 1 of 4 shared examples. No repeats: noise unknown.');
  });

  test('repeats are judged by the one-sided Fisher test, and tell how much is noise', () => {
    const report = against([
      { program: 'a', scores: digits('111') },
      { program: 'b', scores: digits('000') },
      ...['110', '101'].map((text) => ({ program: 'a', scores: digits(text), more: { evalKind: 'minibatch' as const } })),
      ...['001', '000'].map((text) => ({ program: 'b', scores: digits(text), more: { evalKind: 'minibatch' as const } })),
    ]);
    expect(report.examples.map(({ exampleHash, kind }) => [exampleHash, kind])).toEqual([
      ['e0', 'broke'],
      ['e1', 'flaky'],
      ['e2', 'flaky'],
    ]);
    expect(report.examples[0]?.p).toBeCloseTo(1 / 20, 12);
    // Pairs that differ: e1 of a 2 of 3, e2 of a 2 of 3, e2 of b 2 of 3, all of 18 pairs.
    expect(report.noise).toBeCloseTo(6 / 18, 12);
    expect(report.expectedFromNoise).toBeGreaterThan(0);
  });
});

test('bisect tells when an example flipped, flickers, or was never solved', () => {
  const reader = new RunReader(recordOf(golden()));
  const program = reader.programOf(5);
  if (program === null) throw new Error('no program');
  const { lineage, examples, sentence } = bisect(reader, program);
  expect(lineage).toEqual([0, 1, 3, 5]);
  expect(examples.slice(0, 4).map(({ trail, kind, note }) => [trail, kind, note])).toEqual([
    ['1111', 'always right', 'right from the start'],
    ['0111', 'solved', 'flipped at 1'],
    ['0111', 'solved', 'flipped at 1'],
    ['0000', 'never solved', 'never solved along this lineage, but by another candidate'],
  ]);
  expect(examples[8]).toMatchObject({ trail: '0000', note: 'never solved by any candidate' });
  expect(examples[12]).toMatchObject({ trail: '0101', kind: 'flickers', note: 'flickers: 1, 3, 5' });
  expect(sentence).toMatch(/^Of 20 examples/);
});

test('hindsight names the earliest candidate that the winner does not beat, and what came after it', () => {
  const run = recordOf(golden().map((each) => ({ ...each, more: { costUsd: 0.5 } })));
  const reader = new RunReader(run);
  const result = hindsightOf(reader, reader.programOf(5));
  expect(result).toMatchObject({
    enough: { iteration: 1 },
    winner: { iteration: 5 },
    until: { calls: 40, costUsd: 1 },
    total: { calls: 120, costUsd: 3 },
  });
  expect(result.sentence).toBe(
    'You could have stopped at call 40 of 120, iteration 1; the other 80 calls (US$2.00) bought +15 points that 20 examples cannot tell from nothing.',
  );
  expect(hindsightOf(new RunReader(recordOf(golden())), null).sentence).toBe('No complete evaluation was recorded.');
});

test('a race claims nothing from one run each, and something from three', () => {
  const reader = (optimizerType: string) => new RunReader(recordOf(golden(), { optimizerType }));
  expect(raceOf([reader('gepa'), reader('miprov2')]).sentence).toBe('One run each: no claim.');
  const race = raceOf([reader('gepa'), reader('gepa'), reader('gepa'), reader('miprov2')]);
  expect(race.entries.map(({ optimizerType, pays }) => [optimizerType, pays])).toEqual([
    ['gepa', true],
    ['miprov2', null],
  ]);
  expect(race.runs[0]?.points.map(({ iteration, calls }) => [iteration, calls])).toEqual([
    [0, 20],
    [1, 40],
    [3, 80],
    [4, 100],
    [5, 120],
  ]);
  expect(raceOf([reader('gepa'), new RunReader(recordOf(golden(), { metric: 'other' }))]).sentence).toMatch(/different metrics/);
});

describe('the gate', () => {
  const rule = { margin: 0, minDelta: null, alpha: 0.05, undecided: 'fail' as const, on: 'full' as const };
  const gate = (before: string, after: string, more = {}, other = {}) => {
    const side = (text: string, run = {}) => {
      const reader = new RunReader(recordOf([{ program: text, scores: digits(text) }], run));
      const program = reader.programOf(0);
      if (program === null) throw new Error('no program');
      return { reader, program, kinds: ['full'] as const };
    };
    return gateSides(side(before), side(after, other), { ...rule, ...more });
  };

  test('finds a regression, with the worst examples', () => {
    const result = gate(repeated('1', 40), repeated('0', 12) + repeated('1', 28));
    expect(result).toMatchObject({ outcome: 'regression', exitCode: 3, worse: 12, better: 0, same: 28 });
    expect(result.worst).toHaveLength(5);
    expect(result.sentence).toMatch(/^Regression: -30 points against the baseline \(one-sided 95%: /);
  });

  test('passes what is better, and what is no worse than the margin', () => {
    expect(gate(repeated('0', 40), repeated('1', 40))).toMatchObject({ outcome: 'better', exitCode: 0 });
    expect(gate(repeated('1', 200), repeated('1', 200), { margin: 0.05 })).toMatchObject({ outcome: 'not worse', exitCode: 0 });
    expect(gate(repeated('0', 40), repeated('01', 20), { minDelta: 0.6 })).toMatchObject({ outcome: 'undecided', exitCode: 4 });
  });

  test('is undecided when it cannot know, and passes then only if asked to', () => {
    expect(gate(repeated('1', 20), repeated('1', 20))).toMatchObject({ outcome: 'undecided', exitCode: 4 });
    expect(gate(repeated('1', 20), repeated('1', 20), { undecided: 'pass' })).toMatchObject({ outcome: 'undecided', exitCode: 0 });
  });

  test.each([
    [{ metric: 'other' }, /scored by the metric accuracy, the candidate by the metric other/],
    [{ direction: 'minimize' }, /scored to maximize, the candidate to minimize/],
    [{ scoreMax: 10 }, /top score is 1, the candidate's is 10/],
    [
      { examples: Array.from({ length: 4 }, () => ({ exampleHash: null, exampleId: null, cluster: null })), runId: 'other' },
      /share no scored example/,
    ],
  ])('never passes what cannot be compared: %j', (other, reason) => {
    const result = gate('1111', '1111', { undecided: 'pass' }, other);
    expect(result).toMatchObject({ outcome: 'not comparable', exitCode: 1 });
    expect(result.reason).toMatch(reason);
  });
});

test('a receipt that was changed is told by the first difference', () => {
  const receipt = { word: 'real', assessment: { n: 20, level: [{ iteration: 16 }] } };
  expect(checkReceipt(receipt, structuredClone(receipt))).toMatchObject({ holds: true, path: null });
  expect(checkReceipt({ ...receipt, assessment: { n: 20, level: [{ iteration: 17 }] } }, receipt)).toMatchObject({
    holds: false,
    path: 'assessment.level[0].iteration',
    stated: 17,
    recorded: 16,
  });
  expect(checkReceipt({ ...receipt, extra: true }, receipt)).toMatchObject({ path: 'extra', stated: true, recorded: null });
});
