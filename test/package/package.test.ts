import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyOf, seedKey } from '../../src/database/embedded/seed-file.js';
import { MIGRATIONS } from '../../src/database/migrations.generated.js';

/** A folder of somebody who installed the package and knows nothing of this repository. */
let folder: string;

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  expect(status, `${stdout}${stderr}`).toBe(0);
  return stdout;
}

const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

function megabytes(path: string): string {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'optrail-package-'));
  // Without scripts, since `npm test` has built already and other tests are using what it built; prepack also makes the seed.
  expect(spawnSync(process.execPath, ['scripts/seed.mjs']).status).toBe(0);
  run('npm', 'pack', '--ignore-scripts', resolve('.'));
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  write('package.json', '{ "private": true, "type": "module" }');
  run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`);
  const modules = join(folder, 'node_modules');
  console.log(`optrail unpacked ${megabytes(join(modules, 'optrail'))}; installed with all it needs ${megabytes(modules)}`);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('plain JavaScript records a run, and another process reads it back', () => {
  write(
    'write.js',
    `import { createClient } from 'optrail';
     const client = createClient({ directory: 'trail' });
     const run = await client.createOptimizationRun({ projectId: 'p', runName: 'first', optimizerType: 'gepa' });
     await client.createOptimizationIteration({ runId: run.id, iteration: 0, score: 0.25, isBaseline: true });
     await client.createOptimizationIteration({ runId: run.id, iteration: 1, score: 0.75, program: { instruction: 'Think.' } });
     await client.close();
     console.log(run.id);`,
  );
  write(
    'read.js',
    `import { createClient } from 'optrail';
     const client = createClient({ directory: 'trail' });
     const { score, program } = await client.getBestIteration(process.argv[2]);
     await client.close();
     console.log(JSON.stringify({ score, program }));`,
  );
  const id = run('node', 'write.js').trim();
  expect(JSON.parse(run('node', 'read.js', id))).toEqual({ score: 0.75, program: { instruction: 'Think.' } });
});

test('a new database comes from the seed in the package', () => {
  const seed = readFileSync(join(folder, 'node_modules/optrail/dist/database/embedded/seed.bin'));
  expect(keyOf(seed)).toBe(seedKey(MIGRATIONS));
  const segments = readdirSync(join(folder, 'trail/data/pg_wal')).filter((name) => /^[0-9A-F]{24}$/.test(name));
  // initdb and the migration write the first segment, with which the seed was not packed.
  expect(segments).toEqual(['000000010000000000000002']);
});

test('every entry point loads where @ax-llm/ax is not installed', () => {
  const names = ['optrail', 'optrail/schemas', 'optrail/edge', 'optrail/server', 'optrail/ax'];
  const script = `for (const name of ${JSON.stringify(names)}) console.log(typeof (await import(name)));`;
  expect(run('node', '--input-type=module', '--eval', script)).toBe('object\n'.repeat(names.length));
});

test('strict TypeScript takes the types without skipLibCheck', () => {
  mkdirSync(join(folder, 'node_modules/@ax-llm'), { recursive: true });
  symlinkSync(resolve('node_modules/@ax-llm/ax'), join(folder, 'node_modules/@ax-llm/ax'));
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'ES2023',
        module: 'NodeNext',
        strict: true,
        noEmit: true,
        typeRoots: [resolve('node_modules/@types')],
        types: ['node'],
      },
      files: ['use.ts'],
    }),
  );
  write(
    'use.ts',
    `import { AxGEPA, ai } from '@ax-llm/ax';
     import { createClient, isOptrailError, type OptimizationRun, trackRun } from 'optrail';
     import { trackAx } from 'optrail/ax';
     import { createClient as createEdgeClient } from 'optrail/edge';
     import { createServer } from 'optrail/server';
     import { type CreateOptimizationRunInput, CreateOptimizationRunSchema } from 'optrail/schemas';

     const input: CreateOptimizationRunInput = { projectId: 'p', runName: 'r', optimizerType: 'gepa' };
     const parsed: string = CreateOptimizationRunSchema.parse(input).projectId;
     const run: OptimizationRun = await createClient({ memory: true }).createOptimizationRun(input);
     const score: number | null = run.finalScore;
     const answer: number = await trackRun({ projectId: 'p', runName: 'r', optimizerType: 'gepa' }, async (tracked) => tracked.record({ score: 0.5 }));
     const studentAI = ai({ name: 'openai', apiKey: 'none' });
     const optimizer: AxGEPA = trackAx(new AxGEPA({ studentAI, teacherAI: studentAI }), { projectId: 'p', runName: 'r' });
     const page: Response = await createServer({ memory: true, auth: { open: true } }).fetch(new Request('http://127.0.0.1/'));
     const remote: Promise<OptimizationRun | null> = createEdgeClient({ url: 'http://127.0.0.1:4700' }).getOptimizationRun(run.id);
     export const all = [parsed, score, answer, optimizer, isOptrailError(undefined), page, remote];
     // @ts-expect-error a run has no such field
     run.nonsense;`,
  );
  expect(run('node', resolve('node_modules/typescript/bin/tsc'))).toBe('');
}, 120_000);

test('npx optrail --help names the commands', () => {
  expect(run('npx', 'optrail', '--help')).toMatch(/Usage: optrail[\s\S]*demo[\s\S]*migrate/);
});
