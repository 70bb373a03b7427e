import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AxMockAIService } from '@ax-llm/ax';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Context } from '../../src/cli/context.js';
import { assertAnswers } from '../../src/cli/demo/first-call.js';
import { recordDemo } from '../../src/cli/demo/record.js';
import { Output } from '../../src/cli/output.js';
import { createClient } from '../../src/client/open/create-client.js';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { loadAx } from '../../src/demo/load-ax.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';
import { ageHeartbeat } from '../support/trails.js';
import { cells, cli, cliHere, type Outcome, shellHere } from './process.js';

let db: string;
beforeAll(() => {
  db = freshDirectory();
});
afterAll(() => rmSync(db, { recursive: true, force: true }));

const on = (...args: string[]): Promise<Outcome> => cli([...args, '--db', db]);

describe.sequential('optrail demo', () => {
  test('shows GEPA improve a prompt, and what came of it', async () => {
    const { code, stdout, stderr } = await on('demo');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('The offline model is a word matcher that stands in for a language model');
    expect(stdout).toMatch(/^ +0 {2}full +0[.]\d+ {2}baseline +0[.]\d+$/m);
    expect(stdout).toMatch(/^ +\d+ {2}minibatch +[\d.]+ {2}accepted /m);
    expect(stdout).toMatch(/^ {2}score +0[.]\d+ against 0[.]\d+ before: [+]0[.]\d+/m);
    expect(stdout).toMatch(/^ {2}curve +[▁-█]+ {2}best so far$/m);
    expect(stdout).toMatch(/^On \d+ tickets that the optimizer never saw: 0[.]\d+ before, 0[.]\d+ now[.]$/m);
    expect(stdout).toMatch(/^Leaderboard of project demo\n#.*\n1 +\w+ +ticket triage +gepa /m);
    expect(stdout).toMatch(/^The winning prompt\n {2}Say which queue of the help desk this ticket belongs to[.]\n {2}- "/m);
    expect(stdout).toMatch(/^Next\n {2}npx optrail best [\da-f-]{13} --db /m);
  });

  test('makes another run the second time; as JSON it is one object', async () => {
    const { code, stdout, stderr } = await on('demo', '--json', '--seed', '3');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      runName: 'ticket triage 2',
      status: 'completed',
      tags: ['demo', 'offline'],
      heldOut: { tickets: expect.any(Number) },
      text: expect.stringContaining('Say which queue'),
      leaderboard: [{ runName: expect.any(String) }, { runName: expect.any(String) }],
    });
    expect(stderr).toContain('The offline model is a word matcher');
    expect(
      cells((await on('runs', 'list')).stdout)
        .slice(1)
        .map(([, name]) => name),
    ).toEqual(['ticket triage 2', 'ticket triage']);
  });

  test('its winner can be taken away', async () => {
    const { stdout } = await on('best', 'latest');
    expect(stdout).toMatch(/^Say which queue of the help desk this ticket belongs to[.]\n(- "[^"]+" => \w+\n)+$/);
  });

  test('interrupted, leaves a cancelled run', async () => {
    let sent = false;
    const watch: NonNullable<Parameters<typeof cli>[1]>['watch'] = (stdout, { signal }) => {
      if (sent || !stdout.includes('baseline')) return;
      sent = true;
      signal('SIGINT');
    };
    const { code, stderr } = await cli(['demo', '--db', db, '--project', 'stopped'], { watch });
    expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringContaining('error: Interrupted.') });
    expect(cells((await on('runs', 'list', '--project', 'stopped')).stdout)[1]?.slice(1, 3)).toEqual(['ticket triage', 'cancelled']);
  });

  test('killed half-way, goes on from its best prompt when it is told to', async () => {
    const project = ['--db', db, '--project', 'killed'];
    const watch: NonNullable<Parameters<typeof cli>[1]>['watch'] = (stdout, { signal }) => {
      if (stdout.split('\n').filter((line) => /^ +\d+ {2}full /.test(line)).length >= 2) signal('SIGKILL');
    };
    expect((await cli(['demo', ...project], { watch })).code).toBeNull();
    expect((await cli(['demo', '--resume', 'latest', ...project])).stderr).toContain('is still running');
    const [before] = JSON.parse((await cli(['runs', 'list', ...project, '--json'])).stdout).data;
    expect(before).toMatchObject({ status: 'running', attempt: 1 });
    expect(before.iterations).toBeGreaterThan(2);

    const database = await openEmbedded({ directory: db });
    await ageHeartbeat({ database }, before.id, 46);
    await database.close();
    const { code, stdout, stderr } = await cli(['demo', '--resume', 'latest', ...project, '--json']);
    expect(code, stderr).toBe(0);
    const after = JSON.parse(stdout);
    expect(after).toMatchObject({ runId: before.id, status: 'completed', runName: 'ticket triage', initialScore: before.initialScore });
    expect(after.finalScore).toBeGreaterThanOrEqual(before.bestScore);
    expect(after.heldOut.best).toBeGreaterThan(after.heldOut.baseline);

    const client = createClient({ directory: db });
    expect(await client.getOptimizationRun(before.id)).toMatchObject({ attempt: 2 });
    const iterations = await client.getOptimizationIterations(before.id);
    const checkpoint = await client.getOptimizationCheckpoint(before.id);
    await client.close();
    expect(iterations.map(({ iteration }) => iteration)).toEqual([...iterations.keys()]);
    expect(iterations.filter(({ isBaseline }) => isBaseline).map(({ iteration }) => iteration)).toEqual([0]);
    // The first of the second attempt is the best of the first one, with the same score.
    const [again] = iterations.slice(before.iterations).filter(({ params }) => params.role === 'seed');
    expect(again).toMatchObject({ parentIterations: [before.bestIteration], score: before.bestScore, evalKind: 'full' });
    expect(checkpoint?.state).toMatchObject({ optimizerType: 'GEPA' });

    const never = await cli(['demo', '--resume', 'latest', ...project]);
    expect(never).toMatchObject({ code: 1, stderr: expect.stringContaining('is completed, which is final') });
  }, 120_000);

  test('goes on to its end where its reader has seen enough', async () => {
    const outcome = await cli(['demo', '--db', db, '--project', 'unread'], { watch: (_, { end }) => end() });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(cells((await on('runs', 'list', '--project', 'unread')).stdout)[1]?.[2]).toBe('completed');
  });
});

