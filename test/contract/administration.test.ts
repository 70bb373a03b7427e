import { createHash } from 'node:crypto';
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { TRUSTED } from '../../src/database/port.js';
import type { ApiKey, Claims } from '../../src/schemas/index.js';
import { ApiKeySchema, CreatedApiKeySchema, OptimizationProjectSchema, ProjectMemberSchema } from '../../src/schemas/index.js';
import { findKey } from '../../src/store/keys.js';
import { scopeOf } from '../../src/store/scope.js';
import { ABSENT, aRun, expectShape, newProject } from '../support/records.js';
import { DOORS, useTrail } from '../support/trails.js';

const SECRET = /^optrail_[0-9A-Za-z]{8}_[0-9A-Za-z_-]{43}$/;
const sha256 = (secret: string) => new Uint8Array(createHash('sha256').update(secret).digest());

describe.each(DOORS)('administration on $name', (install) => {
  const trail = useTrail(install);
  let project: string;
  beforeEach(() => {
    project = newProject();
  });

  const find = (secret: string) => findKey(scopeOf(trail.database, TRUSTED), sha256(secret));
  /** What somebody who shows a key acts with. */
  const claimsOf = ({ id, projectId }: ApiKey, role: 'viewer' | 'editor' | 'owner'): Claims => ({
    optrail_projects: { [projectId]: role },
    optrail_key: id,
  });

  describe('projects', () => {
    test('one is made once, with its id as its name where nobody gives another', async () => {
      const made = await trail.client.createProject({ id: project });
      expectShape(OptimizationProjectSchema.omit({ runs: true }), made);
      expect(made).toMatchObject({ id: project, name: project });
      expect(await trail.client.createProject({ id: project, name: 'too late' })).toEqual(made);
      expect(await trail.client.getProject(project)).toEqual(made);
      expect(await trail.client.getProject('absent')).toBeNull();
    });

    test('one is renamed, and what is left out of a change stays', async () => {
      await trail.client.createProject({ id: project, name: 'first' });
      expect(await trail.client.updateProject(project, { metadata: { team: 'support' } })).toMatchObject({ name: 'first' });
      expect(await trail.client.updateProject(project, { name: 'second' })).toMatchObject({ name: 'second' });
      expect(await trail.client.updateProject(project, {})).toMatchObject({ name: 'second' });
      expect(await trail.sql('select metadata from optimization_projects where id = $1', [project])).toEqual([
        { metadata: { team: 'support' } },
      ]);
      for (const changes of [{}, { name: 'x' }])
        await expect(trail.client.updateProject('absent', changes)).rejects.toMatchObject({ code: 'not_found', path: 'projectId' });
    });

    test('one goes with its runs, members and keys', async () => {
      await trail.client.createOptimizationRun(aRun(project));
      await trail.client.setProjectMember(project, 'anna', 'owner');
      const { secret } = await trail.client.createApiKey(project, { name: 'ci' });
      expect(await trail.client.deleteProject(project)).toBe(true);
      expect(await trail.client.deleteProject(project)).toBe(false);
      expect(await trail.client.listProjectMembers(project)).toEqual([]);
      expect(await find(secret)).toBeNull();
    });
  });

  describe('members', () => {
    test('one is added, given another role, listed and removed', async () => {
      await trail.client.createProject({ id: project });
      const added = await trail.client.setProjectMember(project, 'bert', 'viewer');
      expectShape(ProjectMemberSchema, added);
      expect(added).toMatchObject({ projectId: project, userId: 'bert', role: 'viewer' });
      await trail.client.setProjectMember(project, 'anna', 'owner');
      expect(await trail.client.setProjectMember(project, 'bert', 'editor')).toEqual({ ...added, role: 'editor' });
      expect((await trail.client.listProjectMembers(project)).map(({ userId, role }) => [userId, role])).toEqual([
        ['anna', 'owner'],
        ['bert', 'editor'],
      ]);
      expect(await trail.client.removeProjectMember(project, 'bert')).toBe(true);
      expect(await trail.client.removeProjectMember(project, 'bert')).toBe(false);
    });

    test('a project that is absent has none, and takes none', async () => {
      expect(await trail.client.listProjectMembers('absent')).toEqual([]);
      await expect(trail.client.setProjectMember('absent', 'anna', 'owner')).rejects.toMatchObject({
        code: 'not_found',
        path: 'projectId',
      });
    });

    test('the last owner may go, and whoever runs the database names another', async () => {
      await trail.client.createProject({ id: project });
      await trail.client.setProjectMember(project, 'anna', 'owner');
      const anna = trail.client.as({ sub: 'anna' });
      expect(await anna.removeProjectMember(project, 'anna')).toBe(true);
      await expect(anna.setProjectMember(project, 'anna', 'owner')).rejects.toMatchObject({ code: 'not_found' });
      expect(await trail.client.setProjectMember(project, 'bert', 'owner')).toMatchObject({ role: 'owner' });
    });

    test.each([
      ['a role that there is not', 'userId', 'boss', 'role'],
      ['an empty user', '', 'viewer', 'userId'],
      ['a NUL in a user', 'a\0b', 'viewer', 'userId'],
      ['a user of 201 characters', 'a'.repeat(201), 'viewer', 'userId'],
    ])('%s is refused with its path', async (_, userId, role, path) => {
      await expect(trail.client.setProjectMember(project, userId, role as 'viewer')).rejects.toMatchObject({ code: 'invalid_input', path });
      expect(await trail.client.getProject(project)).toBeNull();
    });
  });

  describe('keys', () => {
    // Claims of a key come with the key itself: over HTTP no token may bring them.
    const testOfClaims = test.skipIf(install.overHttp);
    beforeEach(() => trail.client.createProject({ id: project }));

    test('a secret is given once, and found by its hash alone', async () => {
      const made = await trail.client.createApiKey(project, { name: 'ci' });
      expectShape(CreatedApiKeySchema, made);
      expect(made).toMatchObject({ projectId: project, name: 'ci', scope: 'write', createdBy: null, expiresAt: null, revokedAt: null });
      expect(made.secret).toMatch(SECRET);
      expect(made.secret.startsWith(`${made.prefix}_`)).toBe(true);
      const [listed] = await trail.client.listApiKeys(project);
      expectShape(ApiKeySchema, listed);
      const { secret, ...key } = made;
      expect(listed).toEqual(key);
      expect(await find(secret)).toEqual({ id: key.id, projectId: project, scope: 'write' });
      expect(await find(secret.toUpperCase())).toBeNull();
      const [stored] = await trail.sql<{ row: string; hash: Uint8Array }>(
        'select k::text as row, secret_hash as hash from optrail.api_keys as k where id = $1',
        [key.id],
      );
      expect(stored?.hash).toEqual(sha256(secret));
      expect(stored?.row).not.toContain(secret.slice(-43));
    });

    test('two live keys make a rotation: the new one first, then the end of the old one', async () => {
      const before = await trail.client.createApiKey(project, { name: 'ci' });
      const after = await trail.client.createApiKey(project, { name: 'ci' });
      expect([await find(before.secret), await find(after.secret)]).toMatchObject([{ id: before.id }, { id: after.id }]);
      await trail.client.revokeApiKey(project, before.id);
      expect([await find(before.secret), await find(after.secret)]).toMatchObject([null, { id: after.id }]);
      expect((await trail.client.listApiKeys(project)).map(({ id }) => id)).toEqual([after.id, before.id]);
    });

    test('a key that was revoked stays so, from the first time on', async () => {
      const { secret, ...key } = await trail.client.createApiKey(project, { name: 'ci' });
      const revoked = await trail.client.revokeApiKey(project, key.id);
      expect(revoked).toEqual({ ...key, revokedAt: expect.any(String) });
      expect(await trail.client.revokeApiKey(project, key.id.toUpperCase())).toEqual(revoked);
      await trail.sql('update optrail.api_keys set revoked_at = null where id = $1', [key.id]);
      expect(await trail.client.listApiKeys(project)).toEqual([revoked]);
      expect(await find(secret)).toBeNull();
      for (const [at, id] of [
        [project, ABSENT],
        ['absent', key.id],
      ] as const)
        await expect(trail.client.revokeApiKey(at, id)).rejects.toMatchObject({ code: 'not_found' });
    });

    testOfClaims('a key opens its project by its scope, until it is revoked', async () => {
      const run = await trail.client.createOptimizationRun(aRun(project));
      const of = async (scope: 'read' | 'write' | 'admin', role: 'viewer' | 'editor' | 'owner') =>
        trail.client.as(claimsOf(await trail.client.createApiKey(project, { name: scope, scope }), role));
      const [reads, writes, administers] = [await of('read', 'viewer'), await of('write', 'editor'), await of('admin', 'owner')];
      expect(await reads.getOptimizationRun(run.id)).not.toBeNull();
      await expect(reads.updateOptimizationRun(run.id, { notes: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
      expect(await writes.updateOptimizationRun(run.id, { notes: 'x' })).toMatchObject({ notes: 'x' });
      await expect(writes.listApiKeys(project)).rejects.toMatchObject({ code: 'forbidden' });
      for (const { id } of await administers.listApiKeys(project)) await trail.client.revokeApiKey(project, id);
      for (const client of [reads, writes, administers]) {
        expect(await client.getOptimizationRun(run.id)).toBeNull();
        expect(await client.listProjects()).toEqual([]);
        await expect(client.createOptimizationRun(aRun(project))).rejects.toMatchObject({ code: 'forbidden' });
      }
    });

    testOfClaims('claims of a key open no other project than its own, whatever they say', async () => {
      const other = newProject();
      await trail.client.createProject({ id: other });
      const key = await trail.client.createApiKey(project, { name: 'ci', scope: 'admin' });
      const both = trail.client.as({ optrail_projects: { [project]: 'owner', [other]: 'owner' }, optrail_key: key.id });
      expect((await both.listProjects()).map(({ id }) => id)).toEqual([project]);
      for (const optrail_key of ['no uuid', ABSENT, null, 7, '', { id: key.id }])
        expect(await trail.client.as({ optrail_projects: { [project]: 'owner' }, optrail_key }).listProjects()).toEqual([]);
    });

    testOfClaims('an expired key opens nothing, and one is not made expired', async () => {
      const { secret, ...key } = await trail.client.createApiKey(project, { name: 'ci', expiresAt: new Date(Date.now() + 3_600_000) });
      expect(await find(secret)).not.toBeNull();
      await trail.sql(
        "update optrail.api_keys set created_at = now() - interval '2 h', expires_at = now() - interval '1 s' where id = $1",
        [key.id],
      );
      expect(await find(secret)).toBeNull();
      expect(await trail.client.as(claimsOf(key, 'owner')).listProjects()).toEqual([]);
      const late = trail.client.createApiKey(project, { name: 'late', expiresAt: '2020-01-01T00:00:00Z' });
      await expect(late).rejects.toMatchObject({ code: 'invalid_input', path: 'expiresAt' });
      expect(await trail.client.listApiKeys(project)).toHaveLength(1);
    });

    test('its use is noted once a minute at most', async () => {
      const { secret, id } = await trail.client.createApiKey(project, { name: 'ci' });
      const lastUse = async () => (await trail.client.listApiKeys(project))[0]?.lastUsedAt;
      expect(await lastUse()).toBeNull();
      await find(secret);
      const first = await lastUse();
      expect(first).not.toBeNull();
      await find(secret);
      expect(await lastUse()).toBe(first);
      await trail.sql("update optrail.api_keys set last_used_at = now() - interval '61 s' where id = $1", [id]);
      await find(secret);
      expect(new Date((await lastUse()) ?? 0).getTime()).toBeGreaterThanOrEqual(new Date(first ?? '').getTime());
    });

    test.runIf(install.kind === 'postgres')('whoever holds its row holds up nobody who shows it', async () => {
      const { secret, id } = await trail.client.createApiKey(project, { name: 'ci' });
      const other = new pg.Client({ connectionString: trail.url });
      await other.connect();
      await other.query('begin');
      await other.query('select from optrail.api_keys where id = $1 for update', [id]);
      expect(await find(secret)).toMatchObject({ id });
      await other.query('rollback');
      await other.end();
    });

    test('an owner makes, sees and ends keys of his project, and nobody reads a hash', async () => {
      await trail.client.setProjectMember(project, 'anna', 'owner');
      const anna = trail.client.as({ sub: 'anna' });
      const made = await anna.createApiKey(project, { name: 'ci', scope: 'read' });
      expect(made).toMatchObject({ createdBy: 'anna', scope: 'read' });
      expect(await anna.revokeApiKey(project, made.id)).toMatchObject({ revokedAt: expect.any(String) });
      const hash = { text: 'select secret_hash from optrail.api_keys' };
      await expect(trail.database.query({ kind: 'claims', claims: { sub: 'anna' } }, hash)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(anna.createApiKey('absent', { name: 'ci' })).rejects.toMatchObject({ code: 'not_found', path: 'projectId' });
    });

    test.each([
      ['a scope that there is not', { name: 'x', scope: 'root' }, 'scope'],
      ['no name', {}, 'name'],
      ['a field that there is not', { name: 'x', secret: 'mine' }, 'secret'],
      ['a time without an offset', { name: 'x', expiresAt: '2027-01-01' }, 'expiresAt'],
    ])('%s is refused with its path', async (_, input, path) => {
      await expect(trail.client.createApiKey(project, input as { name: string })).rejects.toMatchObject({ code: 'invalid_input', path });
      expect(await trail.client.listApiKeys(project)).toEqual([]);
    });
  });
});
