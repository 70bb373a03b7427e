import { beforeAll, describe, expect, test } from 'vitest';
import { readMetricsToken } from '../../../src/config.js';
import { createServer, type OptrailServer } from '../../../src/server.js';
import { tokenOf } from '../../support/http.js';
import { newProject } from '../../support/records.js';
import { ask, type Sent, serving } from './served.js';

const TOKEN = '0123456789abcdef-the-token-of-prometheus';
const served = serving();
let closed: OptrailServer;
let open: OptrailServer;
beforeAll(() => {
  closed = served.server({ metricsToken: TOKEN });
  open = served.server({ metricsToken: TOKEN, auth: { open: true } });
});

const scrape = (server: OptrailServer, sent: Sent = {}) => ask(server, '/metrics', sent);

describe('the figures of all projects', () => {
  test('are for whoever shows the metrics token, from anywhere, on a server with keys and on an open one', async () => {
    for (const server of [closed, open]) {
      const { status, headers } = await scrape(server, {
        bearer: TOKEN,
        headers: { host: 'trail.example.com' },
        remoteAddress: '10.0.0.7',
      });
      expect({ status, type: headers.get('content-type') }).toMatchObject({ status: 200, type: expect.stringMatching(/^text\/plain/) });
    }
  });

  test('are for the user of this machine on an open server, and for no page and no other machine', async () => {
    expect((await scrape(open)).status).toBe(200);
    expect((await scrape(open, { remoteAddress: '10.0.0.7' })).status).toBe(403);
    expect((await scrape(open, { headers: { host: 'evil.example' } })).status).toBe(403);
    expect((await scrape(open, { bearer: TOKEN, headers: { origin: 'https://evil.example' } })).status).toBe(403);
  });

  test('are refused to everybody else with 401, and what to send', async () => {
    const { client } = served.trail;
    const { id } = await client.createProject({ id: newProject() });
    const { secret } = await client.createApiKey(id, { name: 'admin', scope: 'admin' });
    const wrong = [TOKEN.slice(0, -1), `${TOKEN}x`, TOKEN.toUpperCase(), secret, await tokenOf({ sub: 'somebody' })];
    const headers = [undefined, `Basic ${TOKEN}`, TOKEN, 'Bearer', `Bearer ${TOKEN}, ${TOKEN}`, ...wrong.map((each) => `Bearer ${each}`)];
    for (const authorization of headers) {
      const { status, headers, body } = await scrape(closed, authorization === undefined ? {} : { headers: { authorization } });
      expect({ status, code: body.code, hint: body.hint }, authorization).toEqual({
        status: 401,
        code: 'unauthenticated',
        hint: expect.stringContaining('OPTRAIL_METRICS_TOKEN'),
      });
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(JSON.stringify(body)).not.toContain(TOKEN);
    }
  });

  test('are all that the token opens', async () => {
    for (const server of [closed, open]) expect((await ask(server, '/v1/me', { bearer: TOKEN })).status).toBe(401);
  });

  test('are refused where no token is set, whatever is shown', async () => {
    const server = served.server();
    for (const bearer of ['undefined', '0'.repeat(16), TOKEN]) expect((await scrape(server, { bearer })).status).toBe(401);
  });

  test('are not held up by whoever guesses from the same address, and who guesses is', async () => {
    const server = served.server({ metricsToken: TOKEN });
    const guess = () => scrape(server, { bearer: 'a-wrong-guess', remoteAddress: '10.0.0.8' });
    const statuses: number[] = [];
    for (let time = 0; time < 25; time += 1) statuses.push((await guess()).status);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect((await scrape(server, { bearer: TOKEN, remoteAddress: '10.0.0.8' })).status).toBe(200);
  });
});

describe('the metrics token', () => {
  test.each(['', 'fifteen-letters', 'sixteen letters and spaces', 'sixteen,letters,and,commas', 'sechzehn-buchstäben'])(
    '%j is refused when the server is made',
    (metricsToken) => {
      expect(() => createServer({ memory: true, metricsToken })).toThrow(
        expect.objectContaining({ code: 'not_configured', path: 'metricsToken', hint: expect.stringContaining('openssl') }),
      );
    },
  );

  test('comes from the environment, where an empty one is none', () => {
    expect(readMetricsToken({ OPTRAIL_METRICS_TOKEN: ` ${TOKEN} ` })).toBe(TOKEN);
    expect(readMetricsToken({ OPTRAIL_METRICS_TOKEN: ' ' })).toBeUndefined();
  });
});
