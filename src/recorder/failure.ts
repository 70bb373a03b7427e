import { isOptrailError } from '../errors.js';
import { MAX_TEXT_LENGTH } from '../schemas/primitives.js';
import { messageOf } from './warnings.js';

const CAUSES = 5;

/** Whether the work was called off, which is no failure. */
export function isCancellation(error: unknown, signal: AbortSignal | undefined): boolean {
  if (signal?.aborted === true) return true;
  if (isOptrailError(error)) return error.code === 'aborted';
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError';
}

/** What was thrown as text, with the stacks of its causes. Anything may be thrown, and reading it may throw again. */
export function describeError(error: unknown): { message: string; stack: string | undefined } {
  try {
    const stacks: string[] = [];
    for (let each = error; each instanceof Error && stacks.length < CAUSES; each = each.cause) stacks.push(each.stack ?? String(each));
    const stack = stacks.length === 0 ? undefined : cut(stacks.join('\nCaused by: '));
    return { message: cut(messageOf(error)), stack };
  } catch {
    return { message: cut(messageOf(error)), stack: undefined };
  }
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_LENGTH ? text : `${text.slice(0, MAX_TEXT_LENGTH - 1)}…`;
}
