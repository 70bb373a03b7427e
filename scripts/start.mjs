// npm start: compiles, then runs the demo. It says so first, since the compiler takes its time in silence.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

/**
 * Runs a program of Node and resolves to its exit code.
 * @param {string[]} args
 * @returns {Promise<number>}
 */
async function node(...args) {
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close');
  return code ?? 1;
}

// On a terminal Ctrl-C reaches the demo too, which ends its run in good order first.
process.on('SIGINT', () => {});

if (process.stderr.isTTY) process.stderr.write('building, which takes some seconds\n');
// The seed saves the demo three seconds and costs five of a core: worth it where one is idle while the compiler works.
const seeding = availableParallelism() >= 4 ? node('scripts/seed.mjs') : undefined;
const [compiled] = await Promise.all([node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'), seeding]);
process.exitCode = compiled === 0 ? await node('dist/cli/main.js', 'demo', ...process.argv.slice(2)) : compiled;
