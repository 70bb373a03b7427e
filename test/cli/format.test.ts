import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import type { Column, View } from '../../src/cli/format/columns.js';
import { csv } from '../../src/cli/format/csv.js';
import { age, compact, count, duration, gain, money, percent, score } from '../../src/cli/format/figures.js';
import { json } from '../../src/cli/format/json.js';
import { markdown } from '../../src/cli/format/markdown.js';
import { plainLine, plainText } from '../../src/cli/format/plain.js';
import { table } from '../../src/cli/format/table.js';
import { clip, pad, widthOf } from '../../src/cli/format/width.js';
import { number, time } from '../../src/cli/options.js';
import { shortIds } from '../../src/cli/short-ids.js';
import { sparkline } from '../../src/cli/sparkline.js';

const view: View = { colors: pc.createColors(false), unicode: true, now: Date.parse('2026-01-31T12:00:00Z') };

describe('figures', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.5, '0.5'],
    [0.857142857, '0.8571'],
    [0.0001, '0.0001'],
    [0.000012346, '0.00001235'],
    [1e-9, '1e-9'],
    [87.4321, '87.43'],
    [-12.5, '-12.5'],
    [12345.6, '12346'],
    [1e100, '1e+100'],
    [null, '-'],
  ])('the score %s is shown as %s', (value, text) => {
    expect(score(value)).toBe(text);
  });

  test('a gain has its sign, and none is none', () => {
    expect([gain(0.25), gain(-0.25), gain(0), gain(null)]).toEqual(['+0.25', '-0.25', '0', '-']);
    expect([percent(200), percent(-12.34), percent(0), percent(null)]).toEqual(['+200%', '-12.3%', '0%', '-']);
  });

  test('money, counts and durations', () => {
    expect([money(0), money(0.00123), money(12), money(null)]).toEqual(['$0', '$0.00123', '$12.00', '-']);
    expect([count(1234567), compact(12_345), compact(950), compact(null)]).toEqual(['1,234,567', '12.3K', '950', '-']);
    expect([0, 0.64, 340, 999.6, 12_340, 59_990, 65_000, 7_380_000, 273_600_000, null].map(duration)).toEqual([
      '0ms',
      '0.6ms',
      '340ms',
      '1s',
      '12.3s',
      '1m',
      '1m 5s',
      '2h 3m',
      '3d 4h',
      '-',
    ]);
  });

  test('an age has one unit, and a clock that is off does no harm', () => {
    const ago = (ms: number) => age(new Date(view.now - ms).toISOString(), view.now);
    expect([ago(500), ago(5_000), ago(3_700_000), ago(172_800_000), ago(90 * 86_400_000), ago(-60_000)]).toEqual([
      'now',
      '5s',
      '1h',
      '2d',
      '2025-11-02',
      'now',
    ]);
  });
});

describe('text of somebody else', () => {
  test('control and escape sequences go', () => {
    expect(plainLine('a\u001b[2Jb\u001b]0;title\u0007c\u0007\u009b31md\u007f')).toBe('abcd');
    expect(plainLine('two\r\nlines\tand more ')).toBe('two lines and more');
    expect(plainText('two\r\nlines\u001b[1A\tand more')).toBe('two\nlines\tand more');
  });

  test('what turns the reading order around, or hides, is spelled out', () => {
    expect(plainLine('a\u202eb\u200bc\u2066d\ufeffe\u00adf\u{e0041}g\u3164')).toBe(
      'a\\u202eb\\u200bc\\u2066d\\ufeffe\\u00adf\\u{e0041}g\\u3164',
    );
  });

  test('what only looks like it stays', () => {
    for (const text of ['Grüße', '日本語', '👩🏽‍💻 ok', '👨‍👩‍👧', '1️⃣', 'e\u0301', 'नमस्ते']) expect(plainLine(text)).toBe(text);
  });

  test('a lone surrogate is replaced', () => {
    expect(plainLine('a\ud800b')).toBe('a\ufffdb');
  });
});

describe('width', () => {
  test('counts columns, not characters', () => {
    expect(['abc', '日本', '👩🏽‍💻', 'e\u0301', 'Grüße', ''].map(widthOf)).toEqual([3, 4, 2, 1, 5, 0]);
  });

  test('clips between characters and pads to columns', () => {
    expect(clip('abcdef', 4, '…')).toBe('abc…');
    expect(clip('日本語', 4, '…')).toBe('日…');
    expect(clip('日本語', 6, '…')).toBe('日本語');
    expect(clip('ab', 5, '...')).toBe('ab');
    expect(pad('日', 4, 'left')).toBe('日  ');
    expect(pad('7', 3, 'right')).toBe('  7');
  });

  test('a text of a megabyte is clipped at once', () => {
    expect(clip('x'.repeat(1_000_000), 10, '…')).toBe('xxxxxxxxx…');
  });
});

interface Row {
  name: string;
  score: number | null;
}
const COLUMNS: Column<Row>[] = [
  { key: 'name', title: 'NAME', value: (row) => row.name, least: 6 },
  { key: 'score', title: 'SCORE', align: 'right', value: (row) => row.score, show: (row) => score(row.score) },
  { key: 'spare', title: 'SPARE', value: () => 'spare', spare: 1 },
  { key: 'hidden', value: () => true },
];
const ROWS: Row[] = [
  { name: 'a long name', score: 0.123456 },
  { name: 'b', score: null },
];