describe('optrail demo --live', () => {
  test('asks nobody where there is nobody to ask, names the ceiling, and calls nothing', async () => {
    const { code, stdout, stderr } = await cli(['demo', '--live', '--db', db], { env: { OPENAI_API_KEY: 'not a key' } });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/error: A live demo makes at most [\d,]+ calls and [$][\d.]+, and there is no terminal to ask on[.]/);
    expect(stderr).toContain('demo --live --yes');
  });

  test('needs a key', async () => {
    const { code, stderr } = await cli(['demo', '--live', '--yes', '--db', db]);
    expect(code).toBe(1);
    expect(stderr).toContain('OPENAI_API_KEY');
  });
});

describe('the first call of a live demo', () => {
  const provider = { name: 'openai', model: 'a-model', variable: 'OPENAI_API_KEY', apiKey: 'sk-secret' } as const;
  const { signal } = new AbortController();

  test('tells of a key that is refused, without the key', async () => {
    const chatResponse = () => Promise.reject(new Error('401 from https://host/?key=sk-secret\u001b[2J'));
    const error = await assertAnswers(new AxMockAIService<string>({ chatResponse }), provider, signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'not_configured', hint: 'Check the key in OPENAI_API_KEY.' });
    expect(String(error)).toContain('a-model of openai did not answer: 401 from https://host/?key=***');
  });

  test('is content with any answer', async () => {
    const service = new AxMockAIService<string>({ chatResponse: { results: [{ index: 0, content: 'ready' }] } });
    await expect(assertAnswers(service, provider, signal)).resolves.toBeUndefined();
  });
});

test('a model that never answers does not keep an interrupted demo, whose run is cancelled', async () => {
  const url = await freshDatabase(18, { migrated: true });
  const { shell, controller } = shellHere();
  const context = new Context(
    { kind: 'postgres', url },
    new Output(shell, { format: 'json', quiet: true, color: false }),
    shell,
    undefined,
  );
  const silent = new AxMockAIService<string>({ chatResponse: () => new Promise<never>(() => {}) });
  const model = { kind: 'offline', notice: '', student: silent, teacher: silent, shortfall: () => null } as const;
  const recording = recordDemo(context, {
    ax: await loadAx(),
    model,
    projectId: 'demo',
    runName: 'stuck',
    seed: 1,
    earlier: null,
    onIteration: () => {},
  });
  setTimeout(() => controller.abort(), 500);
  await expect(recording).rejects.toMatchObject({ name: 'AbortError' });
  expect(await context.client.listOptimizationRuns()).toMatchObject({ data: [{ runName: 'stuck', status: 'cancelled' }] });
  await context.close();
});

test('optrail demo records into PostgreSQL as well', async () => {
  const url = await freshDatabase(15, { migrated: true });
  const { code, stdout, stderr } = await cliHere(['demo', '--db', url, '--output', 'ndjson']);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ runName: 'ticket triage', status: 'completed', leaderboard: [{ rank: 1 }] });
});

describe('without Ax', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'optrail-no-ax-'));
  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

  /** The package as npm installs it where nobody asked for the optional one. */
  beforeAll(() => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
    for (const name of Object.keys(dependencies)) {
      const link = join(elsewhere, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(resolve('node_modules', name), link);
    }
    cpSync('dist', join(elsewhere, 'dist'), { recursive: true });
    cpSync('package.json', join(elsewhere, 'package.json'));
  });

  test('the command that installs it is the answer, and everything else works', async () => {
    const program = join(elsewhere, 'dist/cli/main.js');
    const { code, stdout, stderr } = await cli(['demo'], { program, cwd: elsewhere });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/error: .*Ax.*not installed.*\nfix: npm install @ax-llm\/ax@24\n$/);
    expect(await cli(['runs', 'list', '--db', db], { program, cwd: elsewhere })).toMatchObject({ code: 0 });
  });
});
