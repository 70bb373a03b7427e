import { describe, expect, test } from 'vitest';
import { chunksOf } from '../../../dashboard/src/model/chunks.js';
import { textPieces } from '../../../dashboard/src/model/hidden-characters.js';
import { promptPairs, readableParts } from '../../../dashboard/src/model/prompt.js';
import { sideBySide } from '../../../dashboard/src/model/side-by-side.js';
import { diffTexts } from '../../../dashboard/src/model/word-diff.js';

const sides = (diff: ReturnType<typeof diffTexts>) => ({
  before: diff.pieces.flatMap(({ text, kind }) => (kind === 'added' ? [] : text)).join(''),
  after: diff.pieces.flatMap(({ text, kind }) => (kind === 'removed' ? [] : text)).join(''),
});
const marked = (diff: ReturnType<typeof diffTexts>) =>
  diff.pieces.map(({ text, kind }) => (kind === 'same' ? text : kind === 'added' ? `{+${text}+}` : `[-${text}-]`)).join('');

describe('the diff of two texts', () => {
  test.each([
    ['Say which queue.', 'Say which queue.', 'Say which queue.'],
    ['', 'New.', '{+New.+}'],
    ['Old.', '', '[-Old.-]'],
    ['Be brief and kind.', 'Be brief, exact and kind.', 'Be brief{+, exact+} and kind.'],
    ['categorize it', 'category of it', '[-categorize-]{+category of+} it'],
    ['say one thing now', 'tell another story now', '[-say one thing-]{+tell another story+} now'],
    ['a long line\nb', 'one short row\nc', '[-a long line-]{+one short row+}\n[-b-]{+c+}'],
  ])('%j to %j', (before, after, expected) => {
    const diff = diffTexts(before, after);
    expect(marked(diff)).toBe(expected);
    expect(sides(diff)).toEqual({ before, after });
  });

  test('a word in sixteen million characters is found as a word', () => {
    const padding = 'A line of a very long prompt.\n'.repeat(540_000);
    const diff = diffTexts(`${padding}old ${padding}`, `${padding}new ${padding}`);
    expect(diff).toMatchObject({ by: 'word', added: 1, removed: 1 });
    expect(sides(diff).after.length).toBe(2 * padding.length + 4);
  });

  test('texts that are too long to compare by word are compared by line, and beyond that as a whole', () => {
    const lines = (count: number, step: number) =>
      Array.from({ length: count }, (_, line) => `line ${line - (line % step)} of the text`).join('\n');
    const byLine = diffTexts(`x ${lines(6000, 1)} y`, `z ${lines(6000, 1)} w`);
    expect(byLine).toMatchObject({ by: 'line', added: 2, removed: 2 });
    const whole = diffTexts(`a${'b'.repeat(3_000_000)}`, `c${'d'.repeat(3_000_000)}`);
    expect(whole).toMatchObject({ by: 'whole', added: 1, removed: 1 });
  });

  test('side by side, lines that both have stand beside each other', () => {
    const rows = sideBySide(diffTexts('one\ntwo\nthree\nfour', 'one\n2\nthree\n3.5\nfour').pieces);
    const text = (side: (typeof rows)[number]['left']) => side?.map((piece) => piece.text).join('') ?? null;
    expect(rows.map(({ left, right }) => [text(left), text(right)])).toEqual([
      ['one', 'one'],
      ['two', '2'],
      ['three', 'three'],
      [null, '3.5'],
      ['four', 'four'],
    ]);
  });
});

describe('the prompts of two programs', () => {
  test('are paired by name; what was added or dropped stands alone', () => {
    expect(promptPairs({ ask: 'Ask.', old: 'Gone.' }, { ask: 'Ask well.', fresh: 'New.' })).toEqual([
      { title: 'ask', before: 'Ask.', after: 'Ask well.', signature: null },
      { title: 'fresh', before: null, after: 'New.', signature: null },
      { title: 'old', before: 'Gone.', after: null, signature: null },
    ]);
  });

  test('names that come again are numbered', () => {
    const messages = ['One.', 'Two.'].map((content) => ({ role: 'user', content }));
    expect(readableParts(messages).map(({ title, text }) => [title, text])).toEqual([
      ['user', 'One.'],
      ['user (2)', 'Two.'],
    ]);
  });

  test('a program of no known shape is its JSON, and none is nothing', () => {
    expect(readableParts({ weights: [1] })).toEqual([
      { title: 'Program (JSON)', text: '{\n  "weights": [\n    1\n  ]\n}', signature: null },
    ]);
    expect(readableParts(null)).toEqual([]);
  });
});

test('characters that hide are shown by their names', () => {
  expect(textPieces('safe\u202egnp\u200b\u0007\ttab\n')).toEqual([
    { text: 'safe', isHidden: false },
    { text: 'U+202E', isHidden: true },
    { text: 'gnp', isHidden: false },
    { text: 'U+200B', isHidden: true },
    { text: 'U+0007', isHidden: true },
    { text: '\ttab\n', isHidden: false },
  ]);
  expect(textPieces('<b>plain</b>')).toEqual([{ text: '<b>plain</b>', isHidden: false }]);
});

describe('a long text in blocks', () => {
  test('is cut at the end of lines, and nothing is lost', () => {
    const text = 'one\ntwo\nthree\nfour';
    expect(chunksOf(text, 9)).toEqual(['one\ntwo\n', 'three\n', 'four']);
    expect(chunksOf(text, 1000)).toEqual([text]);
    expect(chunksOf('', 5)).toEqual([]);
  });
  test('is not cut inside a pair of surrogates', () => {
    const chunks = chunksOf('😀'.repeat(100), 7);
    expect(chunks.join('')).toBe('😀'.repeat(100));
    expect(chunks.every((chunk) => chunk.isWellFormed())).toBe(true);
    expect(chunksOf('😀😀', 1).join('')).toBe('😀😀');
  });
});
