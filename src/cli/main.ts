#!/usr/bin/env node
import { EXIT, report } from './failure.js';
import { createProgram } from './program.js';
import type { Shell } from './shell.js';

const interruption = new AbortController();
const args = process.argv.slice(2);
const shell: Shell = {
  args,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  signal: interruption.signal,
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The second time nobody wants to wait for an orderly end.
    if (interruption.signal.aborted) process.exit(EXIT.interrupted);
    interruption.abort();
  });
}

// A reader that has seen enough (`| head`) is no fault: the rest is written to nobody.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await createProgram(shell).parseAsync(args, { from: 'user' });
  process.exitCode = interruption.signal.aborted ? EXIT.interrupted : EXIT.ok;
} catch (error) {
  process.exitCode = report(error, shell);
}
