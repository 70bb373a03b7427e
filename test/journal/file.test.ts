import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FileJournal } from '../../src/journal/file.js';
import { journalsIn } from '../../src/journal/folder.js';
import { lineOf, recordOf } from '../../src/journal/format.js';
import type { JournalRequest } from '../../src/journal/port.js';
import { temporaryDirectory } from '../support/databases.js';
import { runNode } from '../support/node.js';

const RUN = '0190a3b5-0000-7000-8000-000000000000';
const ALL = { requests: 1_000_000, characters: 1e9 };
const request = (number: number, more: object = {}): JournalRequest => ({
  method: 'POST',
  path: `/v1/runs/${RUN}/iterations`,
  body: { iteration: number, ...more },
});
const numbers = (found: readonly JournalRequest[]) => found.map(({ body }) => (body as { iteration: number }).iteration);
const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');

function fresh(directory = temporaryDirectory(), limits?: { bytes: number; slack: number }): FileJournal {
  return FileJournal.of({ directory, runId: RUN, target: 'here', ...(limits === undefined ? {} : { limits }) });
}

/** The file as a process that is gone left it. */
function left(text: string | Buffer, directory = temporaryDirectory()): string {
  const file = join(directory, `20260101T000000000Z-${RUN}.jsonl`);
  writeFileSync(file, text);
  return file;
}

const HEADER = lineOf({ kind: 'journal', version: 1, runId: RUN, target: null });
const written = (...records: Parameters<typeof lineOf>[0][]) => Buffer.concat([HEADER, ...records.map(lineOf)]);
const kept = (sequence: number) => ({ kind: 'request' as const, sequence, ...request(sequence) });

describe('a line', () => {
  test('comes back as it was, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (body, path) => {
        const line = lineOf({ kind: 'request', sequence: 1, method: 'POST', path, body });
        expect(line.indexOf('\n')).toBe(line.length - 1);
        // -0 has no form in JSON.
        expect(recordOf(line.subarray(0, -1))).toEqual({
          ...JSON.parse(JSON.stringify({ kind: 'request', sequence: 1, method: 'POST', path, body })),
          crc32: expect.any(String),
        });
      }),
    );
  });

  test('is refused where any byte of it is another', () => {
    const line = lineOf(kept(1)).subarray(0, -1);
    for (let at = 0; at < line.length; at += 1) {
      const damaged = Buffer.from(line);
      damaged.writeUInt8((damaged.readUInt8(at) + 1) % 256, at);
      expect(recordOf(damaged)).toBeNull();
    }
  });
});

