import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTokenSettings } from '../../../src/config.js';
import { createServer, type OptrailServer } from '../../../src/server.js';
import { aRun } from '../../support/records.js';
import { ask, serving } from './served.js';

const SECRET = 'a secret of 32 bytes or more, as Supabase has them';
const CLAIMS = { sub: 'anna', aud: 'authenticated', iss: 'https://issuer.example', role: 'authenticated' };
const served = serving();

type Change = Record<string, unknown>;
const now = () => Math.floor(Date.now() / 1000);

/** A token that holds, but for what the test changes; a claim of undefined is left out. */
function signed(
  change: Change = {},
  { key = new TextEncoder().encode(SECRET) as Uint8Array | CryptoKey, alg = 'HS256', kid = undefined as string | undefined } = {},
) {
  const claims = Object.fromEntries(Object.entries({ ...CLAIMS, exp: now() + 600, ...change }).filter(([, value]) => value !== undefined));
  return new SignJWT(claims).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key);
}

/** Names which part of a token is changed, and to what. */
function tampered(token: string, change: (parts: { header: Record<string, unknown>; payload: Record<string, unknown> }) => void): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString());
  const write = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const parts = { header: read(header), payload: read(payload) };
  change(parts);
  return `${write(parts.header)}.${write(parts.payload)}.${signature}`;
}

const me = (server: OptrailServer, token: string) => ask(server, '/v1/me', { bearer: token });

beforeAll(async () => {
  await served.trail.client.createOptimizationRun(aRun('annas'));
  await served.trail.client.createOptimizationRun(aRun('others'));
  await served.trail.client.setProjectMember('annas', 'anna', 'editor');
});

