import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freshDatabase, temporaryDirectory } from '../support/databases.js';
import { aRun, newProject } from '../support/records.js';
import { type Trail, trailAt } from '../support/trails.js';
import { cells, cliHere } from './process.js';

let db: string;
let trail: Trail;
let project: string;
beforeAll(async () => {
  db = await freshDatabase(18, { migrated: true });
  trail = trailAt(db);
  return () => trail.close();
});
beforeEach(async () => {
  project = newProject();
  await trail.client.createProject({ id: project });
});

const say = (...args: string[]) => cliHere([...args, '--db', db]);
const json = async (...args: string[]) => JSON.parse((await say(...args, '--json')).stdout);

describe('keys', () => {
  test('create writes the secret alone to stdout, and the rest to stderr', async () => {
    const { code, stdout, stderr } = await say('keys', 'create', project, '--name', 'ci', '--expires-in', '90d');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^optrail_[0-9A-Za-z]{8}_[\w-]{43}\n$/);
    const [key] = await trail.client.listApiKeys(project);
    expect(key).toMatchObject({ name: 'ci', scope: 'write', prefix: stdout.slice(0, 16) });
    expect(Date.parse(key?.expiresAt ?? '') - Date.now()).toBeGreaterThan(89.9 * 86_400_000);
    expect(stderr).toContain(`${key?.prefix} may write in ${project}, until ${key?.expiresAt}.`);
    expect(stderr).not.toContain(stdout.trim());
  });

  test('create gives a program the whole key', async () => {
    const key = await json('keys', 'create', project, '--name', 'ci', '--scope', 'admin');
    expect(key).toMatchObject({ scope: 'admin', expiresAt: null, secret: expect.stringMatching(/^optrail_/) });
    expect((await json('keys', 'list', project))[0]).not.toHaveProperty('secret');
  });

  test('list shows them as people tell them apart', async () => {
    const { id, prefix } = await trail.client.createApiKey(project, { name: 'old' });
    await trail.client.revokeApiKey(project, id);
    await trail.client.createApiKey(project, { name: 'new', scope: 'read', expiresAt: '2099-01-31T00:00:00Z' });
    const [head, first, second] = cells((await say('keys', 'list', project)).stdout);
    expect(head).toEqual(['KEY', 'NAME', 'SCOPE', 'STATE', 'MADE', 'USED', 'ENDS']);
    expect(first?.slice(1, 4)).toEqual(['new', 'read', 'live']);
    expect(first?.at(-1)).toBe('2099-01-31');
    expect(second?.slice(0, 4)).toEqual([prefix, 'old', 'write', 'revoked']);
  });

  test.each([
    ['its id', ({ id }: { id: string }) => id],
    ['its prefix', ({ prefix }: { prefix: string }) => prefix],
    ['the beginning of its letters', ({ prefix }: { prefix: string }) => prefix.slice(8, 14)],
    ['its secret', ({ secret }: { secret: string }) => secret],
  ])('revoke takes %s, and does nothing without --yes', async (_, named) => {
    const key = await trail.client.createApiKey(project, { name: 'ci' });
    const asked = await say('keys', 'revoke', project, named(key));
    expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining(`This would end ${key.prefix}, the write key "ci"`) });
    expect(asked.stdout).toContain('Nothing was changed: npx optrail keys revoke');
    expect(await json('keys', 'revoke', project, named(key))).toMatchObject({ keyId: key.id, done: false });
    expect((await trail.client.listApiKeys(project))[0]?.revokedAt).toBeNull();
    expect(await say('keys', 'revoke', project, named(key), '--yes')).toMatchObject({ code: 0, stdout: '' });
    expect((await trail.client.listApiKeys(project))[0]?.revokedAt).not.toBeNull();
    expect((await say('keys', 'revoke', project, named(key), '--yes')).stderr).toContain('was revoked at');
  });

  test('revoke names the keys that a beginning could mean, and those there are for one that means none', async () => {
    const keys = [await trail.client.createApiKey(project, { name: 'a' }), await trail.client.createApiKey(project, { name: 'b' })];
    const many = await say('keys', 'revoke', project, 'optrail_', '--yes');
    expect(many.code).toBe(1);
    for (const { id } of keys) expect(many.stderr).toContain(id);
    const none = await say('keys', 'revoke', project, 'nosuchkey', '--yes');
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining(`has no key nosuchkey.`) });
    expect((await trail.client.listApiKeys(project)).every(({ revokedAt }) => revokedAt === null)).toBe(true);
  });

  test.each([
    ['keys create p --name x --expires-in soon', '--expires-in'],
    ['keys create p --name x --expires-in 0d', '--expires-in'],
    ['keys create p --name x --scope root', '--scope'],
    ['keys create p', '--name'],
    ['members add p u --role boss', '--role'],
  ])('%s is wrong usage', async (line, option) => {
    expect(await say(...line.split(' '))).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(option) });
  });
});

describe('members', () => {
  test('are added, listed and sent away', async () => {
    await say('members', 'add', project, 'anna', '--role', 'owner');
    expect(await json('members', 'add', project, 'bert')).toMatchObject({ userId: 'bert', role: 'viewer' });
    expect(await json('members', 'add', project, 'bert', '--role', 'editor')).toMatchObject({ role: 'editor' });
    expect(cells((await say('members', 'list', project)).stdout).map((row) => row.slice(0, 2))).toEqual([
      ['USER', 'ROLE'],
      ['anna', 'owner'],
      ['bert', 'editor'],
    ]);
    expect((await say('members', 'rm', project, 'anna')).stdout).toContain('This would remove the owner anna');
    expect(await json('members', 'rm', project, 'anna')).toMatchObject({ isLastOwner: true, done: false });
    expect(await json('members', 'rm', project, 'anna', '--yes')).toMatchObject({ done: true });
    expect(await json('members', 'list', project)).toHaveLength(1);
    expect(await say('members', 'rm', project, 'anna', '--yes')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('projects', () => {
  test('are made, renamed and deleted', async () => {
    const id = newProject();
    expect(await json('projects', 'create', id, '--name', 'Support triage')).toMatchObject({ id, name: 'Support triage' });
    expect(await json('projects', 'create', id)).toMatchObject({ name: 'Support triage' });
    expect(await json('projects', 'rename', id, 'Billing')).toMatchObject({ id, name: 'Billing' });
    await trail.client.createOptimizationRun(aRun(id));
    expect((await say('projects', 'rm', id)).stdout).toContain(`This would delete the project ${id} with 1 run, 0 members and 0 keys.`);
    expect(await trail.client.getProject(id)).not.toBeNull();
    expect(await json('projects', 'rm', id, '--yes')).toMatchObject({ runs: 1, done: true });
    expect(await trail.client.getProject(id)).toBeNull();
  });

  test('a name for a shell is quoted in the command to type next', async () => {
    const id = `a project; rm -rf '${project}'`;
    await trail.client.createProject({ id });
    expect((await say('projects', 'rm', id)).stdout).toContain(`projects rm 'a project; rm -rf '\\''${project}'\\''' --yes`);
  });
});

test.each([
  'keys list p',
  'keys create p --name x',
  'keys revoke p optrail_x',
  'members add p u',
  'members rm p u --yes',
  'projects rm p --yes',
])('%s makes no database for a project that is not there', async (line) => {
  const directory = join(temporaryDirectory(), 'trail');
  const { code, stderr } = await cliHere([...line.split(' '), '--db', directory]);
  expect(code).toBe(1);
  expect(stderr).toContain('There is no project p.');
  expect(existsSync(directory)).toBe(false);
});