describe('docs/journal.md', () => {
  const page = readFileSync('docs/journal.md', 'utf8');

  test('shows lines that are lines', () => {
    const [, block = ''] = /```text\n(.*?)```/s.exec(page) ?? [];
    const records = block
      .trimEnd()
      .split('\n')
      .map((line) => recordOf(Buffer.from(line)));
    expect(records.map((record) => record?.kind)).toEqual(['journal', 'request', 'request', 'acknowledged', 'rejected']);
  });

  test.skipIf(spawnSync('python3', ['--version']).status !== 0)('shows a Python program that writes one', async () => {
    const [, program = ''] = /```python\n(.*?)```/s.exec(page) ?? [];
    const directory = temporaryDirectory();
    expect(spawnSync('python3', ['-c', program], { cwd: directory, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
    const [file = ''] = journalsIn(directory);
    const journal = await FileJournal.open(file);
    expect(await journal.read(ALL)).toMatchObject([{ method: 'POST', path: '/v1/runs', body: { finalScore: 0.9 } }]);
    await journal.close();
  });
});

describe('a journal', () => {
  test('touches no disk until there is something to keep, and leaves nothing when all was taken', async () => {
    const directory = join(temporaryDirectory(), 'journal');
    const journal = fresh(directory);
    expect(existsSync(directory)).toBe(false);
    expect(await journal.keep([request(1), request(2)])).toEqual([1, 2]);
    expect(statSync(journal.file).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(directory, '.gitignore'), 'utf8')).toBe('*\n');
    expect(numbers(await journal.read(ALL))).toEqual([1, 2]);
    journal.settle(1);
    journal.settle(2);
    await journal.close();
    expect(readdirSync(directory)).toEqual(['.gitignore']);
  });

  test('gives back what it was given, in order and a part at a time, while more is added', async () => {
    const journal = fresh();
    await journal.keep([1, 2, 3].map((number) => request(number)));
    expect(numbers(await journal.read({ requests: 2, characters: 1e9 }))).toEqual([1, 2]);
    await journal.keep([request(4, { text: 'x'.repeat(600_000) }), request(5)]);
    expect(numbers(await journal.read({ requests: 9, characters: 500_000 }))).toEqual([3]);
    expect(numbers(await journal.read({ requests: 9, characters: 500_000 }))).toEqual([4]);
    expect(numbers(await journal.read(ALL))).toEqual([5]);
    expect(await journal.read(ALL)).toEqual([]);
    await journal.close();
  });

  test('is opened again with what was not acknowledged, and with the reasons of what was rejected', async () => {
    const journal = fresh();
    await journal.keep([1, 2, 3, 4].map((number) => request(number)));
    journal.settle(1);
    journal.settle(3, { code: 'constraint_violation', message: 'no' });
    await journal.close();

    const again = await FileJournal.open(journal.file);
    expect(again).toMatchObject({ pending: 2, rejected: 1, damaged: 0, target: 'here', runId: RUN });
    expect(numbers(await again.read(ALL))).toEqual([2, 4]);
    expect(await again.rejections()).toMatchObject([{ sequence: 3, reason: { code: 'constraint_violation', message: 'no' } }]);
    expect(await again.keep([request(5)])).toEqual([5]);
    for (const sequence of [2, 4, 5]) again.settle(sequence);
    await again.reopen();
    expect(numbers(await again.read(ALL))).toEqual([3]);
    again.settle(3);
    await again.close();
    expect(existsSync(journal.file)).toBe(false);
  });

  test('a rejected request that was taken after all is rejected no more', async () => {
    const file = left(
      written(kept(1), { kind: 'rejected', sequence: 1, reason: { code: 'x', message: 'y' } }, { kind: 'acknowledged', sequence: 1 }),
    );
    const journal = await FileJournal.open(file);
    expect(journal).toMatchObject({ pending: 0, rejected: 0 });
    await journal.close();
    expect(existsSync(file)).toBe(false);
  });

  test('has one writer', async () => {
    const journal = fresh();
    await journal.keep([request(1)]);
    await expect(FileJournal.open(journal.file)).rejects.toMatchObject({ code: 'database_locked' });
    await journal.close();
    await (await FileJournal.open(journal.file)).close();
  });

  test('cuts the line that was being written when its process died, wherever it was cut', async () => {
    const whole = written(kept(1), kept(2));
    const second = whole.length - lineOf(kept(2)).length;
    for (let end = second; end < whole.length; end += 7) {
      const file = left(whole.subarray(0, end));
      const journal = await FileJournal.open(file);
      expect(journal).toMatchObject({ pending: 1, damaged: 0 });
      expect(await journal.keep([request(9)])).toEqual([2]);
      expect(numbers(await journal.read(ALL))).toEqual([1, 9]);
      await journal.close();
    }
  });

  test('passes over a damaged line, says so, and stays', async () => {
    const text = written(kept(1), kept(2), kept(3));
    text.write('#', text.indexOf('"iteration":2'));
    const file = left(text);
    const journal = await FileJournal.open(file);
    expect(journal.damaged).toBe(1);
    expect(numbers(await journal.read(ALL))).toEqual([1, 3]);
    journal.settle(1);
    journal.settle(3);
    await journal.close();
    expect(journal.damaged).toBe(1);
    expect(existsSync(file)).toBe(true);
  });

  test('is no journal without its first line', async () => {
    for (const text of ['', 'hello\n', lineOf(kept(1)), lineOf({ kind: 'journal', version: 2 })]) {
      await expect(FileJournal.open(left(text))).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });

  test('may be written by another language, with nothing but a CRC-32', async () => {
    const sealed = (json: string) => `${json.slice(0, -1)},"crc32":"${crc32(json.slice(0, -1)).toString(16).padStart(8, '0')}"}\n`;
    const file = left(sealed('{"kind":"journal","version":1}'));
    appendFileSync(file, sealed(`{"kind":"request","sequence":1,"method":"POST","path":"/v1/runs","body":{"id":"${RUN}"}}`));
    const journal = await FileJournal.open(file);
    expect(await journal.read(ALL)).toMatchObject([{ sequence: 1, method: 'POST', path: '/v1/runs', body: { id: RUN } }]);
    expect(journal).toMatchObject({ target: null, runId: null });
    await journal.close();
  });

  test('stays small while it empties at one end and fills at the other', async () => {
    const journal = fresh(temporaryDirectory(), { bytes: 400_000, slack: 50_000 });
    let largest = 0;
    const found: number[] = [];
    await journal.keep([request(0, { text: 'x'.repeat(1_000) })]);
    for (let number = 1; number <= 2_000; number += 1) {
      await journal.keep([request(number, { text: 'x'.repeat(1_000) })]);
      for (const { sequence, body } of await journal.read({ requests: 1, characters: 1e9 })) {
        found.push((body as { iteration: number }).iteration);
        journal.settle(sequence, number % 500 === 0 ? { code: 'c', message: 'm' } : undefined);
      }
      largest = Math.max(largest, statSync(journal.file).size);
    }
    expect(found).toEqual([...Array(2_000).keys()]);
    expect(largest).toBeLessThanOrEqual(400_000);
    expect(await journal.rejections()).toHaveLength(4);
    await journal.close();
    const again = await FileJournal.open(journal.file);
    expect(again).toMatchObject({ pending: 1, rejected: 4, damaged: 0 });
    await again.close();
  });

  test('is full at its limit, keeps what it has, and takes more when it is emptier', async () => {
    const journal = fresh(temporaryDirectory(), { bytes: 100_000, slack: 10_000 });
    const big = () => journal.keep([request(1, { text: 'x'.repeat(20_000) })]);
    for (let count = 0; count < 4; count += 1) await big();
    await expect(big()).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining(basename(journal.file)) });
    for (const { sequence } of await journal.read({ requests: 3, characters: 1e9 })) journal.settle(sequence);
    await big();
    expect(linesOf(journal.file).filter((line) => line.includes('"kind":"request"'))).toHaveLength(2);
    await journal.close();
  });
});

describe('when the process ends', () => {
  const script = (body: string) => `
    const { FileJournal } = await import(dist('journal/file.js'));
    const [directory] = process.argv.slice(1);
    const journal = FileJournal.of({ directory, runId: '${RUN}', target: null });
    const request = (iteration) => ({ method: 'POST', path: '/v1/runs/x/iterations', body: { iteration, text: 'x'.repeat(300000) } });
    ${body}`;

  const cases: [string, string, number[]][] = [
    ['nothing was kept before', 'journal.atExit(() => [request(1), request(2)]); process.exit(0);', [1, 2]],
    ['something was kept', 'await journal.keep([request(1)]); journal.atExit(() => [request(2)]); process.exit(0);', [1, 2]],
    [
      'something is on its way to the disk',
      `await journal.keep([request(1)]);
       const all = [2, 3, 4].map(request);
       journal.atExit(() => [...all, request(5)]);
       void journal.keep(all);
       setImmediate(() => process.exit(0));`,
      [1, 2, 3, 4, 5],
    ],
    ['an error ends it', 'journal.atExit(() => [request(1)]); setImmediate(() => { throw new Error("end"); });', [1]],
  ];

  test.each(cases)('what waits is written down where %s', async (_name, body, expected) => {
    const directory = temporaryDirectory();
    await runNode(script(body), directory).ended;
    const [name = ''] = readdirSync(directory).filter((each) => each.endsWith('.jsonl'));
    const journal = await FileJournal.open(join(directory, name));
    expect(numbers(await journal.read(ALL))).toEqual(expected);
    expect(journal.damaged).toBe(0);
    await journal.close();
  });

  test('nothing stays where nothing waits', async () => {
    const directory = temporaryDirectory();
    const body =
      'const [sequence] = await journal.keep([request(1)]); journal.atExit(() => []); journal.settle(sequence); process.exit(0);';
    await runNode(script(body), directory).ended;
    expect(readdirSync(directory)).toEqual(['.gitignore']);
  });
});
