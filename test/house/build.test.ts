import { expect, test } from 'vitest';
import { folderWith, runScript } from './script.js';

const TERMINAL = ['--import', 'data:text/javascript,process.stderr.isTTY = true'];
const compiler = (text: string) => ({ 'node_modules/typescript/bin/tsc': text, 'scripts/seed.mjs': "console.log('seeded')" });

test('npm start, on a terminal, says first that it builds', () => {
  const folder = folderWith(compiler("console.error(process.argv.slice(2).join(' '))"));
  const { status, stdout, stderr } = runScript(folder, 'build.mjs', [], TERMINAL);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'seeded\n', stderr: 'building\n-p tsconfig.build.json\n' });
  expect(runScript(folder, 'build.mjs').stderr).toBe('-p tsconfig.build.json\n');
});

test.each([
  ['the compiler', compiler('process.exit(2)')],
  ['the seed', { ...compiler(''), 'scripts/seed.mjs': "throw new Error('no')" }],
])('a build fails where %s does', (_, files) => {
  expect(runScript(folderWith(files), 'build.mjs').status).toBe(1);
});