describe('tokens signed with a secret', () => {
  let server: OptrailServer;
  beforeAll(() => {
    server = served.server({ auth: { jwtSecret: SECRET, audience: 'authenticated', issuer: CLAIMS.iss } });
  });

  test('name a user, who does what his membership allows', async () => {
    const token = await signed();
    expect((await me(server, token)).body).toMatchObject({ kind: 'token', sub: 'anna', projects: { annas: 'editor' } });
    expect((await ask(server, '/v1/runs', { bearer: token })).body.data).toMatchObject([{ projectId: 'annas' }]);
    const run = await ask(server, '/v1/runs', { method: 'POST', bearer: token, body: aRun('annas') });
    expect(run).toMatchObject({ status: 201, body: { createdBy: 'anna' } });
    expect((await ask(server, '/v1/runs', { method: 'POST', bearer: token, body: aRun('others') })).status).toBe(403);
  });

  test('may name projects, as whoever signs them decides', async () => {
    const token = await signed({ optrail_projects: { others: 'viewer' } });
    expect((await me(server, token)).body).toMatchObject({ projects: { annas: 'editor', others: 'viewer' } });
  });

  test.each<[string, Change]>([
    ['the role service_role', { role: 'service_role' }],
    ['a role of the database', { role: 'postgres' }],
    ['no role', { role: undefined }],
  ])('with %s elevate nobody', async (_, change) => {
    const token = await signed(change);
    expect((await ask(server, '/v1/projects', { bearer: token })).body.data).toMatchObject([{ id: 'annas' }]);
    expect((await ask(server, '/v1/projects', { method: 'POST', bearer: token, body: { id: 'new' } })).status).toBe(403);
    expect((await ask(server, '/v1/analytics/refresh', { method: 'POST', bearer: token })).status).toBe(403);
  });

  test.each<[string, Change]>([
    ['the role anon', { role: 'anon', optrail_projects: { others: 'owner' } }],
    ['no sub', { sub: undefined, optrail_projects: { others: 'owner' } }],
    ['an empty sub', { sub: '' }],
    ['the role service_role and no sub, as keys of Supabase have it', { sub: undefined, role: 'service_role' }],
  ])('with %s name nobody, who sees nothing', async (_, change) => {
    const token = await signed(change);
    expect((await me(server, token)).body).toMatchObject({ kind: 'token', sub: null, projects: {} });
    for (const path of ['/v1/projects', '/v1/runs']) expect((await ask(server, path, { bearer: token })).body.data).toEqual([]);
    expect((await ask(server, '/v1/runs', { method: 'POST', bearer: token, body: aRun('others') })).status).toBe(403);
  });

  test('that say they are a key are none', async () => {
    const { id } = await served.trail.client.createApiKey('others', { name: 'ci' });
    const token = await signed({ optrail_key: id });
    expect((await me(server, token)).body).toMatchObject({ kind: 'token', projects: { annas: 'editor' } });
  });

  test.each<[string, () => Promise<string> | string, RegExp]>([
    ['another audience', () => signed({ aud: 'someone-else' }), /claim aud/],
    ['no audience', () => signed({ aud: undefined }), /no claim aud/],
    ['another issuer', () => signed({ iss: 'https://issuer.example.evil' }), /claim iss/],
    ['no issuer', () => signed({ iss: undefined }), /no claim iss/],
    ['no end', () => signed({ exp: undefined }), /no claim exp/],
    ['an end that is over', () => signed({ exp: now() - 31 }), /has expired/],
    ['a beginning to come', () => signed({ nbf: now() + 60 }), /claim nbf/],
    ['another secret', () => signed({}, { key: new TextEncoder().encode('another secret of 32 bytes or more') }), /not valid/],
    ['alg HS512', () => signed({}, { alg: 'HS512' }), /algorithm/],
    ['alg none', () => new UnsecuredJWT(CLAIMS).setExpirationTime('1h').encode(), /algorithm/],
    [
      'alg None, and the signature left in place',
      async () => tampered(await signed(), ({ header }) => Object.assign(header, { alg: 'None' })),
      /algorithm/,
    ],
    ['a claim changed', async () => tampered(await signed(), ({ payload }) => Object.assign(payload, { sub: 'bert' })), /not valid/],
    [
      'a critical header nobody knows',
      async () => tampered(await signed(), ({ header }) => Object.assign(header, { crit: ['x'], x: 1 })),
      /not valid/,
    ],
    ['a role there is not in a project', () => signed({ optrail_projects: { annas: 'boss' } }), /optrail_projects/],
    ['a NUL in its sub', () => signed({ sub: 'an\0na' }), /sub/],
    ['no dots', () => 'anna', /neither an API key nor a token/],
    ['16 KiB', () => signed({ padding: 'x'.repeat(16_384) }), /characters/],
  ])('with %s are refused', async (_, make, reason) => {
    const token = await make();
    const { status, body, headers } = await me(server, token);
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
    expect(body.detail).toMatch(reason);
    expect(headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect(JSON.stringify(body)).not.toContain(token);
  });

  test.each<[string, Change]>([
    ['ended', { exp: now() - 10 }],
    ['begin', { nbf: now() + 20 }],
  ])('that %s within half a minute are taken, since clocks differ', async (_, change) => {
    expect((await me(server, await signed(change))).status).toBe(200);
  });

  test('with several audiences are taken where one is right', async () => {
    expect((await me(server, await signed({ aud: ['other', 'authenticated'] }))).status).toBe(200);
  });

  test('are refused by a server that was given no secret', async () => {
    expect((await me(served.server(), await signed())).body).toMatchObject({
      status: 401,
      detail: 'This server does not take tokens, only API keys.',
    });
  });
});

describe('tokens signed with a key of a set', () => {
  let host: Server;
  let url: string;
  let asked = 0;
  let keys: JWK[] = [];
  let isDown = false;
  let rsa: CryptoKey;
  let elliptic: CryptoKey;
  let unknown: CryptoKey;
  let publicRsa: JWK;

  beforeAll(async () => {
    const [one, two, three] = [
      await generateKeyPair('RS256', { extractable: true }),
      await generateKeyPair('ES256'),
      await generateKeyPair('RS256'),
    ];
    [rsa, elliptic, unknown] = [one.privateKey, two.privateKey, three.privateKey];
    publicRsa = { ...(await exportJWK(one.publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' };
    keys = [publicRsa, { ...(await exportJWK(two.publicKey)), kid: 'elliptic', alg: 'ES256', use: 'sig' }];
    host = createHttpServer((_, response) => {
      asked += 1;
      response.writeHead(isDown ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys }));
    }).listen(0, '127.0.0.1');
    await once(host, 'listening');
    url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/jwks.json`;
  });
  afterAll(() => void host?.close());

  const byKeySet = (auth = {}) => served.server({ auth: { jwksUrl: url, audience: 'authenticated', ...auth } });

  test('RS256 and ES256 name a user, and the set is fetched once', async () => {
    const server = byKeySet();
    asked = 0;
    for (const options of [
      { key: rsa, alg: 'RS256', kid: 'rsa' },
      { key: elliptic, alg: 'ES256', kid: 'elliptic' },
    ])
      expect((await me(server, await signed({}, options))).body).toMatchObject({ sub: 'anna' });
    expect(asked).toBe(1);
  });

  test('a key that the set does not hold is refused, and asked for once in half a minute', async () => {
    const server = byKeySet();
    asked = 0;
    const token = await signed({}, { key: unknown, alg: 'RS256', kid: 'unknown' });
    for (let time = 0; time < 3; time += 1)
      expect((await me(server, token)).body).toMatchObject({ status: 401, detail: expect.stringMatching(/key set/) });
    expect(asked).toBe(1);
    expect((await me(server, await signed({}, { key: unknown, alg: 'RS256', kid: 'rsa' }))).status).toBe(401);
  });

  test('a public key is never taken for a secret, also where both are configured', async () => {
    const server = byKeySet({ jwtSecret: SECRET });
    const confused = await signed({}, { key: new TextEncoder().encode(JSON.stringify(publicRsa)), alg: 'HS256', kid: 'rsa' });
    expect((await me(server, confused)).status).toBe(401);
    expect((await me(byKeySet(), await signed({}, { kid: 'rsa' }))).body).toMatchObject({ detail: expect.stringMatching(/algorithm/) });
    expect((await me(server, await signed())).status).toBe(200);
    expect((await me(server, await signed({}, { key: rsa, alg: 'RS256', kid: 'rsa' }))).status).toBe(200);
  });

  test('where the set can not be had, that is no fault of the token, and it is asked for again a while later', async () => {
    const server = byKeySet();
    const token = await signed({}, { key: rsa, alg: 'RS256', kid: 'rsa' });
    [asked, isDown] = [0, true];
    for (let time = 0; time < 3; time += 1) {
      const { status, headers, body } = await me(server, token);
      expect({ status, retryable: body.retryable, after: headers.get('retry-after') }).toEqual({
        status: 503,
        retryable: true,
        after: '1',
      });
    }
    isDown = false;
    expect(asked).toBe(1);
  });
});

describe('settings', () => {
  test.each([
    ['a short secret', { jwtSecret: 'short' }, 'auth.jwtSecret'],
    ['a key set that anybody could stand in for', { jwksUrl: 'http://issuer.example/jwks', audience: 'x' }, 'auth.jwksUrl'],
    ['a key set at no URL', { jwksUrl: 'issuer', audience: 'x' }, 'auth.jwksUrl'],
    ['a key set without an audience', { jwksUrl: 'https://issuer.example/jwks' }, 'auth.audience'],
    ['an audience of nothing', { audience: 'x' }, 'auth.jwtSecret'],
  ])('%s is refused when the server is made', (_, auth, path) => {
    expect(() => createServer({ memory: true, auth })).toThrow(expect.objectContaining({ code: 'not_configured', path }));
  });

  test('come from the environment, where an empty one is none', () => {
    const environment = { OPTRAIL_JWT_SECRET: SECRET, OPTRAIL_JWKS_URL: ' ', OPTRAIL_JWT_AUDIENCE: 'a', OPTRAIL_JWT_ISSUER: 'i' };
    expect(readTokenSettings(environment)).toEqual({ jwtSecret: SECRET, audience: 'a', issuer: 'i' });
  });
});
