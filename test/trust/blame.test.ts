import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BlameNode, blame } from '../../src/trust/blame.js';
import { blamePromptOf } from '../../src/trust/blame-run.js';
import { editImpactOf } from '../../src/trust/edits.js';
import { RunReader } from '../../src/trust/record.js';
import { digits, recordOf } from './records.js';

const node = (iteration: number, text: string, ...parents: number[]): BlameNode => ({ iteration, text, parents });
const told = (nodes: BlameNode[], of = nodes.length - 1) => blame(nodes, of).map(({ text, iteration }) => [iteration, text]);

test('a line that was added belongs to its iteration, the others to the first', () => {
  expect(told([node(0, 'Answer.\nBe brief.'), node(3, 'Answer.\nThink first.\nBe brief.', 0)])).toEqual([
    [0, 'Answer.\n'],
    [3, 'Think first.\n'],
    [0, 'Be brief.'],
  ]);
});

test('only the new words of a rewritten line are new', () => {
  expect(told([node(0, 'Answer the question in one word.'), node(2, 'Answer the question in one lower-case word.', 0)])).toEqual([
    [0, 'Answer the question in one '],
    [2, 'lower-case '],
    [0, 'word.'],
  ]);
});

test('a line with less than half of its words in common is new', () => {
  expect(told([node(0, 'Answer the question politely now.'), node(2, 'Never answer in French or German.', 0)])).toEqual([
    [2, 'Never answer in French or German.'],
  ]);
});

test('rewritten lines are paired by likeness, not by order', () => {
  const before = 'Say whether the ticket is urgent.\nGive one of the four labels.';
  const after = 'Give exactly one of the four labels.\nSay whether the new ticket is urgent.';
  const spans = told([node(0, before), node(5, after, 0)]);
  expect(spans.map(([, text]) => text).join('')).toBe(after);
  expect(spans.filter(([iteration]) => iteration === 5).map(([, text]) => String(text).trim())).toEqual(['exactly', 'new']);
});

test('a line that moved keeps its origin', () => {
  expect(told([node(0, 'One rule.\nAnother thing.\n'), node(1, 'Another thing.\nOne rule.\n', 0)])).toEqual([
    [0, 'Another thing.\nOne rule.\n'],
  ]);
});

test('a merge takes from its first parent, then from its second; the rest is its own', () => {
  const nodes = [
    node(0, 'Base.\n'),
    node(1, 'Base.\nFrom one.\n', 0),
    node(2, 'Base.\nFrom two.\n', 0),
    node(3, 'Base.\nFrom one.\nFrom two.\nNew.\n', 1, 2),
  ];
  expect(told(nodes)).toEqual([
    [0, 'Base.\n'],
    [1, 'From one.\n'],
    [2, 'From two.\n'],
    [3, 'New.\n'],
  ]);
});

test('words of languages without spaces are told apart', () => {
  const spans = told([node(0, '質問に答えてください。'), node(1, '質問に短く答えてください。', 0)]);
  expect(spans[0]?.[0]).toBe(0);
  expect(spans.filter(([iteration]) => iteration === 1).map(([, text]) => text)).toEqual(['短く']);
});

const line = fc.stringMatching(/^[a-d_ ,.é質]{0,30}$/);
const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
const lineages = fc
  .array(fc.record({ text, one: fc.nat(), two: fc.nat(), merge: fc.boolean(), keep: fc.boolean() }), { minLength: 1, maxLength: 8 })
  .map((steps) =>
    steps.map(({ text: own, one, two, merge, keep }, at): BlameNode => {
      if (at === 0) return node(0, own);
      const parents = merge ? [one % at, two % at] : [one % at];
      const inherited = keep ? (steps[parents[0] ?? 0]?.text ?? '') : '';
      return node(at * 2, inherited + own, ...parents);
    }),
  );

test('joined, the spans are the prompt to the letter, over 1,000 random lineages with merges', () => {
  fc.assert(
    fc.property(lineages, (nodes) => {
      for (const [at, each] of nodes.entries()) {
        const spans = blame(nodes, at);
        expect(spans.map((span) => span.text).join('')).toBe(each.text);
        for (const [place, span] of spans.entries()) {
          expect(span.text).not.toBe('');
          expect(span.iteration).not.toBe(spans[place + 1]?.iteration);
        }
      }
    }),
    { numRuns: 1_000, seed: 14 },
  );
});

test('a prompt of 2,000 lines that is written anew does not take long', () => {
  const lines = (word: string) => Array.from({ length: 2_000 }, (_, at) => `${word} ${at} ${'rule '.repeat(5)}`).join('\n');
  const after = lines('new');
  expect(
    blame([node(0, lines('old')), node(1, after, 0)], 1)
      .map((span) => span.text)
      .join(''),
  ).toBe(after);
});

test('a run tells what each piece is worth together, and never splits an edit', () => {
  const texts: Record<string, string> = { a: 'Answer.\n', b: 'Answer.\nThink first.\nThen check.\n' };
  const reader = new RunReader(
    recordOf([
      { program: 'a', scores: digits('00000000001111111111') },
      { program: 'b', scores: digits('11111111111111111111'), parents: [0] },
    ]),
  );
  const program = reader.programOf(1);
  if (program === null) throw new Error('no program');
  const textsOf = ({ programHash }: { programHash: string | null }) => [{ name: null, text: texts[programHash ?? ''] ?? '' }];
  const told = blamePromptOf(reader, program, textsOf, editImpactOf(reader).edits);
  expect(told.lineage).toEqual([0, 1]);
  expect(told.sources).toMatchObject([
    { iteration: 0, lines: 1, characters: 8, evidence: null, note: 'stands since iteration 0' },
    { iteration: 1, lines: 2, note: 'fixed 10, broke 0 of 20, together with 1 other line of iteration 1', evidence: { word: 'real' } },
  ]);
});
