import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type * as Optrail from '../../src/index.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';

const HERE = import.meta.dirname;

/** What of a printed snippet is changed so that it runs, and why. */
const CHANGES: [printed: string, changed: string, why: string][] = [
  ["'@/lib/supabase-optimization'", "'../../../src/index.js'", 'the import path'],
  ["'@/lib/schemas'", "'../../../src/schemas/index.js'", 'the import path'],
  ['result.error.errors', 'result.error.issues', "Zod 4's name of it"],
  [
    'try {\n  const run = await createOptimizationRun(config);',
    'const run = await createOptimizationRun(config);\ntry {',
    'declared before try, so that catch sees it',
  ],
  ['} catch (error) {', '} catch (error) {\n  if (!(error instanceof Error)) throw error;', 'what is caught is unknown'],
];

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');

test('each TypeScript snippet of the seed stands here as it is printed, but for the changes listed', () => {
  const seed = readFileSync(join(HERE, 'seed.md'), 'utf8');
  const printed = [...seed.matchAll(/```typescript\n(.*?)```/gs)].map(([, code = '']) => code);
  expect(printed).toHaveLength(8);
  const directory = join(HERE, 'snippets');
  const here = readdirSync(directory).map((file) => linesOf(readFileSync(join(directory, file), 'utf8')));
  for (const snippet of printed) {
    // What the seed imports and what it then does stand apart in one of the files.
    const changed = CHANGES.reduce((code, [from, to]) => code.replaceAll(from, to), snippet);
    for (const part of changed.split('// Example validation').map(linesOf)) {
      expect(
        here.filter((code) => code.includes(part)),
        snippet,
      ).toHaveLength(1);
    }
  }
  for (const [from, , why] of CHANGES)
    expect(
      printed.some((snippet) => snippet.includes(from)),
      why,
    ).toBe(true);
});

/** The databases that a program without options comes to: one that the environment names, and one of its own. */
const PLACES: Record<string, () => Promise<string | undefined>> = {
  'on PostgreSQL, by OPTRAIL_DATABASE_URL': async () => {
    vi.stubEnv('OPTRAIL_DATABASE_URL', await freshDatabase(18, { migrated: true }));
    return undefined;
  },
  'on the embedded database of the directory': async () => {
    vi.stubEnv('OPTRAIL_DATABASE_URL', '');
    vi.stubEnv('SUPABASE_DB_URL', '');
    const project = mkdtempSync(join(tmpdir(), 'optrail-seed-'));
    renameSync(freshDirectory(), join(project, '.optrail'));
    writeFileSync(join(project, 'package.json'), '{}');
    vi.spyOn(process, 'cwd').mockReturnValue(project);
    return project;
  },
};

describe.each(Object.entries(PLACES))('the snippets %s', (_, settle) => {
  let optrail: typeof Optrail;
  let directory: string | undefined;

  beforeAll(async () => {
    directory = await settle();
    vi.resetModules();
    optrail = await import('../../src/index.js');
  });
  afterAll(async () => {
    await optrail.closeDefaultClient();
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });

  const newRun = () => optrail.createOptimizationRun({ projectId: 'proj_123', runName: 'x', optimizerType: 'gepa' });

  test('Quick Start: the first run is recorded, listed and ranked', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const { run, runs, topRuns } = await import('./snippets/quick-start.js');
    expect(log).toHaveBeenCalledWith('Created run:', run.id);
    expect(runs).toEqual([await optrail.getOptimizationRun(run.id)]);
    expect(runs[0]).toMatchObject({
      runName: 'My First MIPROv2 Run',
      status: 'completed',
      metric: 'accuracy',
      model: 'gpt-4',
      tags: ['experiment-1', 'production'],
      finalScore: 0.92,
      bestScore: 0.85,
      iterations: 10,
      samplesEvaluated: 100,
    });
    expect(topRuns).toMatchObject([{ runId: run.id, finalScore: 0.92 }]);
    expect(await optrail.getOptimizationIterations(run.id)).toMatchObject([
      { iteration: 1, score: 0.85, params: { temperature: 0.7, num_demos: 5 } },
    ]);
  });

  test('Pattern 1: progress goes on from iteration to iteration', async () => {
    const { id } = await newRun();
    const { runOptimization } = await import('./snippets/continuous-progress.js');
    await runOptimization(id);
    expect(await optrail.getOptimizationRun(id)).toMatchObject({
      status: 'completed',
      iterations: 4,
      samplesEvaluated: 100,
      bestScore: 0.4,
      bestIteration: 3,
      finalScore: 0.4,
    });
  });

  test('Pattern 2: samples are recorded at once', async () => {
    const { id } = await newRun();
    const iteration = await optrail.createOptimizationIteration({ runId: id, iteration: 2, score: 0.6 });
    const { record } = await import('./snippets/batch-samples.js');
    await record(id, iteration.id, 2);
    const samples = await optrail.getOptimizationSamples(id, 2);
    expect(samples.map(({ input, predictedOutput, expectedOutput, score }) => [input, predictedOutput, expectedOutput, score])).toEqual([
      [{ question: 'one' }, '1', '1', 1],
      [{ question: 'two' }, '2', '2', 1],
      [{ question: 'three' }, '4', '3', 0],
    ]);
  });

  test('Pattern 3: a run that fails says so, and the error goes on', async () => {
    const { optimize } = await import('./snippets/error-handling.js');
    const input = { projectId: 'proj_123', runName: 'handled', optimizerType: 'gepa' };
    await optimize(input, { score: 0 });
    const failing = {
      get score(): number {
        throw new Error('the optimizer broke');
      },
    };
    await expect(optimize(input, failing)).rejects.toThrow('the optimizer broke');
    const { data } = await optrail.listOptimizationRuns({ search: 'handled', orderDirection: 'asc' });
    expect(data).toMatchObject([
      { status: 'completed', finalScore: 0, errorMessage: null },
      { status: 'failed', finalScore: null, errorMessage: 'the optimizer broke', errorStack: expect.stringContaining('snippets') },
    ]);
  });

  test('Validation Schemas: each is there, and tells what is wrong', async () => {
    const { ALL, validate } = await import('./snippets/validation.js');
    for (const schema of Object.values(ALL)) expect(schema.safeParse(7).success).toBe(false);
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    validate({ projectId: 'proj_123', runName: 'x', optimizerType: 'gepa' });
    expect(error).not.toHaveBeenCalled();
    validate({ projectId: 'proj_123', runName: '', optimizerType: 'gepa' });
    expect(error).toHaveBeenCalledWith('Validation errors:', [expect.objectContaining({ path: ['runName'] })]);
  });
});
