import type { Command } from 'commander';
import { isOptrailError, OptrailError } from '../errors.js';
import { Context } from './context.js';
import { Output } from './output.js';
import { formatOf, type GlobalOptions } from './settings.js';
import type { Shell } from './shell.js';
import { describeTarget, isAbsent, targetOf } from './target.js';

/** What a command does. Arguments that were left out are undefined. */
export type Work<Options, Arguments extends unknown[]> = (context: Context, options: Options, ...args: Arguments) => Promise<void>;

/** Makes an action for commander of a command's work. */
export type Runner = <Options, Arguments extends unknown[]>(work: Work<Options, Arguments>) => (...received: unknown[]) => Promise<void>;

/** Builds the context, says which database it is, does the work, and closes what was opened, whatever became of it. */
export function createRunner(shell: Shell): Runner {
  return <Options, Arguments extends unknown[]>(work: Work<Options, Arguments>) =>
    async (...received) => {
      const command = received.at(-1) as Command;
      const globals = command.optsWithGlobals<GlobalOptions>();
      const output = new Output(shell, { format: formatOf(globals), quiet: globals.quiet === true, color: globals.color });
      const target = targetOf(globals.db, shell.environment);
      const context = new Context(target, output, shell, globals.db);
      output.note(`database: ${describeTarget(target)}${isAbsent(target) ? ' (not made yet)' : ''}`);
      try {
        await work(context, command.opts<Options & object>(), ...(received.slice(0, -2) as Arguments));
      } catch (error) {
        output.progress('');
        throw atThisDatabase(error, context);
      } finally {
        await context.close();
      }
      output.finish();
    };
}

/** A command that an error proposes must go to the database that this command was called with. */
function atThisDatabase(error: unknown, { typed }: Context): unknown {
  if (!isOptrailError(error) || error.hint === undefined) return error;
  const hint = error.hint.replace(/`npx optrail ([^`]+)`/, (_, words: string) => `\`${typed(words)}\``);
  const { code, message, path, retryable } = error;
  return hint === error.hint ? error : new OptrailError(code, message, { path, retryable, hint, cause: error });
}
