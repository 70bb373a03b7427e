import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../src/client/open/create-client.js';
import type { ClientHandle } from '../../src/client/port.js';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { TRUSTED } from '../../src/database/port.js';
import { freshDirectory, temporaryDirectory } from '../support/databases.js';
import { runNode } from '../support/node.js';
import { aRun, newProject } from '../support/records.js';

const LIMIT = 3_000;

/** While the file lies beside the data, whatever is written to these tables never ends. */
const TRAP = `
  create function hang() returns trigger language plpgsql as $$
  begin
    if (pg_stat_file('hang', true)).size is not null then loop end loop; end if;
    return coalesce(new, old);
  end $$;
  create trigger a_hang before insert or update or delete on optimization_runs for each row execute function hang();
  create trigger a_hang before insert or update or delete on optimization_iterations for each row execute function hang();`;

let client: ClientHandle;
let directory: string;
beforeAll(async () => {
  directory = freshDirectory();
  const database = await openEmbedded({ directory });
  await database.script(TRAP);
  await database.close();
  client = createClient({ directory, hangAfterMs: LIMIT });
});
afterAll(async () => {
  await client.close();
  rmSync(directory, { recursive: true, force: true });
});

/** Begins a call on an engine that is up, with the trap set until most of the limit is over. */
async function trapped<T>(call: () => Promise<T>, until = LIMIT * 0.75): Promise<T> {
  await client.listProjects();
  const trap = join(directory, 'data', 'hang');
  writeFileSync(trap, '');
  const timer = setTimeout(() => rmSync(trap), until);
  const begun = performance.now();
  try {
    return await call();
  } finally {
    expect(performance.now() - begun).toBeGreaterThanOrEqual(LIMIT * 0.9);
    clearTimeout(timer);
    rmSync(trap, { force: true });
  }
}

test('a hung engine is replaced: what waited, and what it hung on, is done on the new one, once', async () => {
  const projectId = newProject();
  const { id: runId } = await client.createOptimizationRun(aRun(projectId));
  const answers = await trapped(() =>
    Promise.all([
      client.createOptimizationRun(aRun(projectId, { notes: 'hung' })),
      client.createOptimizationIteration({ runId, iteration: 1, score: 1 }),
      client.getOptimizationRun(runId),
    ]),
  );
  expect(answers).toMatchObject([{ notes: 'hung' }, { score: 1 }, { id: runId, iterations: 1 }]);
  expect((await client.listOptimizationRuns({ projectId, count: true })).total).toBe(2);
});

test('a call that hangs the second engine too is refused, and may be made again', async () => {
  const projectId = newProject();
  const refused = { code: 'engine_failed', retryable: true, message: expect.stringContaining('3 s') };
  await expect(trapped(() => client.createOptimizationRun(aRun(projectId)), 60_000)).rejects.toMatchObject(refused);
  expect((await client.listOptimizationRuns({ projectId, count: true })).total).toBe(0);
  await client.createOptimizationRun(aRun(projectId));
});

test('what would not do the same twice is not made again by itself', async () => {
  const { id: runId } = await client.createOptimizationRun(aRun(newProject()));
  const refused = { code: 'engine_failed', retryable: true };
  await expect(trapped(() => client.deleteOptimizationRun(runId))).rejects.toMatchObject(refused);
  await expect(trapped(() => client.createOptimizationIteration({ runId, iteration: 1 }))).rejects.toMatchObject(refused);
  expect(await client.getOptimizationRun(runId)).toMatchObject({ iterations: 0 });
});

test('the time for which a process was stopped is not held against its engine', { timeout: 60_000 }, async () => {
  const busy = runNode(
    `const { openEmbedded } = await import(dist('database/embedded/engine.js'));
     const database = await openEmbedded({ directory: 'memory://', hangAfterMs: 6000 });
     console.log('open');
     const [row] = await database.query({ kind: 'trusted' }, { text: 'select count(*) as n from generate_series(1, 1000000)' });
     console.log('counted ' + row.n);
     await database.close();`,
  );
  await busy.line('open');
  await sleep(100);
  busy.child.kill('SIGSTOP');
  await sleep(7_000);
  busy.child.kill('SIGCONT');
  expect(await busy.line('counted')).toBe('counted 1000000');
  expect(await busy.ended).toMatchObject({ code: 0 });
});

test.each([
  [{ directory: 'x', hangAfterMs: 10 }, 'between a second and a day'],
  [{ memory: true, hangAfterMs: Number.NaN }, 'between a second and a day'],
  [{ databaseUrl: 'postgresql://u@127.0.0.1:1/d', hangAfterMs: 5_000 }, 'an option of the embedded database'],
])('the limit is checked: %j', async (options, message) => {
  await expect(createClient(options).listProjects()).rejects.toMatchObject({
    code: 'not_configured',
    path: 'hangAfterMs',
    message: expect.stringContaining(message),
  });
  expect(existsSync('x')).toBe(false);
});

test('a first start that was killed at any moment leaves a directory that opens', { timeout: 120_000 }, async () => {
  const path = temporaryDirectory();
  const first = runNode(
    `const { openEmbedded } = await import(dist('database/embedded/engine.js'));
     await openEmbedded({ directory: process.argv[1] });
     console.log('open');`,
    path,
  );
  // The engine writes its files in one burst at the end of making them, this one among the first.
  while (!existsSync(join(path, 'data', 'PG_VERSION'))) await sleep(1);
  first.child.kill('SIGKILL');
  await first.ended;
  const database = await openEmbedded({ directory: path });
  expect(await database.query(TRUSTED, { text: 'select 1 as one' })).toEqual([{ one: 1 }]);
  await database.close();
});
