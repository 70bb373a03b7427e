import { beforeAll, beforeEach, expect, test } from 'vitest';
import { freshDatabase } from '../support/databases.js';
import { aRun, newProject } from '../support/records.js';
import { type Trail, trailAt } from '../support/trails.js';
import { cliHere } from './process.js';

let db: string;
let trail: Trail;
let id: string;
let project: string;
beforeAll(async () => {
  db = await freshDatabase(18, { migrated: true });
  trail = trailAt(db);
  return () => trail.close();
});
beforeEach(async () => {
  project = newProject();
  await trail.client.createProject({ id: project });
  const run = await trail.client.createOptimizationRun({ ...aRun(project), runName: 'first', tags: ['draft'] });
  id = run.id;
});

const say = (...args: string[]) => cliHere([...args, '--db', db]);
const json = async (...args: string[]) => JSON.parse((await say(...args, '--json')).stdout);
const stored = () => trail.client.getOptimizationRun(id);

test('rename gives a run another name', async () => {
  expect(await json('runs', 'rename', id, 'second')).toMatchObject({ id, runName: 'second' });
  expect(await stored()).toMatchObject({ runName: 'second', tags: ['draft'] });
});

test('a name that is too long is refused, and the run stays as it was', async () => {
  expect(await say('runs', 'rename', id, 'x'.repeat(201))).toMatchObject({ code: 2 });
  expect(await stored()).toMatchObject({ runName: 'first' });
});

test('tag adds and removes, each tag once', async () => {
  expect(await json('runs', 'tag', id, 'a', 'draft', 'b', 'a')).toMatchObject({ tags: ['draft', 'a', 'b'] });
  const { code, stderr } = await say('runs', 'tag', id, 'c', '--remove', 'draft', 'nosuch');
  expect([code, stderr]).toEqual([0, expect.stringContaining('the run did not have "nosuch"')]);
  expect((await stored())?.tags).toEqual(['a', 'b', 'c']);
});

test('tag refuses no tag, and a tag that is added and removed', async () => {
  expect(await say('runs', 'tag', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('No tag is given.') });
  expect(await say('runs', 'tag', id, 'a', '--remove', 'a')).toMatchObject({ code: 2, stderr: expect.stringContaining('"a"') });
  expect((await stored())?.tags).toEqual(['draft']);
});

test('note writes, appends and clears', async () => {
  expect(await json('runs', 'note', id, 'one')).toMatchObject({ notes: 'one' });
  expect(await json('runs', 'note', id, 'two', '--append')).toMatchObject({ notes: 'one\ntwo' });
  expect(await say('runs', 'note', id)).toMatchObject({ code: 2, stderr: expect.stringContaining('either written or cleared') });
  expect(await say('runs', 'note', id, 'x', '--clear')).toMatchObject({ code: 2 });
  expect((await stored())?.notes).toBe('one\ntwo');
  expect(await json('runs', 'note', id, '--clear')).toMatchObject({ notes: null });
});

test('delete says what would go, and does it with --yes', async () => {
  const asked = await say('runs', 'delete', id);
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('This would delete the ') });
  expect(asked.stdout).toContain(`Nothing was changed: npx optrail runs delete ${id} --yes does it.`);
  expect(await json('runs', 'delete', id)).toMatchObject({ runId: id, done: false });
  expect(await stored()).not.toBeNull();
  expect(await json('runs', 'rm', id, '--yes')).toMatchObject({ runId: id, done: true });
  expect(await stored()).toBeNull();
  expect(await say('runs', 'delete', id, '--yes')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no run') });
});
