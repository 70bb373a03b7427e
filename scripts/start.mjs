// npm start: compiles, runs the demo, and on a terminal goes on to serve its trail. It says so first, since the compilers take
// their time in silence.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';

const CLI = 'dist/cli/main.js';
const PORT = 4700;

/**
 * Runs a program of Node and resolves to its exit code.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function node(...args) {
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close');
  return code ?? 1;
}

/** The usual port, or any where somebody has it: who only looks around should not have to think of another. */
async function freePort() {
  const probe = createServer();
  probe.listen(PORT, '127.0.0.1');
  const isFree = await once(probe, 'listening').then(
    () => true,
    () => false,
  );
  probe.close();
  return isFree ? PORT : 0;
}

// On a terminal Ctrl-C reaches the demo and the server too, which end in good order first.
process.on('SIGINT', () => {});

if (process.stderr.isTTY) process.stderr.write('building, which takes some seconds\n');
// The seed saves the demo three seconds and costs five of a core: worth it where one is idle while the compiler works.
const seeding = availableParallelism() >= 4 ? node('scripts/seed.mjs') : undefined;
// Nobody sees the page before the demo is over.
const bundling = node('node_modules/vite/bin/vite.js', 'build', 'dashboard', '--logLevel', 'error');
const [compiled] = await Promise.all([node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'), seeding]);
const shown = compiled === 0 ? await node(CLI, 'demo', ...process.argv.slice(2)) : compiled;
const bundled = await bundling;
process.exitCode = shown === 0 ? bundled : shown;
if (process.exitCode === 0 && process.stdout.isTTY) {
  process.stdout.write('\nThe page of this trail, until Ctrl-C:\n');
  process.exitCode = await node(CLI, 'serve', '--port', String(await freePort()));
}
