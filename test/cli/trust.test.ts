import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle } from '../../src/client/port.js';
import { freshDatabase } from '../support/databases.js';
import { GOLDEN_PROMPTS, goldenRun } from '../support/golden-run.js';
import { cliHere } from './process.js';

const RUN = '0199f3a2-7b1e-7c44-9d0a-000000000014';
const folder = mkdtempSync(join(tmpdir(), 'optrail-trust-'));
let db: string;
let client: ClientHandle;

beforeAll(async () => {
  db = await freshDatabase(18, { migrated: true });
  client = createClient({ databaseUrl: db });
  await goldenRun({ client }, 'support', { id: RUN, runName: 'golden' });
  await goldenRun({ client }, 'support', { runName: 'other metric', config: { metric: 'f1' } });
});
afterAll(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

const on = (...args: string[]) => cliHere([...args, '--db', db]);
const jsonOf = async (...args: string[]) => JSON.parse((await on(...args, '--json')).stdout);

test('one verdict everywhere: runs show, best, SDK, and the receipt in each of its forms', async () => {
  const verdict = await client.assessRun(RUN);
  expect(verdict?.word).toBe('real');
  const sentence = verdict?.sentence ?? '';
  expect((await on('runs', 'show', RUN)).stdout).toContain(sentence);
  expect((await jsonOf('runs', 'show', RUN)).assessment).toEqual(verdict);
  expect((await on('best', RUN)).stderr).toContain(sentence);
  expect((await jsonOf('receipt', RUN)).assessment).toEqual(verdict);
  expect((await on('receipt', RUN, '--output', 'md')).stdout).toContain('best of 5 candidates on 20 examples');
  expect((await on('receipt', RUN)).stdout).toContain(sentence);
});

describe('gate', () => {
  test('passes a better prompt with 0, and tells why', async () => {
    const { code, stdout } = await on('gate', `${RUN}#21`, '--baseline', `${RUN}#0`);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Better: \+50 points against the baseline \(one-sided 95%: .*\) on 20 shared examples\.\nfixed 10, broke 0, same 10\n$/,
    );
  });

  test('stops a regression with 3, and shows the worst examples by their input', async () => {
    const { code, stdout } = await on('gate', `${RUN}#0`, '--baseline', `${RUN}#21`, '--output', 'md');
    expect(code).toBe(3);
    expect(stdout).toContain('### ❌ Optrail gate: regression');
    expect(stdout).toMatch(/\| "?ticket \d+"? \| 1 \| 0 \|/);
    expect(stdout).toMatch(/example set `[\da-f]{12}`/);
  });

  test('is undecided with 4, and passes then if asked to', async () => {
    const args = ['gate', `${RUN}#21`, '--baseline', `${RUN}#16`];
    expect((await on(...args)).code).toBe(4);
    expect((await on(...args, '--undecided', 'pass')).code).toBe(0);
    expect(await jsonOf(...args)).toMatchObject({ outcome: 'undecided', exitCode: 4, n: 20 });
  });

  test('never passes what it cannot compare: 1', async () => {
    const { code, stdout } = await on('gate', RUN, '--baseline', 'other metric', '--undecided', 'pass');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Not comparable: The baseline is scored by the metric f1/);
    expect((await on('gate', RUN, '--baseline', RUN, '--on', 'test')).code).toBe(1);
  });

  test('answers wrong usage with 2, and a run that is not there with 1', async () => {
    expect((await on('gate', RUN)).code).toBe(2);
    expect((await on('gate', RUN, '--baseline', RUN, '--alpha', '0.9')).code).toBe(2);
    expect((await on('gate', RUN, '--baseline', 'nothing')).code).toBe(1);
  });
});

test('compare, regressions and bisect name examples by their input', async () => {
  const compared = await on('compare', `${RUN}#16`, `${RUN}#21`);
  expect(compared.stdout).toMatch(/^Too few: only 1 of 20 examples differ; at least 6 must\.\nfixed 1, broke 0, same 19\n/);
  expect(compared.stdout).toMatch(/ticket 0\s+fixed\s+0\s+1\s+\+1/);
  const lost = await on('regressions', `${RUN}#0`, '--against', `${RUN}#21`);
  expect(lost.stdout).toMatch(/^Broke \d+ and fixed 0 of 20 shared examples/);
  const bisected = await on('bisect', RUN);
  expect(bisected.stdout).toContain('iterations: 0, 5, 13, 21');
  expect(bisected.stdout).toMatch(/ticket 1\s+0111\s+flipped at 5/);
});

