import fc from 'fast-check';
import { expect, test } from 'vitest';
import { later, type Position, parsePosition, sees } from '../../../src/server/position.js';

function position(text: string): Position {
  const parsed = parsePosition(text);
  if (parsed === null) throw new Error(`${text} is no position`);
  return parsed;
}

test('a position sees what had ended when it was taken', () => {
  const at = position('10:20:12,15');
  expect([9n, 10n, 11n, 12n, 14n, 15n, 19n, 20n, 21n].map((transaction) => sees(at, transaction))).toEqual([
    true,
    true,
    true,
    false,
    true,
    false,
    true,
    false,
    false,
  ]);
});

test.each([
  '',
  '1',
  '1:2',
  '1:2:3:4',
  '0:1:',
  '3:2:',
  '1:4:2,2',
  '1:4:3,2',
  '1:4:4',
  '2:4:1',
  '-1:2:',
  '1:2: ',
  '1:99999999999999999999:',
  '9223372036854775807:9223372036854775808:',
  "1:2:'",
  `1:300000:${'1,'.repeat(200_000)}`,
])('what no server gives out is none: %s', (text) => expect(parsePosition(text)).toBeNull());

/** A server that begins and ends transactions, and gives out positions in between. */
const histories = fc.array(fc.oneof(fc.constant('begin' as const), fc.nat(20), fc.constant('look' as const)), { maxLength: 60 });

test('of two positions of one server, the later one sees all that the earlier one saw', () => {
  fc.assert(
    fc.property(histories, (history) => {
      let next = 3;
      let highest = 2;
      const running: number[] = [];
      const taken: Position[] = [];
      for (const step of history) {
        if (step === 'begin') running.push(next++);
        else if (step === 'look') {
          const open = running.filter((each) => each <= highest);
          taken.push(position(`${open[0] ?? highest + 1}:${highest + 1}:${open.join(',')}`));
        } else highest = Math.max(highest, ...running.splice(step % Math.max(1, running.length), 1));
      }
      taken.forEach((early, index) => {
        for (const late of taken.slice(index)) {
          expect(later(late, early).text).toBe(late.text);
          expect(later(early, late).text).toBe(late.text);
          for (let each = 1n; each < BigInt(next); each += 1n) if (sees(early, each)) expect(sees(late, each)).toBe(true);
        }
      });
    }),
    { numRuns: 200 },
  );
});
