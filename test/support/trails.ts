import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { createClient, handleOn } from '../../src/client/open/create-client.js';
import { LazyConnection } from '../../src/client/open/lazy-connection.js';
import type { ClientHandle } from '../../src/client/port.js';
import { openEmbedded } from '../../src/database/embedded/engine.js';
import { migrate } from '../../src/database/migrate.js';
import { type Database, type Row, type SqlValue, TRUSTED } from '../../src/database/port.js';
import { openPostgres } from '../../src/database/postgres.js';
import type { SampleStorage } from '../../src/store/sample-ingest/storage.js';
import { SamplesOnThread } from '../../src/store/sample-ingest/threaded.js';
import { freshDatabase, freshDirectory } from './databases.js';
import { startHttp } from './http.js';
import { type PoolMode, startPooler } from './pgbouncer.js';
import type { Major } from './postgres.js';
import { asSuperuser, databaseUrl } from './sql.js';

/** A migrated database of a test file's own, with a client on it and SQL beside the client. */
export interface Trail {
  client: ClientHandle;
  database: Database;
  /** URL of the database, for further connections; undefined for the embedded one. */
  url: string | undefined;
  /** One statement as the connection's own role: a superuser, or the owner of the schema. */
  sql<R extends Row = Row>(text: string, values?: readonly SqlValue[]): Promise<R[]>;
  close(): Promise<void>;
}

/** One way in which the schema came into a database. */
export interface Install {
  name: string;
  kind: Database['kind'];
  /** Whether its client speaks to a server. */
  overHttp: boolean;
  open(): Promise<Trail>;
}

/** An ordinary role as the owner of a managed database is one: it may create roles, and is no superuser. */
const OWNER = 'optrail_owner';
const OWNER_TEMPLATE = 'optrail_owner_template';

const embedded: Install = {
  name: 'PGlite',
  kind: 'embedded',
  overHttp: false,
  async open() {
    return embeddedTrail(new SamplesOnThread());
  },
};

/** What createClient gives, on a database that SQL can reach too: the embedded one takes no second connection. */
async function embeddedTrail(samples: SampleStorage): Promise<Trail> {
  const directory = freshDirectory();
  const database = await openEmbedded({ directory });
  const connection = {
    use: <T>(call: (database: Database) => Promise<T>) => call(database),
    samples,
    close: () => samples.close().then(() => database.close()),
  };
  return trailOf(handleOn(connection), database, undefined, async () => rmSync(directory, { recursive: true, force: true }));
}

/** Every batch of samples, however small, goes to the thread that large ones are for. */
const onThread = () => new SamplesOnThread({ samples: 1, characters: 0, each: 0 });

const threadedEmbedded: Install = {
  name: 'PGlite, samples on a thread',
  kind: 'embedded',
  overHttp: false,
  open: () => embeddedTrail(onThread()),
};

const threadedPostgres: Install = {
  name: 'PostgreSQL 18, samples on a thread',
  kind: 'postgres',
  overHttp: false,
  async open() {
    const url = await freshDatabase(18, { migrated: true });
    const connection = new LazyConnection(() => ({ kind: 'postgres', url }), onThread());
    return trailOf(handleOn(connection), openPostgres({ url }), url, async () => {});
  },
};

function byPostgres(major: Major, owner: 'superuser' | 'ordinary owner'): Install {
  return {
    name: `PostgreSQL ${major}, ${owner}`,
    kind: 'postgres',
    overHttp: false,
    async open() {
      const url = await (owner === 'superuser' ? freshDatabase(major, { migrated: true }) : ownersDatabase(major));
      return trailAt(url);
    },
  };
}

/** A server on a socket, before a PostgreSQL: its own user's requests come without credentials, those of others with a token. */
const served: Install = {
  name: 'HTTP, PostgreSQL 18',
  kind: 'postgres',
  overHttp: true,
  async open() {
    const databaseUrl = await freshDatabase(18, { migrated: true });
    const server = await startHttp({ databaseUrl, rateLimit: false });
    const trail = trailOf(server.client(), openPostgres({ url: databaseUrl }), databaseUrl, server.close);
    return { ...trail, client: { ...trail.client, as: server.as } };
  },
};

/** PostgreSQL behind PgBouncer, as deployments with many processes have it. */
function behindPgBouncer(major: Major, mode: PoolMode): Install {
  return {
    name: `PostgreSQL ${major} behind PgBouncer, ${mode} mode`,
    kind: 'postgres',
    overHttp: false,
    async open() {
      const direct = await freshDatabase(major, { migrated: true });
      const pooler = await startPooler(direct, mode);
      const url = pooler.through(direct);
      return trailOf(createClient({ databaseUrl: url }), openPostgres({ url: direct }), direct, pooler.stop);
    },
  };
}

/** What samples mean they mean on a thread of their own too. */
export const THREADED: readonly Install[] = [threadedEmbedded, threadedPostgres];

/** `OPTRAIL_TEST_POOLER=transaction` (or `session`) runs the suites of installs behind PgBouncer alone. */
const pooler = process.env.OPTRAIL_TEST_POOLER as PoolMode | undefined;
const POOLED: readonly Install[] =
  pooler === undefined
    ? []
    : pooler === 'session'
      ? [behindPgBouncer(15, pooler)]
      : [behindPgBouncer(15, pooler), behindPgBouncer(18, pooler)];

