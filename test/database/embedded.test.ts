import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { type Database, TRUSTED } from '../../src/database/port.js';
import { freshDirectory, temporaryDirectory } from '../support/databases.js';
import { runNode } from '../support/node.js';

const ONE = { text: 'select 1 as one' };
const DEEP = `${'['.repeat(300_000)}${']'.repeat(300_000)}`;

function directory(): string {
  const path = freshDirectory();
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function open(path: string, hangAfterMs?: number): Promise<Database> {
  const database = await openEmbedded({ directory: path, hangAfterMs });
  onTestFinished(() => database.close());
  return database;
}

async function count(database: Database, table: string): Promise<unknown> {
  const [row] = await database.query(TRUSTED, { text: `select count(*) as n from ${table}` });
  return row?.n;
}

test('a new directory ignores itself, and keeps what was stored', async () => {
  const path = join(temporaryDirectory(), 'deep', '.optrail');
  const database = await open(path);
  expect(database.target).toBe(path);
  expect(readFileSync(join(path, '.gitignore'), 'utf8')).toBe('*\n');
  await database.script('create table t as select 1 as id');
  await database.close();
  const again = await open(path);
  expect(await count(again, 't')).toBe(1);
});

test('a second client of the same directory is refused, until the first one closes', async () => {
  const path = directory();
  const database = await open(path);
  await expect(openEmbedded({ directory: path })).rejects.toMatchObject({ code: 'database_locked' });
  await expect(openEmbedded({ directory: `${path}/../${path.split('/').at(-1)}` })).rejects.toMatchObject({ code: 'database_locked' });
  await database.close();
  await (await open(path)).close();
});

test('a second process is refused with the pid of the first', async () => {
  const path = directory();
  await open(path);
  const second = runNode(
    `const { openEmbedded } = await import(dist('database/embedded/engine.js'));
     await openEmbedded({ directory: process.argv[1] }).catch((error) => console.log(JSON.stringify(error)));`,
    path,
  );
  await second.ended;
  expect(JSON.parse(second.lines[0] ?? '')).toMatchObject({
    code: 'database_locked',
    message: expect.stringContaining(`process ${process.pid}.`),
  });
});

test('a directory that cannot be opened says why, and is not left locked', async () => {
  const path = directory();
  rmSync(join(path, 'data', 'global'), { recursive: true });
  const failure = openEmbedded({ directory: path, hangAfterMs: 30_000 });
  await expect(failure).rejects.toMatchObject({ code: 'engine_failed', message: expect.stringContaining(path) });
  await expect(openEmbedded({ directory: path, hangAfterMs: 30_000 })).rejects.toMatchObject({ code: 'engine_failed' });
});

test('an idle database does not keep the process alive, and what it stored is there', async () => {
  const path = directory();
  const forgetful = runNode(
    `const { openEmbedded } = await import(dist('database/embedded/engine.js'));
     const database = await openEmbedded({ directory: process.argv[1] });
     await database.script('create table t as select 1 as id');
     console.log('done');`,
    path,
  );
  expect(await forgetful.ended).toMatchObject({ code: 0, stderr: '' });
  expect(await count(await open(path), 't')).toBe(1);
});

test('a call under way keeps the process alive', async () => {
  const path = directory();
  const busy = runNode(
    `const { openEmbedded } = await import(dist('database/embedded/engine.js'));
     const database = await openEmbedded({ directory: process.argv[1] });
     database.query({ kind: 'trusted' }, { text: 'select count(*) as n from generate_series(1, 1000000)' }).then(([row]) => console.log(row.n));`,
    path,
  );
  expect(await busy.ended).toMatchObject({ code: 0 });
  expect(busy.lines).toEqual(['1000000']);
});

test("the engine's work does not hold up this thread", async () => {
  const database = await open(directory());
  let worst = 0;
  const begun = performance.now();
  let last = begun;
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - last);
    last = performance.now();
  }, 5);
  await database.query(TRUSTED, { text: 'select count(*) from generate_series(1, 2000000)' });
  clearInterval(timer);
  expect(worst).toBeLessThan((performance.now() - begun) / 2);
});

test('a statement that the engine loses is engine_failed, and the next one finds a new engine', async () => {
  const path = directory();
  const database = await open(path);
  await database.script('create table t (body jsonb)');
  await expect(database.query(TRUSTED, { text: 'insert into t values ($1)', values: [DEEP] })).rejects.toMatchObject({
    code: 'engine_failed',
    retryable: false,
  });
  expect(await count(database, 't')).toBe(0);
});

test('a statement lost inside a transaction loses the transaction, and nothing else', async () => {
  const database = await open(directory());
  await database.script('create table t (body jsonb)');
  const work = database.transaction(TRUSTED, async (transaction) => {
    await transaction.query({ text: "insert into t values ('1')" });
    await transaction.query({ text: 'insert into t values ($1)', values: [DEEP] }).catch(() => {});
    await transaction.query({ text: "insert into t values ('2')" });
  });
  await expect(work).rejects.toMatchObject({ code: 'engine_failed' });
  expect(await count(database, 't')).toBe(0);
});

test('a lost statement in memory ends that database', async () => {
  const database = await open('memory://');
  await expect(database.query(TRUSTED, { text: 'select $1::jsonb', values: [DEEP] })).rejects.toMatchObject({ code: 'engine_failed' });
  await expect(database.query(TRUSTED, ONE)).rejects.toMatchObject({ code: 'engine_failed' });
  expect(existsSync('memory:')).toBe(false);
});

test('a statement that never ends is engine_failed after a while; what waits behind it is done', async () => {
  const database = await open(directory(), 3_000);
  const endless = database.query(TRUSTED, { text: 'with recursive r as (select 1 as n union all select n from r) select count(*) from r' });
  const behind = database.query(TRUSTED, ONE);
  await expect(endless).rejects.toMatchObject({ code: 'engine_failed', message: expect.stringContaining('3 s') });
  await expect(behind).resolves.toEqual([{ one: 1 }]);
});

test('an aborted call that has not begun is never begun', async () => {
  const database = await open(directory());
  await database.script('create table t (id int)');
  const controller = new AbortController();
  const first = database.query(TRUSTED, { text: 'select count(*) from generate_series(1, 300000)' });
  const second = database.query(TRUSTED, { text: 'insert into t values (1)' }, { signal: controller.signal });
  controller.abort();
  await expect(second).rejects.toMatchObject({ code: 'aborted' });
  await first;
  expect(await count(database, 't')).toBe(0);
});
