import pg from 'pg';
import type { PoolClientLike } from './pool.js';

/** A cancel request gets this long (in milliseconds) to reach the server; after that the query ends by itself. */
const CANCEL_TIMEOUT = 5_000;

/**
 * Asks the server to stop what a connection is doing, by the protocol's own cancel request over a second socket, since
 * that, unlike pg_cancel_backend, also goes through a pooler and needs no free connection. Best effort: it never fails.
 */
export function cancelQuery(client: PoolClientLike): void {
  const { host, port, processID, secretKey, ssl } = client;
  if (host === undefined || port === undefined || !processID || !secretKey) return;

  const connection = new pg.Connection({ ssl: ssl as boolean }) as unknown as CancelConnection;
  const end = (): void => connection.stream.destroy();
  const timer = setTimeout(end, CANCEL_TIMEOUT);
  timer.unref();
  connection.on('error', end);
  connection.on('end', () => clearTimeout(timer));
  connection.on('connect', () => (ssl ? connection.requestSsl() : connection.cancel(processID, secretKey)));
  connection.on('sslconnect', () => connection.cancel(processID, secretKey));
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
}

/** The parts of `pg.Connection` that its types leave out; `pg.Client` uses them in the same way. */
interface CancelConnection {
  stream: { destroy(): void };
  on(event: string, listener: () => void): void;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}
