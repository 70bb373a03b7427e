import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../../src/cli/run.js';
import type { Shell } from '../../src/cli/shell.js';

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  cwd?: string;
  /** The program to run in place of the one in `dist`. */
  program?: string;
  /** Called with what stdout has so far; `end` closes the reading side, `signal` is sent to the process. */
  watch?: (stdout: string, control: { end(): void; signal(name: NodeJS.Signals): void }) => void;
}

/** No variable of the machine's own may lead a test to somebody's database or provider. */
const SILENCED =
  /^(OPTRAIL_|SUPABASE_|OPENAI_|ANTHROPIC_|GOOGLE_|GEMINI_|NO_COLOR|FORCE_COLOR|COLUMNS|LC_|LANG|VERCEL|NETLIFY|AWS_|K_SERVICE|CI$)/;

/** Runs the built command line in a process of its own, without a terminal. */
export function cli(args: readonly string[], { env = {}, cwd, program = 'dist/cli/main.js', watch }: CliOptions = {}): Promise<Outcome> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SILENCED.test(name)));
  const child = spawn(process.execPath, [resolve(program), ...args], {
    cwd,
    env: { ...inherited, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const control = { end: () => void child.stdout.destroy(), signal: (name: NodeJS.Signals) => void child.kill(name) };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    watch?.(stdout, control);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}

/** The same within this process: what a command answers does not depend on how it was started, and this takes a hundredth of the time. */
export async function cliHere(args: readonly string[], options: Pick<CliOptions, 'env'> = {}): Promise<Outcome> {
  const { shell, said } = shellHere(args, options);
  const code = await run(shell);
  return { code, ...said() };
}

/** A shell without a terminal that keeps what is said, and is interrupted by `controller.abort()`. */
export function shellHere(args: readonly string[] = [], { env = {} }: Pick<CliOptions, 'env'> = {}) {
  const [stdout, stderr, controller] = [new Collector(), new Collector(), new AbortController()];
  const shell: Shell = {
    args,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    stdin: process.stdin,
    environment: { LANG: 'C.UTF-8', ...env },
    signal: controller.signal,
    interrupt: () => controller.abort(),
  };
  return { shell, controller, said: () => ({ stdout: stdout.text, stderr: stderr.text }) };
}

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** The cells of a table's lines, split where two spaces or more stand. */
export function cells(stdout: string): string[][] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
}
