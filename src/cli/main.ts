#!/usr/bin/env node
import { EXIT } from './failure.js';
import { run } from './run.js';
import type { Shell } from './shell.js';

const interruption = new AbortController();
const shell: Shell = {
  args: process.argv.slice(2),
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  signal: interruption.signal,
  interrupt() {
    // The second time nobody wants to wait for an orderly end.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  },
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, shell.interrupt);

// Whoever writes learns of a failure from the write itself; without a listener the process would die of it.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

process.exitCode = await run(shell);
// An optimizer that was interrupted goes on by itself; otherwise nothing is left, and what was written still has to leave.
if (interruption.signal.aborted) process.exit(shell.stopped === true ? EXIT.ok : EXIT.interrupted);
