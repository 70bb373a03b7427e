import { EXIT, report } from './failure.js';
import { createProgram } from './program.js';
import type { Shell } from './shell.js';

/** Does what was typed, and returns the exit code. */
export async function run(shell: Shell): Promise<number> {
  try {
    await createProgram(shell).parseAsync(shell.args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    return report(error, shell);
  }
}
