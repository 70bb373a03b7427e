import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_JSON_DEPTH } from '../../src/schemas/json.js';
import { weighed } from '../../src/schemas/weighed.js';
import { charactersAbout, partsOf } from '../../src/store/sample-ingest/parts.js';
import { nested } from '../support/records.js';

const sized = (parts: unknown[][] | null) => parts?.map(({ length }) => length);

describe('what goes to another thread', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  class Money {
    constructor(readonly cents: number) {}
    toJSON() {
      return this.cents / 100;
    }
  }
  const cannotGo: [string, unknown][] = [
    ['a function', { input: () => 1 }],
    ['a symbol', { input: [Symbol('x')] }],
    ['an object of a class, which may have a form of its own in JSON', { input: { price: new Money(5) } }],
    ['a Date', { input: new Date() }],
    ['a Map', { metadata: new Map() }],
    ['a circle', { input: circle }],
    ['nesting too deep', { input: nested(MAX_JSON_DEPTH + 2) }],
    [
      'a getter that throws',
      {
        get input() {
          throw new Error('no');
        },
      },
    ],
    ['no object', undefined],
  ];

  test.each(cannotGo)('not %s', async (_, sample) => {
    const isSample = typeof sample === 'object';
    expect(await partsOf([{ score: 1 }, sample])).toEqual(isSample ? null : expect.anything());
  });

  test('what can go arrives as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }), { noNullPrototype: false })), async (batch) => {
        const parts = await partsOf(batch);
        expect(structuredClone(parts?.flat())).toEqual(batch);
        expect(JSON.stringify(structuredClone(parts?.flat()))).toBe(JSON.stringify(batch));
      }),
    );
  });
});

describe('how much goes at once', () => {
  test('500 samples', async () => {
    expect(sized(await partsOf(Array(1_200).fill({ score: 1 })))).toEqual([500, 500, 200]);
  });

  test('or two million characters', async () => {
    const batch = Array(5).fill({ input: 'x'.repeat(1_500_000) });
    expect([sized(await partsOf(batch)), charactersAbout(batch)]).toEqual([[2, 2, 1], 7_500_000]);
  });

  test('of a list that was weighed already, in equal parts', async () => {
    const batch = weighed(Array(1_200).fill({ score: 1 }), 9_000_000);
    expect([sized(await partsOf(batch)), charactersAbout(batch)]).toEqual([[240, 240, 240, 240, 240], 9_000_000]);
    expect(await partsOf(weighed([{}], 0))).toEqual([[{}]]);
  });

  test('a batch of many is weighed by some of them', () => {
    const batch = Array.from({ length: 10_000 }, (_, index) => ({ input: 'x'.repeat(100 + (index % 2)) }));
    expect(charactersAbout(batch)).toBeCloseTo(1_000_000, -4);
    expect(charactersAbout([{ input: () => 1 }, { input: 'four' }])).toBe(4);
  });

  test('of an empty list nothing', async () => {
    expect([await partsOf([]), charactersAbout([])]).toEqual([[], 0]);
  });
});
