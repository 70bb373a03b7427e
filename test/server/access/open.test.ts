import { beforeAll, describe, expect, test } from 'vitest';
import type { OptrailServer } from '../../../src/server.js';
import { createServer } from '../../../src/server.js';
import { aRun } from '../../support/records.js';
import { ask, serving } from './served.js';

const served = serving();
const ALLOWED = 'https://app.example.com';
let open: OptrailServer;
let closed: OptrailServer;
beforeAll(() => {
  open = served.server({ auth: { open: true }, allowedOrigins: [ALLOWED] });
  closed = served.server({ allowedOrigins: [ALLOWED] });
});

const status = async (server: OptrailServer, headers: Record<string, string>, remoteAddress?: string) =>
  (await ask(server, '/v1/me', { headers, ...(remoteAddress === undefined ? {} : { remoteAddress }) })).status;

describe('an open server', () => {
  test.each(['127.0.0.1:4700', 'localhost:4700', 'LOCALHOST', 'localhost.', 'trail.localhost:80', '[::1]:4700', '127.8.9.1'])(
    'takes who calls it %s without credentials for the user of this machine',
    async (host) => {
      const { body } = await ask(open, '/v1/me', { headers: { host } });
      expect(body).toMatchObject({ kind: 'local', sub: null, projects: null });
    },
  );

  test.each([
    'evil.example',
    'evil.example:4700',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '192.168.0.4:4700',
    '[fe80::1]',
    '0.0.0.0',
    'a b',
    '',
  ])('called %j refuses him: a page could have had its own name resolved to this machine', async (host) => {
    const { status, body } = await ask(open, '/v1/me', { headers: { host } });
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' });
  });

  test.each(['10.0.0.7', '::ffff:10.0.0.7', '2001:db8::1'])('refuses the other machine %s, whatever name it calls', async (address) => {
    expect(await status(open, {}, address)).toBe(403);
  });

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('lets this machine in, from %s', async (address) => {
    expect(await status(open, {}, address)).toBe(200);
  });

  test('takes credentials for what they are, and never more', async () => {
    await served.trail.client.createProject({ id: 'p' });
    const { secret } = await served.trail.client.createApiKey('p', { name: 'ci', scope: 'read' });
    expect((await ask(open, '/v1/me', { bearer: secret })).body).toMatchObject({ kind: 'key', projects: { p: 'viewer' } });
    expect((await ask(open, '/v1/runs', { method: 'POST', bearer: secret, body: aRun('p') })).status).toBe(403);
    expect((await ask(open, '/v1/me', { bearer: 'wrong' })).status).toBe(401);
    expect((await ask(open, '/v1/me', { headers: { authorization: '' } })).status).toBe(401);
    expect((await ask(open, '/v1/me', { bearer: secret, headers: { host: 'trail.example.com' } })).status).toBe(200);
  });

  test('has no limit for the user of this machine', async () => {
    const server = served.server({ auth: { open: true }, rateLimit: { perSecond: 1, burst: 1 } });
    for (let time = 0; time < 5; time += 1) expect(await status(server, {})).toBe(200);
  });
});

describe('a page', () => {
  const FOREIGN = [
    'https://evil.example',
    'null',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'file://',
    'http://localhost:3000',
    '',
  ];

  test.each(FOREIGN)('of the origin %j is refused, by an open server and by one that wants a key', async (origin) => {
    for (const server of [open, closed]) {
      const { status, body, headers } = await ask(server, '/v1/me', { headers: { origin } });
      expect({ status, code: body.code, allowed: headers.get('access-control-allow-origin') }).toEqual({
        status: 403,
        code: 'forbidden',
        allowed: null,
      });
      const preflight = await ask(server, '/v1/runs', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
      expect(preflight).toMatchObject({ status: 403 });
    }
  });

  test('of a foreign origin changes nothing', async () => {
    const before = await served.trail.client.listProjects();
    const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
    expect((await ask(open, '/v1/runs', { method: 'POST', headers, body: JSON.stringify(aRun('evil')) })).status).toBe(403);
    expect(await served.trail.client.listProjects()).toEqual(before);
  });

  test.each([
    ['http://127.0.0.1:4700', '127.0.0.1:4700'],
    ['http://localhost:4700', 'localhost:4700'],
    ['http://localhost', 'localhost'],
  ])("of the server's own origin %s is let in, and told of no others", async (origin, host) => {
    const { status, headers } = await ask(open, '/v1/me', { headers: { origin, host } });
    expect({ status, allowed: headers.get('access-control-allow-origin') }).toEqual({ status: 200, allowed: null });
  });

  test('behind a proxy that ends TLS is of the own origin too', async () => {
    const { status } = await ask(closed, '/v1/me', { headers: { origin: 'https://trail.example.com', host: 'trail.example.com' } });
    expect(status).toBe(401);
  });

  test('of an allowed origin may read the answer, errors too, and the headers that it needs', async () => {
    for (const [server, wanted] of [
      [open, 200],
      [closed, 401],
    ] as const) {
      const { status, headers } = await ask(server, '/v1/me', { headers: { origin: ALLOWED } });
      expect(status).toBe(wanted);
      expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(headers.get('access-control-expose-headers')?.split(',')).toEqual(['Link', 'ETag', 'Retry-After', 'X-Request-Id']);
      expect(headers.get('vary')).toMatch(/Origin/);
    }
  });

  test('of an allowed origin may ask first, for every method', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const { status, headers } = await ask(closed, '/v1/projects/p', {
        method: 'OPTIONS',
        headers: {
          origin: ALLOWED,
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,content-type',
        },
      });
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
      expect(headers.get('access-control-allow-methods')?.split(',')).toContain(method);
      expect(headers.get('access-control-allow-headers')?.toLowerCase().split(',')).toEqual(
        expect.arrayContaining(['authorization', 'content-type', 'last-event-id']),
      );
    }
  });

  test.each(['*', 'app.example.com', 'https://app.example.com/', 'https://*.example.com', 'null'])('cannot be allowed as %j', (origin) => {
    expect(() => createServer({ memory: true, allowedOrigins: [origin] })).toThrow(
      expect.objectContaining({ code: 'not_configured', path: 'allowedOrigins' }),
    );
  });
});
