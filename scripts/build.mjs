// Compiles, and at the same time makes the seed of new embedded databases, which needs nothing compiled.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** @param {string[]} args */
async function node(...args) {
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'close');
  return code === 0;
}

if (process.stderr.isTTY) process.stderr.write('building\n');
const [compiled, seeded] = await Promise.all([
  node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'),
  node('scripts/seed.mjs'),
]);
process.exitCode = compiled && seeded ? 0 : 1;
