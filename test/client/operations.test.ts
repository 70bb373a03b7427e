import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/client/functions/endpoints.js';
import { matchPath, parametersIn, pathTo } from '../../src/client/functions/path.js';
import { createHttpClient } from '../../src/client/http/http-client.js';
import { OPERATIONS } from '../../src/client/operations.js';
import { ROUTES } from '../../src/server/routes/index.js';

test('every route of the server is a row of the table, and every row a route', () => {
  const rows = Object.entries({ ...OPERATIONS, ...ENDPOINTS }).map(([name, { method, path, access }]) => ({ name, method, path, access }));
  const routes = ROUTES.map(({ operation, method, path, access }) => ({ name: operation, method, path, access }));
  const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
  expect(routes.sort(byName)).toEqual(rows.sort(byName));
});

test('a path of the API is spelled in the table alone', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const spelled = files.filter((file) => /['"}]\/v1\//.test(readFileSync(join('src', file), 'utf8')));
  expect(spelled.filter((file) => !file.startsWith(join('client', 'functions')))).toEqual([]);
});

test('a path takes any name as one segment, gives it back, and refuses those that a URL would resolve', () => {
  for (const row of Object.values(OPERATIONS)) {
    const values = Object.fromEntries(parametersIn(row).map((name, index) => [name, ['a/b?c#d', 'é %2F ..', '...'][index]]));
    expect(matchPath(row, row.method, pathTo(row, values))).toEqual(values);
  }
  expect(() => pathTo(OPERATIONS.getProject, { projectId: '..' })).toThrow('cannot be part of a URL');
  expect(matchPath(OPERATIONS.getProject, 'PATCH', '/v1/projects/a')).toBeNull();
});

test('an option that a function does not take is refused by name before anything is sent', async () => {
  const client = createHttpClient({ url: 'http://127.0.0.1:9' });
  const id = '0193a8f0-0000-7000-8000-000000000001';
  await expect(client.getOptimizationRun(id, { project_id: 'p' } as never)).rejects.toMatchObject({
    code: 'invalid_input',
    message: 'project_id: is not a field here; did you mean projectId?',
  });
  await expect(client.listOptimizationRuns({ run_name: 'x' } as never)).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(client.listOptimizationRuns({ order_by: 'x' } as never)).rejects.toThrow('did you mean orderBy?');
});
