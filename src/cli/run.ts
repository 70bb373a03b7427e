import { EXIT, report } from './failure.js';
import { createProgram } from './program.js';
import type { Shell } from './shell.js';

/** Does what was typed, and returns the exit code. */
export async function run(shell: Shell): Promise<number> {
  try {
    // Who types the name alone asks what there is.
    const args = shell.args.length === 0 ? ['--help'] : shell.args;
    await createProgram(shell).parseAsync(args, { from: 'user' });
    return shell.exitCode ?? EXIT.ok;
  } catch (error) {
    return report(error, shell);
  }
}
