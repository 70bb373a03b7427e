import pg from 'pg';
import { OptrailError } from '../../errors.js';
import type { PoolClientLike, PoolLike } from './pool.js';

/** Milliseconds to wait for a connection, be it a new one or a free one. */
const CONNECT_TIMEOUT = 10_000;
/** Milliseconds for a new connection to answer its first query. Less than CONNECT_TIMEOUT, so that the error that names the cause comes first. */
const ANSWER_TIMEOUT = 8_000;
/** Milliseconds that a connection stays open unused. */
const IDLE_TIMEOUT = 30_000;

/**
 * The pool over a URL. Where neither it nor PGSSLMODE speaks of TLS and the server is on another machine, it does as psql does: it
 * encrypts where the server can, without checking the certificate. `sslmode` in the URL asks for more or for less.
 */
export class OwnPool implements PoolLike {
  readonly #url: string;
  readonly #max: number;
  #pool: pg.Pool;
  #mayFallBack: boolean;

  constructor(url: string, max: number, encrypt: boolean = wantsTls(url)) {
    this.#url = url;
    this.#max = max;
    this.#mayFallBack = encrypt;
    this.#pool = this.#make(encrypt);
  }

  async connect(): Promise<PoolClientLike> {
    const pool = this.#pool;
    try {
      return (await pool.connect()) as unknown as PoolClientLike;
    } catch (error) {
      if (!/does not support SSL/.test(String(error))) throw error;
      // Of several calls that find this out at once, the first one changes over.
      if (pool === this.#pool) {
        if (!this.#mayFallBack) throw error;
        this.#mayFallBack = false;
        this.#pool = this.#make(false);
        void pool.end();
      }
      return (await this.#pool.connect()) as unknown as PoolClientLike;
    }
  }

  get totalCount(): number {
    return this.#pool.totalCount;
  }

  get idleCount(): number {
    return this.#pool.idleCount;
  }

  get waitingCount(): number {
    return this.#pool.waitingCount;
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  #make(encrypt: boolean): pg.Pool {
    const pool = new pg.Pool({
      connectionString: this.#url,
      max: this.#max,
      fallback_application_name: 'optrail',
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      idleTimeoutMillis: IDLE_TIMEOUT,
      keepAlive: true,
      allowExitOnIdle: true,
      verify: (client: pg.PoolClient, done: (error?: Error) => void) => assertAnswers(client, this.#max).then(() => done(), done),
      ...(encrypt ? { ssl: { rejectUnauthorized: false } } : {}),
    } as pg.PoolConfig);
    // A connection that breaks while idle is replaced by the next call; unheard, the event would end the process.
    pool.on('error', () => {});
    // The pool stops listening to a client before whoever waits for it can listen: the server may say goodbye in between.
    pool.on('connect', (client) => client.on('error', () => {}));
    return pool;
  }
}

/**
 * A pooler in session mode accepts any number of clients, and lets those wait that find none of its server connections free. Their first
 * query would hang until a connection ends: this process's own connections may be what they wait for. Rejects with `database_busy`.
 */
async function assertAnswers(client: pg.PoolClient, max: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(tooFewServerConnections(max)), ANSWER_TIMEOUT);
  });
  try {
    await Promise.race([client.query('select'), late]);
  } finally {
    clearTimeout(timer);
  }
}

function tooFewServerConnections(max: number): OptrailError {
  return new OptrailError(
    'database_busy',
    `A new connection was accepted but not served within ${ANSWER_TIMEOUT / 1000} s: a pooler in front of the database has no server connection free.`,
    {
      retryable: true,
      hint: `Use transaction mode, or raise the pooler's pool (PgBouncer: default_pool_size) to the connections of all processes: this one opens up to ${max}, 4 more to store samples, and 1 to listen.`,
    },
  );
}

function wantsTls(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { searchParams } = new URL(url);
  if (['ssl', 'sslmode', 'sslnegotiation'].some((name) => searchParams.has(name))) return false;
  const { host, ssl } = new pg.Client({ connectionString: url });
  return !ssl && !/^(\/.*|localhost|127\..*|::1)$/.test(host);
}