describe('tables', () => {
  test('align numbers right and leave no space at the end', () => {
    expect(table(COLUMNS, ROWS, Number.POSITIVE_INFINITY, view).lines).toEqual([
      'NAME          SCORE  SPARE',
      'a long name  0.1235  spare',
      'b                 -  spare',
    ]);
  });

  test('squeeze first, then leave columns out, and say which', () => {
    expect(table(COLUMNS, ROWS, 22, view).lines[1]).toBe('a long…  0.1235  spare'.padEnd(22));
    const narrow = table(COLUMNS, ROWS, 15, view);
    expect(narrow.lines).toEqual(['NAME      SCORE', 'a long…  0.1235', 'b             -'].map((line) => line));
    expect(narrow.left).toEqual(['SPARE']);
    for (const line of narrow.lines) expect(widthOf(line)).toBeLessThanOrEqual(15);
  });

  test('say ... where the terminal has no Unicode', () => {
    expect(table(COLUMNS, ROWS, 15, { ...view, unicode: false }).lines[1]).toBe('a lo...  0.1235');
  });
});

describe('CSV', () => {
  const one = (value: string | number | boolean | null) => csv([{ key: 'k', value: () => value }], [0]).slice('k\r\n'.length, -2);

  test('has every column under its key, raw, in lines that end in CR LF', () => {
    expect(csv(COLUMNS, ROWS)).toBe('name,score,spare,hidden\r\na long name,0.123456,spare,true\r\nb,,spare,true\r\n');
  });

  test.each(['=1+1', '+1', '-1+cmd', '-', '@SUM(A1)', '＝1', '－1', '\u0007=1'])("%j can't be taken for a formula", (text) => {
    expect(one(text)).toBe(`'${text.replace('\u0007', '')}`);
  });

  test('nor what begins with a tab or a line break, which also needs quotes', () => {
    expect(one('\t=1')).toBe("'\t=1");
    expect(one('\r=1')).toBe('"\'\n=1"');
  });

  test('numbers stay numbers', () => {
    expect([one(-0.5), one(0), one(1e-9), one(null), one(false)]).toEqual(['-0.5', '0', '1e-9', '', 'false']);
  });

  test('quotes by RFC 4180', () => {
    expect([one('a,b'), one('say "x"'), one('two\nlines'), one(' x')]).toEqual(['"a,b"', '"say ""x"""', '"two\nlines"', '" x"']);
  });
});

test('Markdown holds no markup of somebody else', () => {
  const text = '|`x`|\n![i](http://e) <b> *a* \\';
  expect(markdown([{ key: 'k', title: 'K', value: () => text }], [0], view)).toBe(
    '| K |\n| --- |\n| \\|\\`x\\`\\| !\\[i\\](http://e) &lt;b> \\*a\\* \\\\ |\n',
  );
});

test('JSON shows nothing that a terminal obeys or hides, and parses to the same', () => {
  const value = { '\u202e': 'a\u009b\u001b\u007f\u200b\u2028\u{e0041}é😀' };
  expect(json(value)).toBe('{"\\u202e":"a\\u009b\\u001b\\u007f\\u200b\\u2028\\udb40\\udc41é😀"}');
  expect(JSON.parse(json(value))).toEqual(value);
});

describe('a sparkline', () => {
  test('goes from the lowest to the highest', () => {
    expect(sparkline([0, 0.25, 0.5, 1])).toBe('▁▃▅█');
    expect(sparkline([null, 0, 1], { ascii: true })).toBe(' _#');
    expect(sparkline([-3, -3, -3])).toBe('▁▁▁');
    expect(sparkline([])).toBe('');
    expect(sparkline([null])).toBe('');
  });

  test('shows the last of the values that share a place', () => {
    const values = Array.from({ length: 1000 }, (_, index) => index);
    const line = sparkline(values, { width: 8 });
    expect(line).toBe('▂▃▄▄▅▆▇█');
    expect(sparkline([-1e100, 0, 1e100])).toBe('▁▅█');
  });
});

test('ids are cut to where they differ', () => {
  const short = shortIds(['01941f29-7c00-a', '01941f29-7c00-b', '01941f29-8', '02', '01941f29-7c00-a']);
  expect(['01941f29-7c00-a', '01941f29-7c00-b', '01941f29-8', '02'].map(short)).toEqual([
    '01941f29-7c00-a',
    '01941f29-7c00-b',
    '01941f29-8',
    '02',
  ]);
  expect(shortIds(['0123456789'])('0123456789')).toBe('01234567');
});

describe('option values', () => {
  test('a time is a date, a time or an age', () => {
    expect(time('2026-01-31').toISOString()).toBe('2026-01-31T00:00:00.000Z');
    expect(time('2026-01-31T12:00:00+02:00').toISOString()).toBe('2026-01-31T10:00:00.000Z');
    expect(Date.now() - time('2h').getTime()).toBeLessThan(7_201_000);
    for (const text of ['', '1', 'yesterday', '2026-13-01', '31.1.2026', '7x', '-7d']) expect(() => time(text)).toThrow();
  });

  test('a number is a finite one', () => {
    expect([number('0'), number('-0.5'), number('1e3')]).toEqual([0, -0.5, 1000]);
    for (const text of ['', ' ', 'x', 'NaN', 'Infinity']) expect(() => number(text)).toThrow();
  });
});
