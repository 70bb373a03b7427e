import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/schemas/json.js';
import { ContentTrie } from '../../src/store/sample-ingest/content-trie.js';

/** Few different leaves, so that contents share long beginnings and differ late. */
const { content } = fc.letrec<{ content: JsonValue }>((tie) => ({
  content: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, false, 0, 1, '0', '1', 'a', ''),
    fc.array(tie('content'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '0', '__proto__'), tie('content'), { maxKeys: 3 }),
  ),
}));
const pair = fc.tuple(fc.option(content, { nil: undefined }), fc.option(content, { nil: undefined }));
const textOf = (contents: readonly (JsonValue | undefined)[]) =>
  JSON.stringify(contents.map((each) => [each === undefined ? 'absent' : each]));

test('a hash is that of the content asked for, whatever was asked before', () => {
  fc.assert(
    fc.property(fc.array(pair, { minLength: 2, maxLength: 60 }), (contents) => {
      const trie = new ContentTrie();
      for (const each of [...contents, ...contents]) expect(trie.hashOf(each, () => textOf(each))).toBe(textOf(each));
    }),
    { numRuns: 300 },
  );
});

test('a content that was met is not hashed again, be it another object', () => {
  const trie = new ContentTrie();
  const make = (text: string, label: string) => trie.hashOf([{ text: [...text].join('') }, { label }], () => `${text} ${label}`);
  expect([make('one', 'x'), make('two', 'x'), make('one', 'y')]).toEqual(['one x', 'two x', 'one y']);
  const met = (text: string, label: string) => trie.hashOf([{ text }, { label }], () => 'hashed again');
  expect([met('one', 'x'), met('two', 'x'), met('one', 'y')]).toEqual(['one x', 'two x', 'one y']);
});

test('an object that was changed is another content', () => {
  const trie = new ContentTrie();
  const input = { text: 'one' };
  expect(trie.hashOf([input], () => 'first')).toBe('first');
  input.text = 'two';
  expect(trie.hashOf([input], () => 'second')).toBe('second');
});

test('it forgets instead of growing for ever', () => {
  const trie = new ContentTrie();
  const long = 'x'.repeat(1024 * 1024);
  let made = 0;
  const make = () => {
    made += 1;
    return 'hash';
  };
  const ask = (index: number) => trie.hashOf([`${index} ${long}`], make);
  for (let index = 0; index < 20; index += 1) ask(index);
  expect(made).toBe(20);
  ask(19);
  expect(made).toBe(20);
  ask(0);
  expect(made).toBe(21);
});