test('edits and blame', async () => {
  const edits = await on('edits', RUN);
  expect(edits.stdout).toMatch(/^4 of 5 accepted edits cannot be told from nothing\.\n/);
  expect(edits.stdout).toContain('Refunds are billing.');
  expect((await on('edits', RUN, '--output', 'md')).stdout).toMatch(/^\| Iteration \|/);
  const blame = await on('blame', RUN);
  expect(blame.stdout).toContain(' 0 | Sort the ticket.');
  expect(blame.stdout).toContain('13+21 | Outages are urgent bugs.');
  const told = await jsonOf('blame', RUN);
  expect(told.parts[0].spans.map(({ text }: { text: string }) => text).join('')).toBe(GOLDEN_PROMPTS[21]);
});

test('diff shows what changed between two prompts', async () => {
  const { stdout } = await on('diff', `${RUN}#0`, RUN);
  expect(stdout).toContain('+Refunds are billing.');
  expect(stdout).not.toContain('-Sort the ticket.');
  expect(await jsonOf('diff', `${RUN}#0`, RUN)).toMatchObject({ from: { iteration: 0 }, to: { iteration: 21 } });
  expect((await on('diff', RUN, RUN)).stderr).toContain('The two prompts are the same.');
  expect((await on('diff', `${RUN}#3`, RUN)).code).toBe(1);
});

test('diff of prompts that read the same shows a changed setting', async () => {
  const { id } = await client.createOptimizationRun({ projectId: 'support', runName: 'settings', optimizerType: 'gepa' });
  await client.createOptimizationIteration({ runId: id, iteration: 0, score: 0.5, program: { instruction: 'Sort.', temperature: 0.7 } });
  await client.createOptimizationIteration({ runId: id, iteration: 1, score: 0.5, program: { instruction: 'Sort.', temperature: 0.9 } });
  const { stdout, stderr } = await on('diff', `${id}#0`, `${id}#1`);
  expect(stderr).not.toContain('The two prompts are the same.');
  expect(stdout).toContain('-  "temperature": 0.7');
  expect(stdout).toContain('+  "temperature": 0.9');
});

test('race claims nothing from one run', async () => {
  expect((await on('race', RUN)).stdout).toMatch(/^One run each: no claim\.\n/);
});

describe('receipt', () => {
  const file = (name: string) => join(folder, name);

  test('is one HTML file that loads nothing and holds the prompt in blame colors', async () => {
    const { code } = await on('receipt', RUN, '--out', file('receipt.html'));
    expect(code).toBe(0);
    const html = readFileSync(file('receipt.html'), 'utf8');
    expect(html).not.toMatch(/\b(src|href)=|@import|url\(/);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).toContain('title="iteration 13">Outages are </span>');
    expect(html).toContain('@media print');
  });

  test('holds, as HTML and as JSON', async () => {
    await on('receipt', RUN, '--format', 'json', '--out', file('receipt.json'));
    for (const name of ['receipt.html', 'receipt.json']) {
      const { code, stdout } = await on('receipt', 'verify', file(name));
      expect([code, stdout]).toEqual([0, 'The receipt holds: everything in it follows from the record.\n']);
    }
  });

  test('that was changed ends with 3 and the first difference', async () => {
    const receipt = JSON.parse(readFileSync(file('receipt.json'), 'utf8'));
    receipt.assessment.difference = 0.6;
    writeFileSync(file('changed.json'), JSON.stringify(receipt));
    const { code, stdout } = await on('receipt', 'verify', file('changed.json'));
    expect([code, stdout]).toEqual([3, 'The receipt does not hold: assessment.difference is 0.6, and the record says 0.5.\n']);
    expect(await jsonOf('receipt', 'verify', file('changed.json'))).toMatchObject({ holds: false, path: 'assessment.difference' });
  });

  test('a program with markup in it stays text', async () => {
    const { id } = await client.createOptimizationRun({ projectId: 'support', runName: '<b>&', optimizerType: 'gepa' });
    await client.createOptimizationIteration({ runId: id, iteration: 0, score: 0.5, program: '</script><script>alert(1)</script>' });
    const { stdout } = await on('receipt', id);
    expect(stdout).toContain('<h1>&lt;b&gt;&amp;</h1>');
    expect(stdout.match(/<script/g)).toHaveLength(1);
  });

  test('another file is refused with 2', async () => {
    writeFileSync(file('else.json'), '{}');
    const { code, stderr } = await on('receipt', 'verify', file('else.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('is not a receipt');
  });
});
