import type { Environment } from '../config.js';

/** What surrounds the program: streams, environment, and the wish that it stop. */
export interface Shell {
  /** What was typed behind the program's name. */
  readonly args: readonly string[];
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly environment: Environment;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** What Ctrl-C does. */
  interrupt(): void;
  /** Set by a command that ends in good order by being interrupted. */
  stopped?: boolean;
  /** Set by a command whose exit code is its answer. */
  exitCode?: number;
}

/** By https://no-color.org, and FORCE_COLOR where the output is no terminal. */
export function wantsColor({ environment }: Shell, stream: NodeJS.WriteStream): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR) return environment.FORCE_COLOR !== '0';
  return stream.isTTY === true && environment.TERM !== 'dumb';
}

/** Only a locale that names another character set says no: in a container there is often none, and the terminal knows better. */
export function showsUnicode({ environment }: Shell): boolean {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG;
  return !['dumb', 'linux'].includes(environment.TERM ?? '') && (locale === undefined || locale === '' || /utf-?8/i.test(locale));
}

/** Columns of the terminal; without end where nobody looks at it, so that a script finds whole names. */
export function terminalWidth({ environment, stdout }: Shell): number {
  const columns = stdout.isTTY ? stdout.columns : Number(environment.COLUMNS);
  return columns > 0 ? columns : Number.POSITIVE_INFINITY;
}
