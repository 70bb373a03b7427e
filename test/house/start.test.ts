import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { folderWith, runScript } from './script.js';

const ON_TERMINAL = ['--import', 'data:text/javascript,process.stderr.isTTY = true'];
const FILES = {
  'package.json': '{ "type": "module" }',
  'node_modules/typescript/bin/tsc': "console.log('compiler', process.argv.slice(2).join(' '))",
  'scripts/seed.mjs': "console.error('no seed'); process.exit(1)",
  'dist/cli/main.js': "console.log('optrail', process.argv.slice(2).join(' ')); process.exit(3)",
};

test('npm start compiles and runs the demo, whatever becomes of the seed, and gives its exit code', () => {
  const { status, stdout, stderr } = runScript(folderWith(FILES), 'start.mjs', ['--seed', '7']);
  expect({ status, stdout }).toEqual({ status: 3, stdout: 'compiler -p tsconfig.build.json\noptrail demo --seed 7\n' });
  expect(stderr).toBe(availableParallelism() >= 4 ? 'no seed\n' : '');
});

test('on a terminal it says first that it builds', () => {
  const { stderr } = runScript(folderWith(FILES), 'start.mjs', [], ON_TERMINAL);
  expect(stderr).toMatch(/^building/);
});

test('what does not compile is not run', () => {
  const { status, stdout } = runScript(folderWith({ ...FILES, 'node_modules/typescript/bin/tsc': 'process.exit(2)' }), 'start.mjs');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});
