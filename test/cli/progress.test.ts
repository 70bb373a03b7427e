import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/cli/run.js';
import { temporaryDirectory } from '../support/databases.js';
import { shellHere } from './process.js';

/** What stood on the terminal at the moment when the making of the database began, and in the end. */
async function onTerminal(directory: string, ...args: string[]) {
  const { shell, said } = shellHere([...args, '--db', directory]);
  shell.stderr.isTTY = true;
  let before: string | undefined;
  const running = run(shell);
  let over = false;
  void running.finally(() => {
    over = true;
  });
  while (!over) {
    if (existsSync(directory)) before ??= said().stderr;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { code: await running, before, after: said().stderr };
}

test.each([
  ['demo', '--json'],
  ['migrate', '--json'],
])('%s says what it waits for before it makes a database', { timeout: 120_000 }, async (...args) => {
  const directory = join(temporaryDirectory(), 'new');
  const { code, before, after } = await onTerminal(directory, ...args);
  expect(code, after).toBe(0);
  expect(before).toContain('making ');
  expect(before).toContain('takes some seconds once');
  expect(after).not.toMatch(/once$/);
});

test.each([['runs', 'list'], ['projects'], ['leaderboard']])(
  '%s %s has nothing to wait for: reading makes no database',
  async (...args) => {
    const directory = join(temporaryDirectory(), 'new');
    const { code, before, after } = await onTerminal(directory, ...args);
    expect({ code, before }).toEqual({ code: 0, before: undefined });
    expect(after).toContain(`database: ${directory} (not made yet)`);
  },
);
