import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Database, type Identity, TRUSTED } from '../../src/database/port.js';
import { OwnPool } from '../../src/database/postgres/own-pool.js';
import { openPostgres } from '../../src/database/postgres.js';
import { CERTIFICATE, KEY } from '../support/certificate.js';
import { freshDatabase } from '../support/databases.js';
import { MAJORS, startServer } from '../support/postgres.js';
import { startProxy, type TcpProxy } from '../support/proxy.js';
import { asSuperuser } from '../support/sql.js';

const MEMBER: Identity = { kind: 'claims', claims: { sub: 'someone' } };
const ONE = { text: 'select $1::int as one', values: [1] };

const open: Database[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
});

function connect(options: Parameters<typeof openPostgres>[0]): Database {
  const database = openPostgres(options);
  open.push(database);
  return database;
}

async function throughProxy(url: string): Promise<TcpProxy> {
  const proxy = await startProxy(url);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Backends of a database that run something, its own asker aside. */
async function running(url: string): Promise<number> {
  const [row] = await asSuperuser(
    url,
    "select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()",
  );
  return Number(row?.n);
}

async function eventually(check: () => Promise<boolean>, within = 10_000): Promise<void> {
  for (const deadline = Date.now() + within; !(await check()); ) {
    if (Date.now() > deadline) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.each(MAJORS)('network round trips on PostgreSQL %i', (major) => {
  test.each<[string, number, (database: Database) => Promise<unknown>]>([
    ['a trusted statement', 1, (database) => database.query(TRUSTED, ONE)],
    ['a statement under claims', 1, (database) => database.query(MEMBER, ONE)],
    ['a statement without claims', 1, (database) => database.query({ kind: 'claims', claims: null }, ONE)],
    ['a failing statement under claims', 1, (database) => database.query(MEMBER, { text: 'select 1/0' }).catch(() => {})],
    ['an empty transaction', 0, (database) => database.transaction(MEMBER, async () => 1)],
    [
      'a transaction of three statements',
      4,
      (database) =>
        database.transaction(MEMBER, async (transaction) => {
          for (let turn = 0; turn < 3; turn += 1) await transaction.query(ONE);
        }),
    ],
    [
      'a transaction that fails with its first statement',
      2,
      (database) => database.transaction(MEMBER, (transaction) => transaction.query({ text: 'select 1/0' })).catch(() => {}),
    ],
  ])('%s: %i', async (_, trips, work) => {
    const proxy = await throughProxy(await freshDatabase(major, { migrated: true }));
    const database = connect({ url: proxy.url });
    await database.query(TRUSTED, ONE);
    proxy.reset();
    await work(database);
    expect(proxy.roundTrips()).toBe(trips);
  });

  test('a statement under claims takes the time of one', async () => {
    const proxy = await throughProxy(await freshDatabase(major, { migrated: true }));
    const database = connect({ url: proxy.url });
    await database.query(TRUSTED, ONE);
    proxy.delay = 300;
    const begun = performance.now();
    await database.query(MEMBER, ONE);
    expect(performance.now() - begun).toBeLessThan(1_190);
  });
});

describe('an AbortSignal', () => {
  test('stops the query on the server and gives its connection back', async () => {
    const url = await freshDatabase(18, { migrated: true });
    const database = connect({ url, maxConnections: 1 });
    const begun = performance.now();
    const controller = new AbortController();
    const slow = database.query(MEMBER, { text: 'select pg_sleep(60)' }, { signal: controller.signal });
    await eventually(async () => (await running(url)) === 1);
    controller.abort();
    await expect(slow).rejects.toMatchObject({ code: 'aborted' });
    await expect(database.query(TRUSTED, ONE)).resolves.toEqual([{ one: 1 }]);
    await eventually(async () => (await running(url)) === 0);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test('does not wait for a connection', async () => {
    const url = await freshDatabase(18);
    const database = connect({ url, maxConnections: 1 });
    const busy = database.query(TRUSTED, { text: 'select pg_sleep(1)' });
    await expect(database.query(TRUSTED, ONE, { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: 'aborted' });
    await busy;
    await expect(database.query(TRUSTED, ONE)).resolves.toEqual([{ one: 1 }]);
  });

  test('ends a transaction that waits for a lock', async () => {
    const url = await freshDatabase(18);
    const database = connect({ url });
    await database.script('create table t (id int)');
    await database.transaction(TRUSTED, async (transaction) => {
      await transaction.query({ text: 'lock table t' });
      const waiting = database.transaction(TRUSTED, (other) => other.query({ text: 'lock table t' }), { signal: AbortSignal.timeout(100) });
      await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
    });
    await eventually(async () => (await running(url)) === 0);
  });
});

describe('a statement that fails', () => {
  // PostgreSQL reports the error first and rolls back then: until it is ready again, other connections meet the failed statement's locks.
  test('is over when its caller hears of it', async () => {
    const proxy = await throughProxy(await freshDatabase(18));
    const database = connect({ url: proxy.url });
    await database.query(TRUSTED, ONE);
    proxy.readyDelay = 300;
    const before = performance.now();
    await expect(database.query(TRUSTED, { text: 'select 1 / 0' })).rejects.toThrow('division by zero');
    expect(performance.now() - before).toBeGreaterThanOrEqual(290);
  });
});

describe('a connection that breaks', () => {
  test('in mid-query is database_unreachable, and the next call gets another', async () => {
    const url = await freshDatabase(18);
    const proxy = await throughProxy(url);
    const database = connect({ url: proxy.url, maxConnections: 1 });
    const slow = database.query(TRUSTED, { text: 'select pg_sleep(5)' });
    await eventually(async () => (await running(url)) === 1);
    proxy.cut();
    await expect(slow).rejects.toMatchObject({
      code: 'database_unreachable',
      retryable: true,
      message: expect.stringContaining(proxy.url),
    });
    await expect(database.query(TRUSTED, ONE)).resolves.toEqual([{ one: 1 }]);
  });

  test('while idle does not end the process', async () => {
    const proxy = await throughProxy(await freshDatabase(18));
    const database = connect({ url: proxy.url });
    await database.query(TRUSTED, ONE);
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(database.query(TRUSTED, ONE)).resolves.toEqual([{ one: 1 }]);
  });

  test('because the server ends it is database_unreachable', async () => {
    const url = await freshDatabase(18);
    const database = connect({ url, maxConnections: 1 });
    const killing = database.transaction(TRUSTED, async (transaction) => {
      const [row] = await transaction.query({ text: 'select pg_backend_pid() as pid' });
      await asSuperuser(url, 'select pg_terminate_backend($1)', [row?.pid]);
      await transaction.query(ONE);
    });
    await expect(killing).rejects.toMatchObject({ code: 'database_unreachable', retryable: true });
    await expect(database.query(TRUSTED, ONE)).resolves.toEqual([{ one: 1 }]);
  });

  test('in the very message that greets the client is database_unreachable, and no event that ends the process', async () => {
    const message = (type: string, body: string) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(4 + body.length);
      return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
    };
    const greeting = [message('R', '\0\0\0\0'), message('Z', 'I'), message('E', 'SFATAL\0C57P01\0Mgoodbye\0\0')];
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(Buffer.concat(greeting)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const database = connect({ url: `postgresql://someone@127.0.0.1:${port}/db` });
    await expect(database.query(TRUSTED, ONE)).rejects.toMatchObject({ code: 'database_unreachable', retryable: true });
  });

  test('again and again leaks no connection', async () => {
    const url = await freshDatabase(18);
    const database = connect({ url, maxConnections: 2 });
    const suicide = { text: 'select pg_terminate_backend(pg_backend_pid())' };
    for (let turn = 0; turn < 10; turn += 1) {
      await expect(database.query(TRUSTED, suicide)).rejects.toMatchObject({ code: 'database_unreachable' });
      await expect(database.query(TRUSTED, ONE)).resolves.toEqual([{ one: 1 }]);
    }
  });
});

describe('TLS', () => {
  const USED = { text: 'select ssl as encrypted from pg_stat_ssl where pid = pg_backend_pid()' };

  async function encryptingServer(): Promise<string> {
    const files = { 'server.crt': CERTIFICATE, 'server.key': KEY };
    const server = await startServer(18, { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key' }, files);
    onTestFinished(() => server.stop());
    return server.url;
  }

  function preferring(url: string): Database {
    const pool = new OwnPool(url, 4, true);
    onTestFinished(() => pool.end());
    return openPostgres({ pool });
  }

  test('is tried with a server on another machine, and done without where there is none', async () => {
    expect(await preferring(await encryptingServer()).query(TRUSTED, USED)).toEqual([{ encrypted: true }]);
    const plain = preferring(await freshDatabase(18));
    expect(await Promise.all([1, 2, 3].map(() => plain.query(TRUSTED, USED)))).toEqual(Array(3).fill([{ encrypted: false }]));
  });

  test('is as the URL says, where it says so', async () => {
    const url = await encryptingServer();
    expect(await connect({ url }).query(TRUSTED, USED)).toEqual([{ encrypted: false }]);
    expect(await connect({ url: `${url}?sslmode=no-verify` }).query(TRUSTED, USED)).toEqual([{ encrypted: true }]);
    await expect(connect({ url: `${url}?sslmode=verify-full` }).query(TRUSTED, USED)).rejects.toMatchObject({
      code: 'database_unreachable',
      retryable: false,
      hint: expect.stringContaining('sslmode'),
    });
  });

  test('also carries the request to stop a query', async () => {
    const url = await encryptingServer();
    const database = connect({ url: `${url}?sslmode=no-verify` });
    const controller = new AbortController();
    const slow = database.query(TRUSTED, { text: 'select pg_sleep(60)' }, { signal: controller.signal });
    await eventually(async () => (await running(url)) === 1);
    controller.abort();
    await expect(slow).rejects.toMatchObject({ code: 'aborted' });
    await eventually(async () => (await running(url)) === 0);
  });
});

describe('a server that is not there', () => {
  test.each([
    ['refuses', 'postgresql://someone:secret@127.0.0.1:1/db', 'database_unreachable', true],
    ['has no name', 'postgresql://someone:secret@nowhere.invalid/db', 'database_unreachable', true],
  ])('%s', async (_, url, code, retryable) => {
    const failure = connect({ url }).query(TRUSTED, ONE);
    await expect(failure).rejects.toMatchObject({ code, retryable, hint: expect.any(String) });
    await expect(failure).rejects.toThrow('postgresql://someone:***@');
    await expect(failure).rejects.not.toThrow('secret');
  });

  test('does not know the database', async () => {
    const url = new URL(await freshDatabase(18));
    url.pathname = '/absent';
    await expect(connect({ url: url.href }).query(TRUSTED, ONE)).rejects.toMatchObject({
      code: 'database_unreachable',
      retryable: false,
      sqlState: '3D000',
    });
  });

  test('speaks no TLS', async () => {
    const url = `${await freshDatabase(18)}?sslmode=no-verify`;
    await expect(connect({ url }).query(TRUSTED, ONE)).rejects.toMatchObject({
      code: 'database_unreachable',
      retryable: false,
      hint: expect.stringContaining('sslmode'),
    });
  });

  test('has no connection left', async () => {
    const url = await freshDatabase(18);
    const name = new URL(url).pathname.slice(1);
    await asSuperuser(url, `create role visitor login; alter database ${name} connection limit 0`);
    await expect(connect({ url: url.replace('postgres@', 'visitor@') }).query(TRUSTED, ONE)).rejects.toMatchObject({
      code: 'database_unreachable',
      retryable: true,
      sqlState: '53300',
    });
  });
});

describe("the caller's own pool", () => {
  async function pool(settings: pg.PoolConfig = {}): Promise<pg.Pool> {
    const own = new pg.Pool({ connectionString: await freshDatabase(18, { migrated: true }), ...settings });
    onTestFinished(() => own.end());
    return own;
  }

  test('keeps its types, its settings and its listeners, and stays open', async () => {
    const own = await pool({ max: 1 });
    const before = { options: { ...own.options }, parser: pg.types.getTypeParser(20), events: own.eventNames() };
    const count = async (): Promise<unknown> => (await own.query('select 1::int8 as n, now() as t')).rows[0];
    expect(await count()).toEqual({ n: '1', t: expect.any(Date) });

    const database = openPostgres({ pool: own });
    expect(await database.query(MEMBER, { text: 'select 1::int8 as n' })).toEqual([{ n: 1 }]);
    await expect(database.query(MEMBER, { text: 'select 1/0' })).rejects.toMatchObject({ sqlState: '22012' });
    await database.close();

    expect(await count()).toEqual({ n: '1', t: expect.any(Date) });
    expect({ options: { ...own.options }, parser: pg.types.getTypeParser(20), events: own.eventNames() }).toEqual(before);
    const client = await own.connect();
    expect(client.listenerCount('error')).toBe(0);
    client.release();
    expect((await own.query('select current_user::text as role')).rows).toEqual([{ role: 'postgres' }]);
  });

  test('loses the one connection of an aborted call, and no more', async () => {
    const own = await pool({ max: 2 });
    const database = openPostgres({ pool: own });
    for (let turn = 0; turn < 5; turn += 1) {
      await expect(database.query(MEMBER, { text: 'select pg_sleep(60)' }, { signal: AbortSignal.timeout(30) })).rejects.toMatchObject({
        code: 'aborted',
      });
    }
    expect(await database.query(TRUSTED, ONE)).toEqual([{ one: 1 }]);
    expect(own.totalCount).toBeLessThanOrEqual(2);
  });

  test('without a listener for errors survives a connection that the server ends', async () => {
    const own = await pool({ max: 1 });
    const database = openPostgres({ pool: own });
    for (let turn = 0; turn < 3; turn += 1) {
      const ended = database
        .query(MEMBER, { text: 'reset role' })
        .then(() => database.query(TRUSTED, { text: 'select pg_terminate_backend(pg_backend_pid())' }));
      await expect(ended).rejects.toMatchObject({ code: 'database_unreachable' });
    }
    expect(own.listenerCount('error')).toBe(0);
    expect(await database.query(TRUSTED, ONE)).toEqual([{ one: 1 }]);
  });

  test('that has no connection free in time is busy', async () => {
    const own = await pool({ max: 1, connectionTimeoutMillis: 50 });
    const database = openPostgres({ pool: own });
    const client = await own.connect();
    await expect(database.query(TRUSTED, ONE)).rejects.toMatchObject({ code: 'database_busy', retryable: true });
    client.release();
    expect(await database.query(TRUSTED, ONE)).toEqual([{ one: 1 }]);
  });

  test('with a query_timeout: a call in time passes, and one that is late is told so', async () => {
    const database = openPostgres({ pool: await pool({ max: 1, query_timeout: 300 }) });
    expect(await database.query(MEMBER, ONE)).toEqual([{ one: 1 }]);
    await expect(database.query(MEMBER, { text: 'select pg_sleep(2)' })).rejects.toMatchObject({ code: 'database_unreachable' });
    expect(await database.query(TRUSTED, { text: 'select current_user = session_user as own' })).toEqual([{ own: true }]);
  });

  test('names its server without a password', () => {
    const named = (options: pg.PoolConfig): string => openPostgres({ pool: new pg.Pool(options) }).target;
    expect(named({ connectionString: 'postgresql://me:secret@db.example:6543/app?password=secret' })).toBe(
      'postgresql://me:***@db.example:6543/app',
    );
    expect(named({ host: 'db.example', user: 'me', password: 'secret', database: 'app' })).toBe('postgresql://me@db.example/app');
    expect(named({})).toBe('a PostgreSQL pool');
  });
});
