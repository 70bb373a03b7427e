import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { thisProcess } from '../../src/processes/identity.js';
import { acquireLock } from '../../src/processes/lock.js';
import { temporaryDirectory } from '../support/databases.js';
import { type NodeProcess, runNode } from '../support/node.js';

const HOLD = `
  const { acquireLock } = await import(dist('processes/lock.js'));
  const [directory, startAt = '0'] = process.argv.slice(1);
  while (Date.now() < Number(startAt)) {}
  try {
    await acquireLock(directory);
    console.log('held');
    setInterval(() => {}, 1000);
  } catch (error) {
    console.log('refused ' + JSON.stringify(error));
  }`;

function holder(directory: string, startAt = 0): NodeProcess {
  const holding = runNode(HOLD, directory, String(startAt));
  onTestFinished(async () => {
    holding.child.kill('SIGKILL');
    await holding.ended;
  });
  return holding;
}

function leave(directory: string, owner: object | string): void {
  writeFileSync(join(directory, 'lock.1'), typeof owner === 'string' ? owner : JSON.stringify(owner));
}

test('one process has the directory until it releases it', async () => {
  const directory = temporaryDirectory();
  const lock = await acquireLock(directory);
  const again = acquireLock(directory);
  await expect(again).rejects.toMatchObject({ code: 'database_locked', message: expect.stringContaining(`this process (${process.pid})`) });
  lock.release();
  (await acquireLock(directory)).release();
  expect(readdirSync(directory)).toHaveLength(1);
});

test('another process is refused with the pid of the owner, and what to do', async () => {
  const directory = temporaryDirectory();
  const owner = holder(directory);
  await owner.line('held');
  await expect(acquireLock(directory)).rejects.toMatchObject({
    code: 'database_locked',
    message: `${directory} is in use by process ${owner.child.pid}.`,
    hint: expect.stringContaining('OPTRAIL_DATABASE_URL'),
  });
});

test('a stopped process still has it', async () => {
  const directory = temporaryDirectory();
  const owner = holder(directory);
  await owner.line('held');
  owner.child.kill('SIGSTOP');
  await expect(acquireLock(directory)).rejects.toMatchObject({ code: 'database_locked' });
});

test.each(['SIGKILL', 'SIGTERM'] as const)('after %s the next one takes over', async (signal) => {
  const directory = temporaryDirectory();
  const owner = holder(directory);
  await owner.line('held');
  owner.child.kill(signal);
  await owner.ended;
  (await acquireLock(directory)).release();
});

test('ending the process releases it', async () => {
  const directory = temporaryDirectory();
  const owner = runNode(`${HOLD}\nprocess.exit(0);`, directory);
  await owner.ended;
  expect(owner.lines).toEqual(['held']);
  expect(JSON.parse(readFileSync(join(directory, 'lock.1'), 'utf8'))).toEqual({});
});

test.each([
  ['empty', undefined],
  ['left by a process that was killed', { ...thisProcess(), pid: 2 ** 22 + 1 }],
])('of ten that start at once on a directory that is %s, exactly one gets it', async (_, stale) => {
  const directory = temporaryDirectory();
  if (stale !== undefined) leave(directory, stale);
  const startAt = Date.now() + 2_500;
  const all = Array.from({ length: 10 }, () => holder(directory, startAt));
  const outcomes = await Promise.all(all.map((one) => Promise.race([one.line('held'), one.line('refused')])));
  expect(outcomes.filter((outcome) => outcome === 'held')).toHaveLength(1);
  const winner = all[outcomes.indexOf('held')]?.child.pid;
  for (const outcome of outcomes.filter((one) => one !== 'held')) {
    expect(JSON.parse(outcome.slice('refused '.length))).toMatchObject({
      code: 'database_locked',
      message: expect.stringContaining(`process ${winner}.`),
    });
  }
});

test('ten in one process, again and again: one holds it at a time, and each has its turn', async () => {
  const directory = temporaryDirectory();
  let holding = 0;
  async function takeTurn(): Promise<void> {
    for (;;) {
      try {
        const lock = await acquireLock(directory);
        holding += 1;
        expect(holding).toBe(1);
        await new Promise((resolve) => setTimeout(resolve, 1));
        holding -= 1;
        lock.release();
        return;
      } catch (error) {
        expect(error).toMatchObject({ code: 'database_locked' });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      }
    }
  }
  await Promise.all(
    Array.from({ length: 10 }, async () => {
      for (let turn = 0; turn < 10; turn += 1) await takeTurn();
    }),
  );
  expect(readdirSync(directory)).toEqual(['lock.100']);
});

test.runIf(existsSync('/proc/self/stat'))('a new process with the pid of the dead owner does not count as the owner', async () => {
  const directory = temporaryDirectory();
  leave(directory, { ...thisProcess(), started: 'another boot/1' });
  (await acquireLock(directory)).release();
});

test('without start times a living pid counts as the owner', async () => {
  const directory = temporaryDirectory();
  leave(directory, { ...thisProcess(), started: null });
  await expect(acquireLock(directory)).rejects.toMatchObject({ code: 'database_locked' });
});

test('an owner in another place is never taken for dead, and the message says which file to delete', async () => {
  const directory = temporaryDirectory();
  leave(directory, { ...thisProcess(), pid: 2 ** 22 + 1, place: 'otherhost' });
  await expect(acquireLock(directory)).rejects.toMatchObject({
    code: 'database_locked',
    message: expect.stringContaining('otherhost'),
    hint: expect.stringContaining(join(directory, 'lock.1')),
  });
});

test.each(['', '{"pid": 12'])('a file that its writer never finished (%j) is passed over', async (content) => {
  const directory = temporaryDirectory();
  leave(directory, content);
  (await acquireLock(directory)).release();
});
