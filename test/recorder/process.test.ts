import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The recorder as plain JavaScript in a process of its own, which alone shows what keeps a process alive. */
let folder = '';

beforeAll(async () => {
  // Inside the repository, so that packages are found.
  folder = await mkdtemp(join(process.cwd(), 'node_modules', '.recorder-'));
  const program = ts.createProgram([join(process.cwd(), 'src/recorder/track-run.ts')], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    rootDir: join(process.cwd(), 'src'),
    outDir: folder,
    noCheck: true,
    skipLibCheck: true,
  });
  program.emit();
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

function run(body: string): Promise<{ code: number | null; out: string; ms: number }> {
  const recorder = pathToFileURL(join(folder, 'recorder/track-run.js')).href;
  const errors = pathToFileURL(join(folder, 'errors.js')).href;
  const source = `
    import { createTrackRun } from '${recorder}';
    import { OptrailError } from '${errors}';
    const down = async () => { throw new OptrailError('database_unreachable', 'down', { retryable: true }); };
    const hang = () => new Promise(() => undefined);
    const well = async () => ({ existing: 0 });
    const through = (answer) => createTrackRun(async () => new Proxy({}, { get: (_, name) => (name === 'then' ? undefined : answer) }));
    const options = { projectId: 'p', optimizerType: 'gepa', onWarning: () => undefined };
    ${body}`;
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      cwd: tmpdir(),
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 30_000,
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    child.on('close', (code) => resolve({ code, out, ms: performance.now() - start }));
  });
}

describe('a process that records', () => {
  it('exits when it has finished', async () => {
    const { code, out, ms } = await run(`
      const { trackRun } = through(well);
      console.log(await trackRun(options, async (run) => { await run.record({ score: 1, samples: [{ score: 1 }] }); return 'done'; }));`);
    expect({ code, out }).toEqual({ code: 0, out: 'done\n' });
    expect(ms).toBeLessThan(10_000);
  });

  it.each(['down', 'hang'])('comes to its own end where the database is %s, and not to an early one', async (answer) => {
    const { code, out, ms } = await run(`
      const { trackRun } = through(${answer});
      console.log(await trackRun({ ...options, flushTimeoutMs: 300 }, async (run) => { await run.record({ score: 1 }); return 'done'; }));`);
    expect({ code, out }).toEqual({ code: 0, out: 'done\n' });
    expect(ms).toBeLessThan(10_000);
  });

  it('is not kept alive by a run that nobody ended', async () => {
    const { code, out } = await run(`
      const { startRun } = through(well);
      const run = await startRun(options);
      await run.record({ score: 1 });
      console.log('done');`);
    expect({ code, out }).toEqual({ code: 0, out: 'done\n' });
  });
});
