import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { folderWith, runScript } from './script.js';

const ON_TERMINAL = ['--import', 'data:text/javascript,process.stderr.isTTY = process.stdout.isTTY = true'];
const FILES = {
  'package.json': '{ "type": "module" }',
  'node_modules/typescript/bin/tsc': "console.log('compiler', process.argv.slice(2).join(' '))",
  'node_modules/vite/bin/vite.js': "process.on('exit', () => console.error('page', process.argv.slice(2, 4).join(' ')))",
  'scripts/seed.mjs': "console.error('no seed'); process.exit(1)",
  'dist/cli/main.js': "console.log('optrail', process.argv.slice(2).join(' ')); process.exit(process.argv.includes('7') ? 3 : 0)",
};
const SAID = `${availableParallelism() >= 4 ? 'no seed\n' : ''}page build dashboard\n`;
const sorted = (text: string) => text.split('\n').sort();

test('npm start compiles and runs the demo, whatever becomes of the seed, and gives its exit code', () => {
  const { status, stdout, stderr } = runScript(folderWith(FILES), 'start.mjs', ['--seed', '7']);
  expect({ status, stdout }).toEqual({ status: 3, stdout: 'compiler -p tsconfig.build.json\noptrail demo --seed 7\n' });
  expect(sorted(stderr)).toEqual(sorted(SAID));
});

test('where there is no terminal it ends with the demo', () => {
  const { status, stdout } = runScript(folderWith(FILES), 'start.mjs');
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'compiler -p tsconfig.build.json\noptrail demo\n' });
});

test('on a terminal it says first that it builds, and serves the trail in the end', () => {
  const { status, stdout, stderr } = runScript(folderWith(FILES), 'start.mjs', [], ON_TERMINAL);
  expect(stderr).toMatch(/^building/);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^compiler .*\noptrail demo\n\nThe page of this trail, until Ctrl-C:\noptrail serve --port (4700|0)\n$/);
});

test('on a terminal a demo that fails serves nothing', () => {
  const { status, stdout } = runScript(folderWith(FILES), 'start.mjs', ['7'], ON_TERMINAL);
  expect(status).toBe(3);
  expect(stdout).not.toContain('serve');
});

test('what does not compile is not run', () => {
  const { status, stdout } = runScript(folderWith({ ...FILES, 'node_modules/typescript/bin/tsc': 'process.exit(2)' }), 'start.mjs');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
});

test('a page that can not be built is a failure, after the demo', () => {
  const { status, stdout } = runScript(folderWith({ ...FILES, 'node_modules/vite/bin/vite.js': 'process.exit(4)' }), 'start.mjs');
  expect({ status, stdout }).toEqual({ status: 4, stdout: 'compiler -p tsconfig.build.json\noptrail demo\n' });
});
