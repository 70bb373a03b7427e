import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';

/** A real process of its own, running the built package. */
export interface NodeProcess {
  child: ChildProcess;
  /** Lines of stdout so far. */
  lines: string[];
  /** Resolves with the first line of stdout that starts with a word. Rejects if the process ends before. */
  line(start: string): Promise<string>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
}

/** Arguments, and perhaps a command that runs the process as its own last arguments. */
interface Wrapped {
  args: string[];
  wrapper: string[];
}

/** Runs a module given as text. `dist('errors.js')` in it stands for the URL of a built file. */
export function runNode(source: string, ...rest: string[] | [Wrapped]): NodeProcess {
  const { args, wrapper } = typeof rest[0] === 'object' ? rest[0] : { args: rest as string[], wrapper: [] };
  const dist = `const dist = (file) => new URL(file, ${JSON.stringify(`${pathToFileURL('dist').href}/`)}).href;\n`;
  const [command = '', ...words] = [...wrapper, process.execPath, '--input-type=module', '-e', dist + source, ...args];
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
    const complete = stdout.split('\n');
    stdout = complete.pop() ?? '';
    lines.push(...complete);
    child.emit('line');
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stderr }));
  return {
    child,
    lines,
    ended,
    async line(start) {
      for (;;) {
        const found = lines.find((line) => line.startsWith(start));
        if (found !== undefined) return found;
        const result = await Promise.race([once(child, 'line'), ended]);
        if (!Array.isArray(result)) throw new Error(`the process ended without "${start}": ${result.stderr}`);
      }
    },
  };
}
