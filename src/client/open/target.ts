import { postgresUrl, readSettings } from '../../config.js';
import { MEMORY } from '../../database/embedded/messages.js';
import type { PoolLike } from '../../database/postgres.js';
import { OptrailError } from '../../errors.js';
import { serverUrl } from '../../schemas/server-url.js';

/** The target of a client: at most one of url, databaseUrl, pool, directory and memory; the environment names it by default. */
export interface ClientOptions {
  /** An Optrail server, as `optrail serve` prints it: `http://127.0.0.1:4700`. */
  url?: string | undefined;
  /** Goes with `url`: an API key (`optrail keys create`) or a token. Without one the server must be open to you. */
  apiKey?: string | undefined;
  /** A `postgresql://` URL of a database that `optrail migrate` has prepared. */
  databaseUrl?: string | undefined;
  /** Your own `pg.Pool`, on such a database. It is used and never closed. */
  pool?: PoolLike | undefined;
  /**
   * A directory for the embedded database, created and migrated if it is new. One process at a time may have it open; if
   * that is `optrail serve`, the others go through it.
   */
  directory?: string | undefined;
  /** An embedded database that ends with the process. */
  memory?: boolean | undefined;
  /**
   * Of an embedded database: milliseconds after which a statement without an answer counts as hung, and the engine is started
   * anew. 120,000 by default.
   */
  hangAfterMs?: number | undefined;
}

const CLIENT_OPTIONS: Record<keyof ClientOptions, true> = {
  url: true,
  apiKey: true,
  databaseUrl: true,
  pool: true,
  directory: true,
  memory: true,
  hangAfterMs: true,
};
/** The options of `createClient`. */
export const CLIENT_OPTION_NAMES = Object.keys(CLIENT_OPTIONS);

/** A database that can be opened. */
export type DatabaseTarget =
  | { kind: 'postgres'; url: string }
  | { kind: 'pool'; pool: PoolLike }
  | { kind: 'embedded'; directory: string; hangAfterMs?: number | undefined };

/** A database, or a server in front of one. */
export type Target = DatabaseTarget | { kind: 'server'; url: string; apiKey?: string | undefined };

/** The target of the options, or of the environment. Rejects with `not_configured`. */
export function targetOf(options: ClientOptions): Target {
  const { url, apiKey, databaseUrl, pool, directory, memory, hangAfterMs } = options;
  const given = [url, databaseUrl, pool, directory, memory || undefined].filter((option) => option !== undefined);
  if (given.length > 1) {
    throw new OptrailError('not_configured', 'createClient takes one of url, databaseUrl, pool, directory and memory.', {
      path: 'options',
    });
  }
  if (apiKey !== undefined && url === undefined) {
    throw new OptrailError('not_configured', 'apiKey goes with url.', {
      path: 'apiKey',
      hint: 'Name the server: createClient({ url, apiKey }).',
    });
  }
  if (hangAfterMs !== undefined) assertHangAfter(hangAfterMs, (url ?? databaseUrl ?? pool) !== undefined);
  if (url !== undefined) return { kind: 'server', url: serverUrl(url, 'url'), apiKey };
  if (pool !== undefined) return { kind: 'pool', pool };
  if (databaseUrl !== undefined) return { kind: 'postgres', url: postgresUrl(databaseUrl, 'databaseUrl') };
  if (directory !== undefined) return { kind: 'embedded', directory, hangAfterMs };
  if (memory) return { kind: 'embedded', directory: MEMORY, hangAfterMs };
  const { target } = readSettings();
  return target.kind === 'embedded' ? { ...target, hangAfterMs } : target;
}

function assertHangAfter(hangAfterMs: number, isServer: boolean): void {
  if (!isServer && hangAfterMs >= 1_000 && hangAfterMs <= 86_400_000) return;
  const message = isServer ? 'hangAfterMs is an option of the embedded database.' : 'hangAfterMs must lie between a second and a day.';
  throw new OptrailError('not_configured', message, {
    path: 'hangAfterMs',
    hint: isServer ? 'Leave it out; statement_timeout is what PostgreSQL calls it.' : 'Leave it out for two minutes.',
  });
}

/** The database itself, for work that a server does not do for others. Rejects with `not_configured` if the target is a server. */
export function databaseTargetOf(target: Target): DatabaseTarget {
  if (target.kind !== 'server') return target;
  throw new OptrailError('not_configured', `${target.url} is a server, and this needs the database itself.`, {
    hint: 'Unset OPTRAIL_URL, and name the database: OPTRAIL_DATABASE_URL, or a directory.',
  });
}
