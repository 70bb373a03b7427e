import { existsSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll } from 'vitest';
import { createServer, type OptrailServer } from '../../src/server.js';
import { freshDatabase } from '../support/databases.js';
import { type Trail, trailAt } from '../support/trails.js';

const FILES = 'dist/dashboard';

export interface Served {
  url: string;
  trail: Trail;
  /** Ends the server with all its connections. */
  stop(): Promise<void>;
  /** Starts it again where it was. */
  start(): Promise<void>;
}

/** The real server over a real database of a test file's own, with the dashboard as it was built. */
export function useServed({ open = true, fill = async () => {} }: { open?: boolean; fill?: (trail: Trail) => Promise<void> } = {}): Served {
  let trail: Trail | undefined;
  let server: OptrailServer | undefined;
  let http: Server | undefined;
  let port = 0;

  async function start(): Promise<void> {
    if (trail?.url === undefined) throw new Error('the server runs inside tests only');
    const made = createServer({ databaseUrl: trail.url, auth: { open }, rateLimit: false, dashboard: FILES });
    const listener = createHttpServer(
      getRequestListener((request, bindings) =>
        made.fetch(request, 'incoming' in bindings ? { remoteAddress: bindings.incoming.socket.remoteAddress } : {}),
      ),
    );
    await new Promise<void>((resolve) => listener.listen(port, '127.0.0.1', resolve));
    port = (listener.address() as AddressInfo).port;
    server = made;
    http = listener;
  }

  async function stop(): Promise<void> {
    const closed = new Promise((resolve) => http?.close(resolve));
    http?.closeAllConnections();
    await closed;
    await server?.close();
    server = undefined;
    http = undefined;
  }

  beforeAll(async () => {
    if (!existsSync(`${FILES}/index.html`)) throw new Error(`${FILES} is not there: run npm run build`);
    trail = trailAt(await freshDatabase(18, { migrated: true }));
    await fill(trail);
    await start();
  });
  afterAll(async () => {
    if (server !== undefined) await stop();
    await trail?.close();
  });

  return {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get trail() {
      if (trail === undefined) throw new Error('the trail is open inside tests only');
      return trail;
    },
    start,
    stop,
  };
}
