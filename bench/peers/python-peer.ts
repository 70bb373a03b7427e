import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { PythonEnvironment } from './environment.js';
import type { Done, Peer } from './trials.js';

/** Starts one of the Python scripts beside this file on that database, and speaks to it a line at a time. */
export async function pythonPeer(
  environment: PythonEnvironment,
  { name, script, uri, reopens, directory }: { name: string; script: string; uri: string; reopens: boolean; directory: string },
): Promise<Peer> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  // -B: no __pycache__ beside the sources.
  const child = spawn(environment.bin('python'), ['-B', path, uri], { env: environment.variables, cwd: directory });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const closed = once(child, 'close');
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints = (complaints + text).slice(-4000);
  });
  // What is written to a process that has ended is answered by its end, below.
  child.stdin.on('error', () => {});
  const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextReply = async (): Promise<unknown> => {
    const reply = await replies.next();
    if (!reply.done) return JSON.parse(reply.value);
    // What it complained of is all there only now.
    await closed;
    throw new Error(`${script} ended:\n${complaints}`);
  };
  await nextReply();
  return {
    name,
    reopens,
    async ask(work, parameters, reopen = false) {
      child.stdin.write(`${JSON.stringify({ work, arguments: parameters, reopen })}\n`);
      return (await nextReply()) as Done<typeof work>;
    },
    async close() {
      process.off('exit', kill);
      child.stdin.end();
      const late = setTimeout(kill, 10_000);
      await closed;
      clearTimeout(late);
    },
  };
}
