import pg from 'pg';
import type { PoolClientLike } from './pool.js';

/** A cancel request gets this long (in milliseconds) to reach the server; after that the query ends by itself. */
const CANCEL_TIMEOUT = 5_000;

/**
 * Cancels the running query of a connection by the protocol's cancel request over a second socket. Unlike pg_cancel_backend, that
 * goes through a pooler and needs no free connection. Best effort: it never rejects. Resolves when the request was delivered; a
 * caller that closes the connection before then has a pooler forget which query was meant.
 */
export function cancelQuery(client: PoolClientLike): Promise<void> {
  const { host, port, processID, secretKey, ssl } = client;
  if (host === undefined || port === undefined || !processID || !secretKey) return Promise.resolve();

  return new Promise((resolve) => {
    const connection = new pg.Connection({ ssl: ssl as boolean }) as unknown as CancelConnection;
    const end = (): void => {
      clearTimeout(timer);
      connection.stream.destroy();
      resolve();
    };
    const timer = setTimeout(end, CANCEL_TIMEOUT);
    timer.unref();
    connection.on('error', end);
    connection.on('end', end);
    connection.on('connect', () => (ssl ? connection.requestSsl() : connection.cancel(processID, secretKey)));
    connection.on('sslconnect', () => connection.cancel(processID, secretKey));
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}

/** The parts of `pg.Connection` that its types leave out; `pg.Client` uses them in the same way. */
interface CancelConnection {
  stream: { destroy(): void };
  on(event: string, listener: () => void): void;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}
