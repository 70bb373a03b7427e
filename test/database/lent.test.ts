import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { openLent } from '../../src/database/embedded/lent.js';
import type { Request } from '../../src/database/embedded/messages.js';
import { type Database, type EnginePort, TRUSTED } from '../../src/database/port.js';
import { freshDirectory } from '../support/databases.js';

const HANG_AFTER = 1_500;
const INSERT = { text: 'insert into place values (1)' };
const COUNT = { text: 'select count(*) as count from place' };

let directory: string;
let database: Database;
beforeAll(async () => {
  directory = freshDirectory();
  database = await openEmbedded({ directory, hangAfterMs: HANG_AFTER });
  await database.script('create table place (id int, note jsonb)');
});
beforeEach(() => database.script('truncate place'));
afterAll(async () => {
  await database.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The port, and what becomes of the loan. */
async function borrowed(): Promise<{ port: MessagePort; returned: Promise<void> }> {
  const { elsewhere } = database;
  if (elsewhere?.kind !== 'embedded') throw new Error('the embedded engine is lent');
  let returned: Promise<void> = Promise.resolve();
  const port = await new Promise<EnginePort>((resolve) => {
    returned = elsewhere.lend(resolve);
  });
  returned.catch(() => undefined);
  return { port: port as MessagePort, returned };
}

const places = async () => (await database.query(TRUSTED, COUNT))[0]?.count;

test('nobody else is served until the port is closed', async () => {
  const { port, returned } = await borrowed();
  let answered = false;
  const behind = places().finally(() => {
    answered = true;
  });
  await openLent(async () => port).query(TRUSTED, INSERT);
  await Promise.all([returned, behind]);
  expect(await behind).toBe(1);

  const again = await borrowed();
  answered = false;
  const waiting = places().finally(() => {
    answered = true;
  });
  await sleep(100);
  expect(answered).toBe(false);
  again.port.close();
  expect(await waiting).toBe(1);
});

test('a transaction that a borrower leaves open is rolled back', async () => {
  const { port, returned } = await borrowed();
  const answered = new Promise((resolve) => port.once('message', resolve));
  const statements = ['begin', INSERT.text].map((text) => ({ text, values: [] }));
  port.postMessage({ kind: 'run', statements, rollbackOnError: false } satisfies Request);
  expect(await answered).toMatchObject({ kind: 'done' });
  port.close();
  await returned;
  expect(await places()).toBe(0);
  await database.transaction(TRUSTED, (transaction) => transaction.query(INSERT));
  expect(await places()).toBe(1);
});

test('a borrower that never gives the engine back loses it, and the next call finds a new engine', async () => {
  const { port, returned } = await borrowed();
  await expect(returned).rejects.toMatchObject({ code: 'engine_failed', retryable: true });
  expect(await places()).toBe(0);
  port.close();
});

test('a statement of a borrower that never ends is refused to it, and to the lender', async () => {
  const { port, returned } = await borrowed();
  const endless = { text: 'with recursive r as (select 1 as n union all select n from r) select count(*) from r' };
  const work = openLent(async () => port).transaction(TRUSTED, async (transaction) => {
    await transaction.query(INSERT);
    await transaction.query(endless);
  });
  const told = expect(work).rejects.toMatchObject({ code: 'engine_failed' });
  await expect(returned).rejects.toMatchObject({ code: 'engine_failed', retryable: true });
  await told;
  expect(await places()).toBe(0);
});

test('a statement that the engine loses is told to the borrower and to the lender, and the next call finds a new engine', async () => {
  const { port, returned } = await borrowed();
  const lost = { code: 'engine_failed', retryable: false };
  const deep = { text: 'insert into place (note) values ($1)', values: [`${'['.repeat(300_000)}${']'.repeat(300_000)}`] };
  await expect(openLent(async () => port).query(TRUSTED, deep)).rejects.toMatchObject(lost);
  await expect(returned).rejects.toMatchObject(lost);
  expect(await places()).toBe(0);
});
