import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith, runScript } from './script.js';

const SOUND = {
  'src/index.ts': "export { createRun } from './client/open/create-client.js';\n",
  'src/errors.ts': "export const TEXT = 'update failed: select another run from the list';\n",
  'src/client/open/create-client.ts': "export { createRun } from '../direct/direct-client.js';\n",
  'src/client/direct/direct-client.ts': "export { createRun } from '../../store/runs.js';\n",
  'src/store/runs.ts': "export { TEXT } from '../errors.js';\nexport const createRun = () => 'insert into public.optimization_runs';\n",
};

const check = (files: Record<string, string>, ...nodeOptions: string[]) =>
  runScript(folderWith(files), 'check-layers.mjs', [], nodeOptions);

test('a tree that keeps to the arrows passes with one line', () => {
  const { status, stdout, stderr } = check(SOUND);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^layers: 5 files, .*\n$/);
  expect(status).toBe(0);
});

test('each way of breaking a rule is found', () => {
  const { status, stderr } = check({
    ...SOUND,
    'src/ax.ts': "export * from './demo/run.js';\n",
    'src/attic/old.ts': "export * from '../errors.js';\n",
    'src/cli/query.ts': "export * from '../errors.js';\nexport const q = 'select * from optimization_runs';\n",
    'src/client/http/http-client.ts':
      "export * from '../direct/direct-client.js';\nexport const f = (s: string) => s.replaceAll(/[A-Z]/g, '');\n",
    'src/client/port.ts': "export type { Pool } from 'pg';\n",
    'dashboard/src/main.tsx': "export { createRun } from '../../src/client/direct/direct-client.js';\n",
    'src/cli/page.ts': "export * from '../../dashboard/src/main.js';\n",
    'src/database/a.ts': "export type * from '../schemas/run.js';\n",
    'src/demo/run.ts': 'export const demo = 1;\n',
    'src/optimizers/ax.ts': "export { AxGEPA } from '@ax-llm/ax';\n",
    'src/recorder/file.ts': "export { readFile } from 'node:fs/promises';\n",
    'src/recorder/run.ts': "export * from '../client/direct/direct-client.js';\n",
    'src/schemas/run.ts': 'export type Run = 1;\n',
    'src/store/alone.ts': "export const g = (s: string) => s.replace(/_([a-z])/g, '');\n",
    'src/store/a.ts': "export * from './b.js';\n",
    'src/store/b.ts': "export * from './a.js';\nexport * from '../cli/query.js';\n",
  });
  const found = stderr.split('\n');
  for (const violation of [
    'error arrow/database: src/database/a.ts → src/schemas/run.ts',
    'error arrow/recorder: src/recorder/run.ts → src/client/direct/direct-client.ts',
    'error arrow/store: src/store/b.ts → src/cli/query.ts',
    'error ax-is-optional: src/optimizers/ax.ts → @ax-llm/ax',
    'error dashboard: dashboard/src/main.tsx → src/client/direct/direct-client.ts',
    'error dashboard-is-a-leaf: src/cli/page.ts → dashboard/src/main.tsx',
    'error door/client/direct: src/client/http/http-client.ts → src/client/direct/direct-client.ts',
    'error door/demo: src/ax.ts → src/demo/run.ts',
    'error no-circle: src/store/a.ts → ',
    'error no-orphan: src/store/alone.ts',
    'error portable: src/client/port.ts → pg',
    'error portable: src/recorder/file.ts → fs/promises',
    'error unknown-room: src/attic/old.ts → src/errors.ts',
    'src/cli/query.ts:2: SQL stands in migrations/, store/ and database/ only',
    'camelCase and snake_case meet in one place only, not in src/client/http/http-client.ts:2 and src/store/alone.ts:1',
  ]) {
    expect(found).toContainEqual(expect.stringContaining(violation));
  }
  expect(status).toBe(1);
});

test('a TypeScript that dependency-cruiser cannot use fails, and does not pass with nothing seen', () => {
  const typescript7 = `
    const Module = require('node:module');
    const load = Module._load;
    Module._load = (request, ...rest) => (request === 'typescript/package.json' ? { version: '7.0.0' } : load(request, ...rest));
  `;
  const preload = join(folderWith({ 'typescript7.cjs': typescript7 }), 'typescript7.cjs');
  const { status, stderr } = check(SOUND, '--require', preload);
  expect(stderr).toContain('did not see 5 of 5 files');
  expect(status).toBe(1);
});
