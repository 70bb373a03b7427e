import { CommanderError } from 'commander';
import pc from 'picocolors';
import { type ErrorIssue, isOptrailError } from '../errors.js';
import { json } from './format/json.js';
import { plainLine, plainText } from './format/plain.js';
import { wantsJson } from './settings.js';
import { type Shell, wantsColor } from './shell.js';

export const EXIT = { ok: 0, error: 1, usage: 2, interrupted: 130 } as const;

/** An error as it is told: in the same words to people and to programs. */
interface Failure {
  readonly exitCode: number;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly path?: string | undefined;
    readonly issues?: readonly ErrorIssue[] | undefined;
    readonly hint?: string | undefined;
    readonly retryable?: boolean | undefined;
  };
}

/** Tells on stderr what went wrong and what to do about it, and returns the exit code. */
export function report(thrown: unknown, shell: Shell): number {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok;
  const { exitCode, error } = shell.signal.aborted ? INTERRUPTED : failureOf(thrown);
  const { stderr, args } = shell;
  if (wantsJson(args)) {
    stderr.write(`${json({ error })}\n`);
  } else {
    const colors = pc.createColors(!args.includes('--no-color') && wantsColor(shell, stderr));
    stderr.write(`${colors.red('error:')} ${plainText(error.message)}\n`);
    for (const issue of error.issues ?? []) stderr.write(`  ${plainLine(`${issue.path}  ${issue.message}`)}\n`);
    if (error.path !== undefined) stderr.write(`${colors.dim('at:')} ${plainLine(error.path)}\n`);
    if (error.hint !== undefined) stderr.write(`${colors.dim('fix:')} ${plainText(error.hint)}\n`);
  }
  if (shell.environment.OPTRAIL_DEBUG === '1' && thrown instanceof Error) stderr.write(`${stackOf(thrown)}\n`);
  return exitCode;
}

const INTERRUPTED: Failure = { exitCode: EXIT.interrupted, error: { code: 'interrupted', message: 'Interrupted.' } };

function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CommanderError) {
    return { exitCode: EXIT.usage, error: usageError(thrown) };
  }
  if (isOptrailError(thrown)) {
    const { code, message, path, issues, retryable } = thrown;
    // What the input was refused for came from the command line, since nothing else is put in.
    const exitCode = code === 'invalid_input' ? EXIT.usage : EXIT.error;
    const hint = thrown.hint === 'Nothing was stored.' ? undefined : thrown.hint;
    return { exitCode, error: { code, message, path, ...(issues.length > 1 ? { issues } : {}), hint, retryable } };
  }
  if (isSystemError(thrown)) return { exitCode: EXIT.error, error: { code: thrown.code, message: thrown.message, path: thrown.path } };
  return {
    exitCode: EXIT.error,
    error: {
      code: 'unexpected',
      message: thrown instanceof Error ? thrown.message : String(thrown),
      hint: 'This looks like a fault of optrail. Run it again with OPTRAIL_DEBUG=1 and report what it prints.',
    },
  };
}

/** As commander puts it: a line that says what is wrong, and perhaps a guess in parentheses. */
function usageError({ code, message }: CommanderError): Failure['error'] {
  const help = 'Add --help to see what it takes.';
  if (code === 'commander.help') return { code: 'usage', message: 'A command is missing.', hint: help };
  const [what = '', guess] = message.replace(/^error: /, '').split('\n');
  return { code: 'usage', message: what, hint: guess?.replace(/^[(](.*)[)]$/, '$1') ?? help };
}

/** What the file system said, of a file that the user named. */
function isSystemError(thrown: unknown): thrown is Error & { code: string; path?: string } {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown && typeof thrown.code === 'string';
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
