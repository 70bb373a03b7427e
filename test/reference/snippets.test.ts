import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { freshDirectory, temporaryDirectory } from '../support/databases.js';
import { type Block, blocksOf, QUICK_REFERENCE, readPage, SCHEMA_README } from './markdown.js';
import { type Row, SERVERS } from './session.js';
import { type Supabase, supabaseOn } from './supabase.js';

const page = readPage(QUICK_REFERENCE);

/** A block that imports begins a program; one that does not goes on with the program before it. */
function programsOf(blocks: Block[]): string[] {
  const programs: string[] = [];
  for (const { text } of blocks) {
    if (text.startsWith('import ')) programs.push(text);
    else programs.push(`${programs.pop()}\n${text}`);
  }
  return programs;
}

/** What each program of the page is asked to show, in order. */
const EXPORTS = ['run, runs, topRuns', 'runOptimization', 'recordSamples', 'optimizeOnce', 'result'];

const DRIVER = `
import { createOptimizationRun, getOptimizationIterations, getOptimizationRun, getOptimizationSamples, listOptimizationRuns } from 'optrail';
import { run, runs, topRuns } from './program0.js';
import { runOptimization } from './program1.js';
import { recordSamples } from './program2.js';
import { optimizeOnce } from './program3.js';
import { result } from './program4.js';

const a = { projectId: 'patterns', runName: 'x', optimizerType: 'custom' };
const first = await createOptimizationRun(a);
await runOptimization(first.id);
const second = await createOptimizationRun(a);
await recordSamples(second.id, ['i0', 'i1'], ['p0', 'p1'], ['l0', 'l1'], [0, 1]);
await optimizeOnce({ ...a, runName: 'good' }, async () => ({ score: 0.75 }));
let thrown;
await optimizeOnce({ ...a, runName: 'bad' }, async () => { throw new Error('no budget'); }).catch((error) => { thrown = error.message; });
const byName = async (search) => (await listOptimizationRuns({ projectId: 'patterns', search })).data[0];
console.error(JSON.stringify({
  quickStart: { run: await getOptimizationRun(run.id), runs: runs.map(({ id }) => id), topRuns: topRuns.map(({ runId }) => runId) },
  progress: { run: await getOptimizationRun(first.id), iterations: (await getOptimizationIterations(first.id)).length },
  samples: await getOptimizationSamples(second.id),
  good: await byName('good'), bad: await byName('bad'), thrown,
  issues: result.error.issues.map(({ path }) => path.join('.')),
  id: run.id,
}));
`;

