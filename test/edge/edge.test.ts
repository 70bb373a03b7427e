import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase } from '../support/databases.js';
import { type HttpServer, startHttp } from '../support/http.js';
import { startWorkerd, type Workerd } from './workerd.js';

let directory: string;
let server: HttpServer;
let workerd: Workerd;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'optrail-workerd-'));
  server = await startHttp({ databaseUrl: await freshDatabase(18, { migrated: true }) });
  workerd = await startWorkerd('test/edge/worker.ts', directory);
});
afterAll(async () => {
  await workerd?.close();
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`${workerd.url}${path}?server=${encodeURIComponent(server.url)}`);
  return response.ok ? response.json() : response.text();
}

test('a worker in workerd records a run through a server, and reads it', async () => {
  const recorded = await ask('/record');
  expect(recorded).toMatchObject({
    summary: { projectId: 'edge', status: 'completed', initialScore: 0.25, finalScore: 0.75, bestProgram: 'Think, then answer.' },
    samples: 2,
  });
  const { summary } = recorded as { summary: { runId: string } };
  expect(await server.client().getOptimizationRunSummary(summary.runId)).toEqual(summary);
});

test('where no server answers, the worker goes on, and is told that nothing is kept', async () => {
  expect(await ask('/away')).toEqual({
    report: { acknowledged: 0, pending: 1, rejected: 0, kept: 0 },
    read: 'server_unreachable',
    warnings: expect.arrayContaining([
      expect.stringContaining('this runtime has no journal'),
      expect.stringContaining('The Optrail server at http://127.0.0.1:1 does not answer'),
    ]),
  });
});

test('there is no default client, and trackAx knows its optimizers', async () => {
  expect(await ask('/no-client')).toBe('not_configured');
  expect(await ask('/ax')).toBe('invalid_input');
});
