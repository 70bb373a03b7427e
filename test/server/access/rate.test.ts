import { beforeAll, describe, expect, test } from 'vitest';
import { LruCache } from '../../../src/server/access/lru-cache.js';
import { networkOf, TokenBucket } from '../../../src/server/access/token-bucket.js';
import { ask, serving } from './served.js';

const served = serving();
beforeAll(() => served.trail.client.createProject({ id: 'p' }));

const key = (name: string) => served.trail.client.createApiKey('p', { name });
const WRONG = `optrail_00000000_${'x'.repeat(43)}`;

describe('requests over HTTP', () => {
  test('are limited for each key by itself, and told when to go on', async () => {
    const server = served.server({ rateLimit: { perSecond: 0.1, burst: 3 } });
    const [one, other] = [await key('one'), await key('other')];
    const statuses: number[] = [];
    for (let time = 0; time < 4; time += 1) statuses.push((await ask(server, '/v1/me', { bearer: one.secret })).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const { headers, body } = await ask(server, '/v1/me', { bearer: one.secret });
    expect(body).toMatchObject({ code: 'rate_limited', retryable: true });
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(9);
    expect((await ask(server, '/v1/me', { bearer: other.secret })).status).toBe(200);
  });

  test('with credentials that do not hold are limited by address, and nobody else is', async () => {
    const server = served.server();
    const { secret } = await key('works');
    const from = (remoteAddress: string, bearer = WRONG) => ask(server, '/v1/me', { bearer, remoteAddress }).then(({ status }) => status);
    expect(await from('192.0.2.1', secret)).toBe(200);
    const statuses: number[] = [];
    for (let time = 0; time < 25; time += 1) statuses.push(await from('192.0.2.1'));
    expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401));
    expect(statuses.at(-1)).toBe(429);
    expect(await from('192.0.2.1', 'no-token')).toBe(429);
    expect(await from('192.0.2.2')).toBe(401);
    // Behind the same proxy, a program that was known goes on.
    expect(await from('192.0.2.1', secret)).toBe(200);
  });

  test('with a key that holds are let in where nobody knows from where the wrong ones come', async () => {
    const server = served.server();
    for (let time = 0; time < 25; time += 1) await ask(server, '/v1/me', { bearer: WRONG });
    expect((await ask(server, '/v1/me', { bearer: WRONG })).status).toBe(429);
    expect((await ask(server, '/v1/me', { bearer: (await key('new')).secret })).status).toBe(200);
  });

  test('have no limit where it is switched off', async () => {
    const server = served.server({ rateLimit: false });
    for (let time = 0; time < 30; time += 1) expect((await ask(server, '/v1/me', { bearer: WRONG })).status).toBe(401);
  });
});

describe('a bucket', () => {
  const take = (limit: TokenBucket, caller = 'a') => {
    try {
      limit.take(caller);
      return 'taken';
    } catch (error) {
      return (error as { headers: Record<string, string> }).headers['retry-after'];
    }
  };

  test('fills with time, up to its size', () => {
    const clock = { now: 0 };
    const limit = new TokenBucket({ perSecond: 2, burst: 2 }, () => clock.now);
    expect([take(limit), take(limit), take(limit)]).toEqual(['taken', 'taken', '1']);
    clock.now += 499;
    expect(take(limit)).toBe('1');
    clock.now += 1;
    expect([take(limit), take(limit)]).toEqual(['taken', '1']);
    clock.now += 3_600_000;
    expect([take(limit), take(limit), take(limit)]).toEqual(['taken', 'taken', '1']);
  });

  test('says how long it takes where it fills slowly', () => {
    const limit = new TokenBucket({ perSecond: 0.1, burst: 1 }, () => 0);
    expect([take(limit), take(limit), take(limit, 'b')]).toEqual(['taken', '10', 'taken']);
  });
});

test('what is remembered is bounded, and what is used stays', () => {
  const recent = new LruCache<number>(3);
  for (const [index, name] of ['a', 'b', 'c'].entries()) recent.set(name, index);
  recent.get('a');
  recent.set('d', 3);
  expect(['a', 'b', 'c', 'd'].filter((name) => recent.has(name))).toEqual(['a', 'c', 'd']);
  for (let index = 0; index < 1000; index += 1) recent.set(String(index), index);
  expect(recent.size).toBe(3);
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::6', '2001:db8:1:2::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('failures from %s are counted for %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
