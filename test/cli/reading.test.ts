import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import { freshDatabase } from '../support/databases.js';
import { type CliOptions, cells, cliHere, type Outcome } from './process.js';
import { HARMLESS, HOSTILE, IDS, seed, WINNER } from './seed.js';

// On PostgreSQL, where many commands take little time; process.test.ts has the embedded database and real processes.
let db: string;
let newest: string;
const folder = mkdtempSync(join(tmpdir(), 'optrail-cli-'));

beforeAll(async () => {
  db = await freshDatabase(18, { migrated: true });
  const client = createClient({ databaseUrl: db });
  newest = await seed(client);
  await client.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const on = (args: readonly string[], options?: CliOptions): Promise<Outcome> => cliHere([...args, '--db', db], options);

/** Runs a command that must succeed. */
async function answer(...args: string[]): Promise<Outcome> {
  const outcome = await on(args);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  return outcome;
}

const dataOf = async (...args: string[]) => JSON.parse((await answer(...args, '--json')).stdout);

describe('runs list', () => {
  test('is a table for people, without a control character of somebody else', async () => {
    const { stdout, stderr } = await answer('runs', 'list');
    const lines = cells(stdout);
    expect(lines[0]).toEqual(['RUN', 'NAME', 'PROJECT', 'STATUS', 'OPTIMIZER', 'SCORE', 'GAIN', 'ITERS', 'COST', 'AGE']);
    expect(lines).toHaveLength(11);
    expect(lines.find(([id]) => id === IDS.triage)?.slice(1, -1)).toEqual([
      'triage',
      'demo',
      'completed',
      'gepa',
      '0.8571',
      '+0.8571',
      '4',
      '$0.00123',
    ]);
    expect(lines.find(([, name]) => name === 'going on#2')?.slice(1, -1)).toEqual([
      'going on#2',
      'demo',
      'pending',
      'miprov2',
      '0.75*',
      '-',
      '1',
      '$0',
    ]);
    expect(lines.find(([, name]) => name === 'loss')?.slice(0, -1)).toEqual([
      '01942000-0',
      'loss',
      'other',
      'completed',
      'grid',
      '10',
      '+30',
      '2',
      '$0',
    ]);
    expect(stdout).toContain(HARMLESS);
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(stderr).toContain('* the best so far of a run without a final score');
  });

  test('filters as the SDK does', async () => {
    const names = async (...args: string[]) => {
      const { data } = await dataOf('runs', 'list', ...args);
      return (data as { runName: string }[]).map(({ runName }) => runName);
    };
    expect(await names('--tag', 'nightly', '--tag', 'ci')).toEqual(['going on#2']);
    expect(await names('--status', 'failed,cancelled', '--status', 'pending', '--project', 'other')).toEqual([
      'new',
      'imported',
      'cafe',
      'only minibatches',
    ]);
    expect(await names('--min-score', '-0.5', '--max-score', '0.5', '--order', 'final_score', '--asc')).toEqual([
      HOSTILE,
      'triage',
      'in vain',
    ]);
    expect(
      await names('--search', 'TRI', '--model', 'gpt-4.1-mini', '--metric', 'accuracy', '--type', 'gepa', '--after', '1h', '--limit', '5'),
    ).toEqual(['triage']);
    expect(await names('--before', '2020-01-01')).toEqual([]);
  });

  test('goes on where the page before ended, and counts', async () => {
    const first = await on(['runs', 'list', '--limit', '6', '--count', '--output', 'ndjson']);
    expect(first.stderr).toContain('10 runs match');
    const cursor = /--cursor (\S+)/.exec(first.stderr)?.[1] ?? '';
    const second = await on(['--output', 'ndjson', 'runs', 'list', '--limit', '6', '--cursor', cursor]);
    const ids = [first, second].flatMap(({ stdout }) =>
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).id),
    );
    expect(new Set(ids).size).toBe(10);
    expect(second.stderr).not.toContain('--cursor');
  });

  test('as CSV holds nothing that a spreadsheet would run, and scores are numbers', async () => {
    const { stdout } = await answer('runs', 'list', '--output', 'csv');
    const [header = '', ...lines] = stdout.split('\r\n');
    expect(header.split(',').slice(0, 5)).toEqual(['id', 'runName', 'projectId', 'status', 'optimizerType']);
    const hostile = lines.find((line) => line.startsWith(IDS.hostile));
    expect(hostile).toContain(`${IDS.hostile},"'=HYPERLINK(""http://evil"")|`);
    expect(hostile).toContain(',-0.5,-0.25,');
    expect(stdout).not.toMatch(/[^\P{Cc}\n\r]/u);
  });

  test('as Markdown keeps its cells apart', async () => {
    const { stdout } = await answer('runs', 'list', '--output', 'md');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(new Set(lines.map((line) => line.replaceAll('\\|', '').split('|').length)).size).toBe(1);
  });

  test('fits the terminal', async () => {
    const { stdout, stderr } = await on(['runs', 'list', '--project', 'other'], { env: { COLUMNS: '60' } });
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect(stderr).toMatch(/no room for .*COST/);
  });

  test('says so where nothing matches', async () => {
    const { stdout, stderr } = await answer('runs', 'list', '--search', 'nothing is called that');
    expect(stdout).toBe('');
    expect(stderr).toContain('There are no runs that match.');
  });

  test('--quiet leaves stderr alone', async () => {
    expect(await on(['runs', 'list', '--quiet'])).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a run is named by', () => {
  const shown = async (text: string, ...args: string[]) => (await dataOf('runs', 'show', text, ...args)).id;

  test('latest', async () => {
    expect(await shown('latest')).toBe(newest);
    expect(await shown('latest', '--project', 'demo')).toBe(IDS.pending);
  });

  test('its id, in any spelling, or the beginning of one', async () => {
    expect(await shown(IDS.triage.toUpperCase())).toBe(IDS.triage);
    expect(await shown(IDS.triage.replaceAll('-', ''))).toBe(IDS.triage);
    expect(await shown('0194200000')).toBe(IDS.minimized);
    expect(await shown('01941fff-')).toBe(IDS.pending);
    expect(await shown(newest.slice(0, 16))).toBe(newest);
  });

  test('its name, and of several the newest, which is said', async () => {
    const { stdout, stderr } = await answer('runs', 'show', 'triage', '--json');
    expect(JSON.parse(stdout).id).toBe(IDS.second);
    expect(stderr).toContain(`2 runs are named "triage"; this is the newest, ${IDS.second}`);
    expect(await shown(HOSTILE)).toBe(IDS.hostile);
    expect(await shown('going on#2')).toBe(IDS.pending);
  });

  test('nothing that could mean two runs: the candidates are listed', async () => {
    const prefix = await on(['runs', 'show', '01941f29']);
    expect(prefix).toMatchObject({ code: 1, stdout: '' });
    expect(prefix.stderr).toContain('error: "01941f29" may mean any of 3 runs.');
    for (const id of [IDS.triage, IDS.second, IDS.hostile]) expect(prefix.stderr).toContain(`  ${id} `);
    expect(prefix.stderr).toContain('fix: Type more of the id.');
    expect(prefix.stderr).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect((await on(['runs', 'show', 'cafe'])).stderr).toContain('"cafe" may mean any of 2 runs');
  });

  test('nothing else', async () => {
    for (const text of ['no such run', '0194ffff', '01900000-0000-7000-8000-000000000000', 'triag', 'latest#1']) {
      const { code, stdout, stderr } = await on(['runs', 'show', text]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`error: There is no run "${text}".\nfix: npx optrail runs list shows what there is.`);
    }
  });
});

describe('runs show', () => {
  test('says what the run came to, and what to type next', async () => {
    const { stdout, stderr } = await answer('runs', 'show', IDS.triage);
    const facts = Object.fromEntries(cells(stdout).slice(1));
    expect(stdout.split('\n')[0]).toBe('triage');
    expect(facts).toMatchObject({
      id: IDS.triage,
      status: 'completed',
      score: '0.8571 against 0 before: +0.8571',
      best: 'iteration 2',
      curve: '▁▁██',
      iterations: '4 · 3 full, 1 minibatch · 1 accepted, 1 rejected',
      samples: '2,003, 1 failed',
      tokens: '12.3K',
      cost: '$0.00123',
      params: 'round=1',
    });
    expect(stderr).toContain('npx optrail best 01941f29-7c00 ');
  });

  test('says in plain words that nothing was won', async () => {
    expect((await answer('runs', 'show', 'in vain')).stdout).toContain('0.5 against 0.5 before; no improvement: the original stays');
  });

  test('knows that lower may be better', async () => {
    const { stdout } = await answer('runs', 'show', 'loss');
    expect(stdout).toContain('10 against 40 before: +30, +75%');
    expect(stdout).toContain('loss, lower is better, of 100');
  });

  test('shows an error and notes as text', async () => {
    expect((await answer('runs', 'show', IDS.failed)).stdout).toMatch(/score +none\n[\s\S]*error +rate limit\n/);
    expect((await answer('runs', 'show', IDS.hostile)).stdout).toMatch(/notes +red\n +lines\n/);
  });

  test('is what the SDK returns as JSON, 0 and all', async () => {
    expect(await dataOf('runs', 'show', IDS.triage)).toMatchObject({
      id: IDS.triage,
      initialScore: 0,
      fullEvaluations: 3,
      bestProgram: { componentMap: { root: WINNER } },
    });
  });

  test('is one row of CSV, and pairs in Markdown', async () => {
    const lines = (await answer('runs', 'show', IDS.triage, '--output', 'csv')).stdout.trimEnd().split('\r\n');
    expect(lines).toHaveLength(2);
    expect((await answer('runs', 'show', IDS.triage, '--output', 'md')).stdout).toContain('| status | completed |');
  });

  test('draws its curve in ASCII where the locale is not Unicode', async () => {
    expect((await on(['runs', 'show', IDS.triage], { env: { LC_ALL: 'C' } })).stdout).toContain('__##  best so far');
  });
});

test('iterations list marks baseline and best', async () => {
  const { stdout } = await answer('iterations', 'list', IDS.triage);
  expect(cells(stdout)).toEqual([
    ['#', 'KIND', 'STATUS', 'SCORE', 'DECISION', 'PARENTS', 'PARAMS', 'TOKENS', 'COST', 'TIME'],
    ['0', 'baseline', 'full', 'completed', '0', '-', '-', '-', '-', '-', '1.2s'],
    ['1', 'minibatch', 'completed', '1', '-', '0', 'round=1, temperature=0.7', '-', '-', '-'],
    ['2', 'best', 'full', 'completed', '0.8571', 'accepted', '0, 1', 'round=1', '12.3K', '$0.00123', '1m 5s'],
    ['3', 'full', 'completed', '0.9', 'rejected', '-', '-', '-', '-', '-'],
  ]);
  const iterations = await dataOf('iterations', 'list', IDS.triage);
  expect(iterations.map(({ score }: { score: number }) => score)).toEqual([0, 1, 0.857142857, 0.9]);
  const last = await dataOf('iterations', 'list', IDS.triage, '--last', '2');
  expect(last.map(({ score }: { score: number }) => score)).toEqual([0.857142857, 0.9]);
  expect((await answer('iterations', 'list', 'imported')).stderr).toContain('The run is pending and recorded no iteration.');
});

describe('samples list', () => {
  test('shows single examples, of the best iteration where that is asked', async () => {
    const { stdout } = await answer('samples', 'list', `${IDS.triage}#best`);
    expect(cells(stdout)).toEqual([
      ['ITERATION', '#', 'EXAMPLE', 'SCORE', 'STATUS', 'INPUT', 'EXPECTED', 'PREDICTED', 'ERROR OR FEEDBACK', 'TIME', 'COST'],
      ['2', '0', '-', '1', 'ok', 'Charged twice', 'billing', '-', '-', '13ms', '-'],
      ['2', '1', '-', '0', 'ok', '=cmd|x', 'bug', '-1', 'Wrong', '-', '-'],
      ['2', '2', '-', '-', 'failed', 'no answer', '-', '-', 'timeout after 10 s', '-', '-'],
    ]);
  });

  test('takes the iteration as an option too, only failures, and a limit that it tells of', async () => {
    expect(await dataOf('samples', 'list', IDS.triage, '--iteration', '2', '--failed')).toMatchObject([{ sampleIndex: 2, failed: true }]);
    const { stdout, stderr } = await answer('samples', 'list', `${IDS.triage}#3`, '--limit', '2', '--output', 'ndjson');
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr).toContain('these are the first 2: --limit shows more');
    expect((await answer('samples', 'list', `${IDS.triage}#1`)).stderr).toContain('Iteration 1 has no samples.');
    expect(await on(['samples', 'list', `${IDS.triage}#1`, '--iteration', '2'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('best', () => {
  test('is the winning prompt and nothing else', async () => {
    const { stdout, stderr } = await answer('best', IDS.triage);
    expect(stdout).toBe(`${WINNER}\n`);
    expect(stderr).toContain('triage, iteration 2: score 0.8571 against 0 before');
  });

  test('is the program as it was recorded with --format json, and the iteration with --json', async () => {
    expect(JSON.parse((await answer('best', IDS.triage, '--format', 'json')).stdout)).toEqual({ componentMap: { root: WINNER } });
    expect(await dataOf('best', IDS.triage)).toMatchObject({ iteration: 2, score: 0.857142857, text: WINNER });
  });

  test('goes to a file', async () => {
    const file = join(folder, 'prompt.txt');
    const { stdout, stderr } = await answer('best', IDS.triage, '--out', file);
    expect(stdout).toBe('');
    expect(stderr).toContain(`written to ${file}`);
    expect(readFileSync(file, 'utf8')).toBe(`${WINNER}\n`);
    expect(await on(['best', IDS.triage, '--out', join(folder, 'no/such/folder')])).toMatchObject({ code: 1, stdout: '' });
  });

  test('is the prompt of any iteration that is named', async () => {
    expect((await answer('best', `${IDS.triage}#0`)).stdout).toBe('Say which queue.\n');
    expect((await answer('best', 'going on#2#best')).stdout).toBe('Be exact.\n\n# Demonstrations\n\nquestion: 1+1\n');
    expect((await on(['best', `${IDS.triage}#9`])).stderr).toContain('has no iteration 9');
  });

  test('is the original where nothing was won, and says so', async () => {
    const { stdout, stderr } = await answer('best', 'in vain');
    expect(stdout).toBe('the original\n');
    expect(stderr).toContain('no improvement: the original stays');
  });

  test('is JSON where the program has no text, and says so', async () => {
    const { stdout, stderr } = await answer('best', 'loss');
    expect(JSON.parse(stdout)).toEqual({ strange: [1, { deep: true }] });
    expect(stderr).toContain('no text in a place that is known');
  });

  test('is the parameters of an iteration that has nothing else', async () => {
    const { stdout, stderr } = await answer('best', `${IDS.triage}#1`);
    expect(JSON.parse(stdout)).toEqual({ round: 1, temperature: 0.7 });
    expect(stderr).toContain('recorded without its program; these are its parameters.');
    expect((await on(['best', 'going on#2#1'])).stderr).toContain('has no iteration 1');
  });

  test('says why there is none', async () => {
    const why = async (text: string) => {
      const { code, stdout, stderr } = await on(['best', text]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      return stderr;
    };
    expect(await why('only minibatches')).toContain(
      'has no best iteration: there was no full evaluation, and a minibatch decides nothing.',
    );
    expect(await why('imported')).toContain('it is pending and recorded no iteration.');
  });
});

describe('leaderboard', () => {
  test('ranks runs that were measured alike', async () => {
    const { stdout, stderr } = await answer('leaderboard', '--project', 'demo');
    expect(cells(stdout).map((line) => line.slice(0, -1))).toEqual([
      ['#', 'RUN', 'NAME', 'OPTIMIZER', 'SCORE', 'BEFORE', 'GAIN', 'ITERS', 'COST'],
      ['1', IDS.triage, 'triage', 'gepa', '0.8571', '0', '+0.8571', '4', '$0.00123'],
      ['2', IDS.second, 'triage', 'gepa', '0.5', '0', '+0.5', '0', '$0'],
      ['3', IDS.hostile, HARMLESS, 'gepa', '-0.25', '-0.5', '+0.25', '0', '$0'],
    ]);
    expect(stderr).toContain('measured by accuracy, over evaluation set aaaa1111');
  });

  test('claims no rank where they were not, even if it shall be quiet', async () => {
    const { stdout, stderr } = await on(['leaderboard', '--quiet']);
    expect(cells(stdout)[0]).toContain('METRIC');
    expect(cells(stdout)[1]?.[0]).toBe('-');
    expect(stderr).toContain(
      'warning: no ranking: these runs were measured by 2 metrics (accuracy, loss), and their scores cannot be compared.',
    );
    expect((await answer('leaderboard')).stderr).toContain('project: other, where the newest run is');
  });

  test('takes a metric, a limit, and an evaluation set as it is shown', async () => {
    expect(await dataOf('leaderboard', '--metric', 'loss')).toMatchObject([{ rank: 1, runName: 'loss' }]);
    expect(await dataOf('leaderboard', '--project', 'demo', '--eval-set', 'aaaa', '--limit', '1')).toMatchObject([{ runId: IDS.triage }]);
    expect((await answer('leaderboard', '--eval-set', 'none')).stderr).toContain('There are no completed runs with a score that match.');
  });
});

test('projects lists them with their number of runs', async () => {
  expect(cells((await answer('projects')).stdout).map((line) => line.slice(0, 3))).toEqual([
    ['PROJECT', 'NAME', 'RUNS'],
    ['demo', 'demo', '4'],
    ['other', 'other', '6'],
  ]);
  expect(await dataOf('projects')).toMatchObject([
    { id: 'demo', runs: 4 },
    { id: 'other', runs: 6 },
  ]);
});

test('refresh brings the analytics up to date', async () => {
  expect((await answer('refresh')).stderr).toContain('The analytics are up to date');
  expect(await dataOf('refresh')).toMatchObject({ refreshed: true });
});