describe('the TypeScript of the page', () => {
  const programs = programsOf(blocksOf(page, 'typescript'));

  test('compiles under the strictest settings, and does what it says', async () => {
    expect(programs).toHaveLength(EXPORTS.length);
    const folder = temporaryDirectory();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(resolve('.'), join(folder, 'node_modules/optrail'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    renameSync(freshDirectory(), join(folder, '.optrail'));
    const files = programs.map((program, index) => {
      const file = join(folder, `program${index}.ts`);
      writeFileSync(file, `${program}\nexport { ${EXPORTS[index]} };\n`);
      return file;
    });
    expect(compile(files)).toEqual([]);
    writeFileSync(join(folder, 'driver.js'), DRIVER);

    const env = { PATH: process.env.PATH };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['driver.js'], { cwd: folder, env });
    const [printed, shown] = stderr.trim().split(/\n(?=\{"quickStart")/);
    const { id, ...rest } = JSON.parse(shown ?? '') as { id: string };
    expect(stdout).toBe(`Created run: ${id}\n`);
    expect(printed).toContain('Validation errors:');
    expect(rest).toMatchObject({
      quickStart: {
        run: { status: 'completed', finalScore: 0.92, bestScore: 0.85, iterations: 10, samplesEvaluated: 100, model: 'gpt-4' },
        runs: [id],
        topRuns: [id],
      },
      progress: { run: { status: 'completed', iterations: 3, samplesEvaluated: 60 }, iterations: 3 },
      samples: [0, 1].map((at) => ({
        iteration: 1,
        sampleIndex: at,
        input: `i${at}`,
        predictedOutput: `p${at}`,
        expectedOutput: `l${at}`,
        score: at,
      })),
      good: { status: 'completed', finalScore: 0.75 },
      bad: { status: 'failed', errorMessage: 'no budget', errorStack: expect.stringContaining('driver.js') },
      thrown: 'no budget',
      issues: ['runName', 'optimizerType'],
    });
    expect(readdirSync(folder)).toContain('.optrail');
  });
});

/** Writes JavaScript beside the files, and gives what the compiler has to say. */
function compile(files: string[]): string[] {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    types: [],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
  });
  const { diagnostics } = program.emit();
  return [...ts.getPreEmitDiagnostics(program), ...diagnostics].map(
    ({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
  );
}

test("the first draft's run in try and message of an unknown error do not compile", () => {
  const file = join(temporaryDirectory(), 'draft.ts');
  writeFileSync(file, 'try {\n  const run = { id: 1 };\n} catch (error) {\n  console.log(run.id, error.message);\n}\nexport {};\n');
  expect(compile([file]).join('\n')).toMatch(/Cannot find name 'run'[\s\S]*'error' is of type 'unknown'/);
});

describe.each(SERVERS)('the JavaScript of both pages on $name', ({ open }) => {
  async function runBlock(
    file: string,
    name: string,
    result: string,
    prepare = '',
  ): Promise<{ shown: unknown; rows: (text: string) => Promise<Row[]>; close: () => Promise<void> }> {
    const [block] = blocksOf(readPage(file), 'js').filter((one) => one.name === name);
    const session = await open();
    if (prepare !== '') await session.run(prepare);
    const program = Function('supabase', `return (async () => { ${block?.text}; return ${result}; })()`) as (
      supabase: Supabase,
    ) => Promise<unknown>;
    return { shown: await program(supabaseOn(session)), rows: session.rows, close: session.close };
  }

  test('the quick start records a run', async () => {
    const { shown, rows, close } = await runBlock(QUICK_REFERENCE, 'The quick start with supabase-js', '{ id: run.id, top }');
    const { id, top } = shown as { id: string; top: Row[] };
    expect(
      await rows(`select status, final_score, best_score, iterations, samples_evaluated, metric from optimization_runs where id = '${id}'`),
    ).toEqual([{ status: 'completed', final_score: 0.92, best_score: 0.85, iterations: 1, samples_evaluated: 100, metric: 'accuracy' }]);
    expect(top).toMatchObject([{ run_id: id, final_score: 0.92 }]);
    await close();
  });

  test('record_optimization_samples stores samples', async () => {
    const { shown, rows, close } = await runBlock(
      SCHEMA_README,
      'record_optimization_samples(p_project_id, p_samples, p_example_hashes, p_example_contents)',
      '{ data, error }',
      `insert into optimization_runs (id, project_id, run_name, optimizer_type) values ('0199d3a8-0000-7000-8000-00000000000a', 'proj_123', 'x', 'gepa');`,
    );
    expect(shown).toEqual({ data: [{ stored: 1, existing: 0 }], error: null });
    expect(await rows('select iteration, predicted_output, score from optimization_samples')).toEqual([
      { iteration: 3, predicted_output: 'refund', score: 0 },
    ]);
    await close();
  });
});

test('the blocks of both pages are in languages that are tested', () => {
  const languages = (file: string) => [...new Set(blocksOf(readPage(file)).map(({ language }) => language))].sort();
  expect(languages(QUICK_REFERENCE)).toEqual(['bash', 'js', 'psql', 'sql', 'typescript']);
  expect(languages(SCHEMA_README)).toEqual(['bash', 'crontab', 'js', 'mermaid', 'sql']);
  expect([QUICK_REFERENCE, SCHEMA_README].map((file) => blocksOf(readPage(file), 'js').length)).toEqual([1, 1]);
});