const UNPOOLED: readonly Install[] = [
  embedded,
  byPostgres(15, 'superuser'),
  byPostgres(15, 'ordinary owner'),
  byPostgres(18, 'superuser'),
  byPostgres(18, 'ordinary owner'),
];

/** Every suite that says what a function means holds on each of these. */
export const INSTALLS: readonly Install[] = pooler === undefined ? UNPOOLED : POOLED;

/** And what it means to a caller it means over HTTP too. */
export const DOORS: readonly Install[] = pooler === undefined ? [...INSTALLS, served] : POOLED;

/** A trail that is opened before the tests of the suite around the call and closed after them. */
export function useTrail(install: Install): Trail {
  let opened: Trail | undefined;
  beforeAll(async () => {
    opened = await install.open();
  });
  afterAll(() => opened?.close());
  const live = (): Trail => {
    if (opened === undefined) throw new Error('the trail is open inside tests only');
    return opened;
  };
  return {
    get client() {
      return live().client;
    },
    get database() {
      return live().database;
    },
    get url() {
      return live().url;
    },
    sql: (text, values) => live().sql(text, values),
    close: () => live().close(),
  };
}

/** A trail on a database that has the schema already. */
export function trailAt(url: string): Trail {
  return trailOf(createClient({ databaseUrl: url }), openPostgres({ url }), url, async () => {});
}

function trailOf(client: ClientHandle, database: Database, url: string | undefined, end: () => Promise<void>): Trail {
  return {
    client,
    database,
    url,
    sql: (text, values = []) => database.query(TRUSTED, { text, values }),
    async close() {
      await client.close();
      await database.close();
      await end();
    },
  };
}

/** As Supabase sets its servers: fifteen digits of a double, where the default shows as many as tell it from its neighbours. */
const SETTINGS: Record<Major, string> = { 15: 'extra_float_digits = 0', 18: "timezone = 'Asia/Kathmandu'" };

/** A database on the server that {@link OWNER} owns, and whose schema it installed itself, with settings that are not the default. */
async function ownersDatabase(major: Major): Promise<string> {
  const server = inject('postgres')[major] as string;
  await makeOwner(server);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, `create database ${name} template ${OWNER_TEMPLATE} owner ${OWNER}`);
  await asSuperuser(server, `alter database ${name} set ${SETTINGS[major]}`);
  return ownedUrl(server, name);
}

/** Gives an empty database to the ordinary owner; its URL as that role. */
export async function asOwner(url: string): Promise<string> {
  await makeOwner(databaseUrl(url, 'postgres'));
  const name = new URL(url).pathname.slice(1);
  await asSuperuser(url, `alter database ${name} owner to ${OWNER}`);
  return ownedUrl(url, name);
}

function ownedUrl(server: string, name: string): string {
  const url = new URL(databaseUrl(server, name));
  url.username = OWNER;
  return url.href;
}

const made = new Map<string, Promise<void>>();

/** Makes the role and its migrated template, once for the server, whichever test file comes first. */
function makeOwner(server: string): Promise<void> {
  const making = made.get(server) ?? makeOwnerOnce(server);
  made.set(server, making);
  return making;
}

async function makeOwnerOnce(server: string): Promise<void> {
  // A client of its own and not the product's, whose statements are each a transaction, in which no database can be made.
  const gate = new pg.Client({ connectionString: server });
  await gate.connect();
  try {
    await gate.query('select pg_advisory_lock(4700099)');
    const { rowCount } = await gate.query('select from pg_database where datname = $1', [OWNER_TEMPLATE]);
    if (rowCount !== 0) return;
    // What an attempt that failed left behind must not hide why it failed.
    await gate.query('drop database if exists optrail_owner_unfinished');
    await gate.query(`drop role if exists ${OWNER}`);
    // The roles are there since the superuser's install; whoever runs a managed database grants them to its owner.
    await gate.query(`create role ${OWNER} login nosuperuser createrole`);
    await gate.query(`grant anon, authenticated, service_role to ${OWNER}`);
    await gate.query(`create database optrail_owner_unfinished owner ${OWNER}`);
    const database = openPostgres({ url: ownedUrl(server, 'optrail_owner_unfinished') });
    await migrate(database).finally(() => database.close());
    await gate.query(`alter database optrail_owner_unfinished rename to ${OWNER_TEMPLATE}`);
  } finally {
    await gate.end();
  }
}

/** Makes a run's last sign of life older than the database would let anybody write. */
export function ageHeartbeat({ database }: Pick<Trail, 'database'>, runId: string, seconds: number): Promise<unknown> {
  return database.transaction(TRUSTED, async (transaction) => {
    await transaction.query({ text: 'alter table public.optimization_runs disable trigger before_update' });
    await transaction.query({
      text: 'update public.optimization_runs set heartbeat_at = now() - make_interval(secs => $2) where id = $1',
      values: [runId, seconds],
    });
    await transaction.query({ text: 'alter table public.optimization_runs enable trigger before_update' });
  });
}
