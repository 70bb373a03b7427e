import { describe, expect, test } from 'vitest';
import { csvText } from '../../src/schemas/csv.js';

const one = (value: string | number | null) => csvText([[value]]).slice(0, -2);

describe('the CSV of the command line and the dashboard', () => {
  test.each(['=1+1', ' =1+1', '\u00a0=1', '＝1+1', ' ＝1+1', '＋1', '－1', '＠x', '+1', '-a', '-1-1', '@x', '--1', '-01'])(
    '%j is not evaluated by a spreadsheet',
    (text) => {
      expect(one(text).replace(/^"/, '')).toMatch(/^'/);
      expect(one(text)).toContain(text);
    },
  );

  test.each(['-3', '-3.5', '-1e-9', '3', '0'])('the JSON number %s is a number', (text) => {
    expect([one(text), one(Number(text))]).toEqual([text, String(Number(text))]);
  });

  test('lines end in CR LF, quotes are doubled, nothing is an empty cell', () => {
    expect(
      csvText([
        ['a', 'b'],
        ['say "hi", twice', null],
      ]),
    ).toBe('a,b\r\n"say ""hi"", twice",\r\n');
    expect(one('a\rb')).toBe('"a\rb"');
  });
});
