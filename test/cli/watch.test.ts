import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { run } from '../../src/cli/run.js';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle } from '../../src/client/port.js';
import { freshDatabase } from '../support/databases.js';
import { startHttp } from '../support/http.js';
import { aRun } from '../support/records.js';
import { cells, cliHere, shellHere } from './process.js';

let db: string;
let client: ClientHandle;

beforeAll(async () => {
  db = await freshDatabase(18, { migrated: true });
  client = createClient({ databaseUrl: db });
});
afterAll(() => client?.close());

/** A command that goes on, and what it has said so far. */
function begun(...args: string[]) {
  const { shell, said, controller } = shellHere([...args, '--db', db]);
  const over = run(shell);
  const until = (text: string) => vi.waitUntil(() => said().stdout.includes(text), { timeout: 8_000, interval: 10 });
  return { shell, said, controller, over, until };
}

test('prints iterations as they are recorded, each once, and ends with the run', async () => {
  const { id: runId } = await client.createOptimizationRun(aRun('p', { runName: 'watched', status: 'running' }));
  await client.createOptimizationIteration({ runId, iteration: 0, score: 0.25, isBaseline: true });
  await client.createOptimizationIteration({ runId, iteration: 2, score: 0.5, decision: 'rejected' });
  await client.createOptimizationIteration({ runId, iteration: 3 });
  const watching = begun('watch');
  await watching.until('rejected');
  // One that was behind, and one that had no result yet.
  await client.createOptimizationIteration({ runId, iteration: 1, score: 0.75, decision: 'accepted' });
  await client.updateOptimizationIteration(runId, 3, { score: 0.125, evalKind: 'minibatch' });
  await watching.until('minibatch');
  await client.createOptimizationIteration({ runId, iteration: 4 });
  await client.updateOptimizationRun(runId, { status: 'completed' });

  expect(await watching.over).toBe(0);
  const { stdout, stderr } = watching.said();
  expect(cells(stdout)).toEqual([
    ['#', 'KIND', 'SCORE', 'DECISION', 'BEST SO FAR'],
    ['0', 'full', '0.25', 'baseline', '0.25'],
    ['2', 'full', '0.5', 'rejected', '0.25'],
    ['1', 'full', '0.75', 'accepted', '0.75'],
    ['3', 'minibatch', '0.125', '-', '0.75'],
    ['4', 'full', '-', 'running', '0.75'],
  ]);
  expect(stderr).toContain('The run is completed: ');
  expect(stderr).toContain('best 0.75, 5 iterations, 0 samples, $0');
});

test('with --json an iteration is a line, and stdout holds nothing else', async () => {
  const { id: runId } = await client.createOptimizationRun(aRun('q', { runName: 'for machines', status: 'running' }));
  await client.createOptimizationIteration({ runId, iteration: 0, score: 0.25, program: 'a prompt' });
  await client.updateOptimizationRun(runId, { status: 'failed' });
  const { code, stdout } = await cliHere(['watch', runId, '--json', '--db', db]);
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ iteration: 0, score: 0.25, program: 'a prompt' }]);
});

test('over a server it is the same', async () => {
  const server = await startHttp({ databaseUrl: db });
  onTestFinished(() => server.close());
  const { id: runId } = await client.createOptimizationRun(aRun('t', { status: 'running' }));
  const { shell, said } = shellHere(['watch', runId], { env: { OPTRAIL_URL: server.url } });
  const over = run(shell);
  await client.createOptimizationIteration({ runId, iteration: 0, score: 0.25 });
  await vi.waitUntil(() => said().stdout.includes('0.25'), { timeout: 8_000 });
  await client.updateOptimizationRun(runId, { status: 'cancelled' });
  expect(await over).toBe(0);
  expect(said().stderr).toContain('The run is cancelled: ');
});

test('says what is wrong where there is nothing to follow, or no such form', async () => {
  expect(await cliHere(['watch', 'nothing', '--db', db])).toMatchObject({ code: 1, stdout: '' });
  const { code, stderr } = await cliHere(['watch', '--output', 'csv', '--db', db]);
  expect(code).toBe(2);
  expect(stderr).toContain('iterations list');
});

test('a run that is deleted meanwhile, and Ctrl-C, end it', async () => {
  const { id: runId } = await client.createOptimizationRun(aRun('r', { status: 'running' }));
  const [deleted, interrupted] = [begun('watch', runId), begun('watch', runId)];
  await Promise.all([deleted.until('BEST'), interrupted.until('BEST')]);
  interrupted.controller.abort();
  expect(await interrupted.over).toBe(130);
  await client.deleteOptimizationRun(runId);
  expect(await deleted.over).toBe(1);
  expect(deleted.said().stderr).toContain('was deleted');
});

test('on a terminal the curve and the cost stand below, and go away at the end', async () => {
  const { id: runId } = await client.createOptimizationRun(aRun('s', { status: 'running' }));
  await client.createOptimizationIteration({ runId, iteration: 0, score: 0.25, costUsd: 0.5 });
  const watching = begun('watch', runId);
  watching.shell.stderr.isTTY = true;
  await vi.waitUntil(() => watching.said().stderr.includes('running · '), { timeout: 8_000 });
  await client.updateOptimizationRun(runId, { status: 'completed' });
  expect(await watching.over).toBe(0);
  expect(watching.said().stderr).toContain('running · ▁ · best 0.25, 1 iterations, 0 samples, $0.5');
  expect(watching.said().stdout).not.toContain('samples');
});
