import type { Listening } from '../port.js';
import { connectionError } from './connection-error.js';
import type { PoolClientLike, PoolLike } from './pool.js';

/** Takes a connection of the pool for itself, listens on it, and drops it in the end, so that nobody else hears with it. */
export async function listenOn(
  pool: PoolLike,
  target: string,
  channel: string,
  heard: (payload: string) => void,
): Promise<Listening | null> {
  if (sizeOf(pool) === 1) return null;
  const client = await pool.connect().catch((error: unknown) => Promise.reject(connectionError(error, target)));
  const listening = new ListenConnection(client, channel, heard);
  try {
    await client.query(`listen ${channel}`);
    return listening;
  } catch (error) {
    await listening.close();
    throw connectionError(error, target);
  }
}

class ListenConnection implements Listening {
  readonly ended: Promise<void>;
  readonly #client: PoolClientLike;
  #end: () => void = () => {};
  #released = false;

  constructor(client: PoolClientLike, channel: string, heard: (payload: string) => void) {
    this.#client = client;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    // Stays for good: a connection that breaks says so more than once, and unheard it would end the process.
    client.on('error', () => this.#drop());
    client.on('end', () => this.#drop());
    client.on('notification', (notification) => {
      if (notification.channel === channel) heard(notification.payload ?? '');
    });
  }

  async close(): Promise<void> {
    this.#drop();
  }

  #drop(): void {
    if (this.#released) return;
    this.#released = true;
    this.#client.release(true);
    this.#end();
  }
}

/** Connections that a pool may have, where it says so. */
function sizeOf({ options }: PoolLike): number | undefined {
  const { max } = (typeof options === 'object' && options !== null ? options : {}) as { max?: unknown };
  return typeof max === 'number' ? max : undefined;
}
