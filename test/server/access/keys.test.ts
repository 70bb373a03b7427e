import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { TrailClient } from '../../../src/client/port.js';
import type { CreatedApiKey } from '../../../src/schemas/index.js';
import { ApiKeyCache } from '../../../src/server/access/api-key-cache.js';
import type { Caller } from '../../../src/server/port.js';
import type { OptrailServer } from '../../../src/server.js';
import { aRun, newProject } from '../../support/records.js';
import { ask, serving } from './served.js';

const served = serving();
let server: OptrailServer;
let project: string;
beforeAll(() => {
  server = served.server();
});
beforeEach(async () => {
  project = newProject();
  await served.trail.client.createProject({ id: project });
});

const key = (input: Partial<Parameters<typeof served.trail.client.createApiKey>[1]> = {}) =>
  served.trail.client.createApiKey(project, { name: 'ci', ...input });
const me = async ({ secret }: Pick<CreatedApiKey, 'secret'>, at = server) => (await ask(at, '/v1/me', { bearer: secret })).status;

describe('an API key', () => {
  test.each([
    ['read', 'viewer', 403, 403],
    ['write', 'editor', 201, 403],
    ['admin', 'owner', 201, 200],
  ] as const)('of scope %s acts as %s of its project', async (scope, role, creates, manages) => {
    const { secret } = await key({ scope });
    expect((await ask(server, '/v1/me', { bearer: secret })).body).toMatchObject({ kind: 'key', sub: null, projects: { [project]: role } });
    const run = await ask(server, '/v1/runs', { method: 'POST', bearer: secret, body: aRun(project) });
    expect(run.status).toBe(creates);
    expect((await ask(server, `/v1/projects/${project}/keys`, { bearer: secret })).status).toBe(manages);
    const elsewhere = await ask(server, '/v1/runs', { method: 'POST', bearer: secret, body: aRun('another') });
    expect(elsewhere).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  test('that is shown has been used', async () => {
    const made = await key();
    await me(made);
    const [listed] = await served.trail.client.listApiKeys(project);
    expect(Date.now() - Date.parse(listed?.lastUsedAt ?? '')).toBeLessThan(60_000);
  });

  test('that is revoked here is refused at once', async () => {
    const [admin, other] = [await key({ scope: 'admin' }), await key()];
    expect(await me(other)).toBe(200);
    const revoked = await ask(server, `/v1/projects/${project}/keys/${other.id.toUpperCase()}`, { method: 'DELETE', bearer: admin.secret });
    expect(revoked).toMatchObject({ status: 200, body: { revokedAt: expect.any(String) } });
    expect(await me(other)).toBe(401);
    await ask(server, `/v1/projects/${project}/keys/${admin.id}`, { method: 'DELETE', bearer: admin.secret });
    expect(await me(admin)).toBe(401);
  });

  test('that is revoked elsewhere opens nothing at once, though this server still remembers it', async () => {
    const made = await key();
    const runs = async () => (await ask(server, '/v1/runs', { bearer: made.secret })).body.data?.length;
    await served.trail.client.createOptimizationRun(aRun(project));
    expect(await runs()).toBe(1);
    await served.trail.client.revokeApiKey(project, made.id);
    expect(await runs()).toBe(0);
    expect((await ask(server, '/v1/runs', { method: 'POST', bearer: made.secret, body: aRun(project) })).status).toBe(403);
  });

  test('goes with its project, at once', async () => {
    const admin = await key({ scope: 'admin' });
    expect((await ask(server, `/v1/projects/${project}`, { method: 'DELETE', bearer: admin.secret })).status).toBe(204);
    expect(await me(admin)).toBe(401);
  });

  test('that has expired is refused', async () => {
    const made = await key({ expiresAt: new Date(Date.now() + 3_600_000) });
    await served.trail.sql(
      "update optrail.api_keys set created_at = now() - interval '2 h', expires_at = now() - interval '1 s' where id = $1",
      [made.id],
    );
    expect(await me(made)).toBe(401);
  });

  test('can be one of two, while programs change over from the old to the new', async () => {
    const [before, after] = [await key(), await key()];
    expect([await me(before), await me(after)]).toEqual([200, 200]);
  });

  test.each([
    ['a letter', ({ secret }: CreatedApiKey) => `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`],
    ['its end', ({ secret }: CreatedApiKey) => secret.slice(0, -1)],
    ['its prefix', ({ prefix }: CreatedApiKey) => prefix],
    ['another prefix', ({ secret }: CreatedApiKey) => `optrail_00000000${secret.slice(16)}`],
    ['a quote', () => "optrail_00000000_' or true --"],
  ])('with %s that is not right is refused, and not told', async (_, wrong) => {
    const secret = wrong(await key());
    const { status, headers, body } = await ask(server, '/v1/me', { bearer: secret });
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(JSON.stringify(body)).not.toContain(secret.slice(8));
  });

  test.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer a, Bearer b', 'bearer', 'Bearer a b'])(
    'a header of %j is refused',
    async (authorization) => {
      expect(await ask(server, '/v1/me', { headers: { authorization } })).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    },
  );

  test('may be named as any case of the scheme', async () => {
    const { secret } = await key();
    expect((await ask(server, '/v1/me', { headers: { authorization: `bEARER  ${secret}` } })).status).toBe(200);
  });

  test('is asked for where there is none', async () => {
    const { status, headers, body } = await ask(server, '/v1/runs');
    expect({ status, code: body.code, asked: headers.get('www-authenticate') }).toEqual({
      status: 401,
      code: 'unauthenticated',
      asked: 'Bearer',
    });
  });
});

describe('the keys that were shown lately', () => {
  const CALLER: Extract<Caller, { kind: 'key' }> = { kind: 'key', keyId: 'k', projectId: 'p', role: 'editor', claims: {} };

  /** A ring of keys over look-ups that the test answers. */
  function ring() {
    const asked: ((caller: typeof CALLER | null) => void)[] = [];
    const clock = { now: 0 };
    const keys = new ApiKeyCache(
      () => new Promise((resolve) => asked.push(resolve)),
      () => clock.now,
    );
    const find = async (caller: typeof CALLER | null, before = async () => {}) => {
      const count = asked.length;
      const found = keys.find('secret');
      while (asked.length === count) await new Promise((resolve) => setImmediate(resolve));
      await before();
      asked.at(-1)?.(caller);
      return found;
    };
    const client = keys.watched({ revokeApiKey: async () => ({}), deleteProject: async () => true } as unknown as TrailClient);
    return { keys, clock, asked, find, client };
  }

  test('are looked up again after five seconds', async () => {
    const { keys, clock, asked, find } = ring();
    expect(await find(CALLER)).toEqual(CALLER);
    clock.now = 4_999;
    expect(await keys.find('secret')).toEqual(CALLER);
    expect(asked).toHaveLength(1);
    clock.now = 5_000;
    expect(await find(null)).toBeNull();
    expect(keys.knows('secret')).toBe(false);
  });

  test('are not remembered where a key ended while they were looked up', async () => {
    const { keys, asked, find, client } = ring();
    await find(CALLER, async () => {
      await client.revokeApiKey('p', 'K');
    });
    expect(keys.knows('secret')).toBe(false);
    await find(CALLER, async () => {
      await client.deleteProject('another');
    });
    expect(await find(null)).toBeNull();
    expect(asked).toHaveLength(3);
  });
});
