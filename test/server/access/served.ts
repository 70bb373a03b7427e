import { afterAll, beforeAll } from 'vitest';
import { createServer, type OptrailServer, type ServerOptions } from '../../../src/server.js';
import { freshDatabase } from '../../support/databases.js';
import { type Trail, trailAt } from '../../support/trails.js';

/** A database of a test file's own, with a trusted client beside the servers on it. */
export interface Served {
  trail: Trail;
  /** A server on it, closed after the tests. */
  server(options?: ServerOptions): OptrailServer;
}

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
  /** Shown as `Authorization: Bearer`. */
  bearer?: string;
  remoteAddress?: string;
}

export interface Answered {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { data?: unknown[] };
}

export function serving(): Served {
  const servers: OptrailServer[] = [];
  let trail: Trail | undefined;
  beforeAll(async () => {
    trail = trailAt(await freshDatabase(18, { migrated: true }));
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    await trail?.close();
  });
  return {
    get trail() {
      if (trail === undefined) throw new Error('the trail is open inside tests only');
      return trail;
    },
    server(options = {}) {
      const server = createServer({ databaseUrl: trail?.url, ...options });
      servers.push(server);
      return server;
    },
  };
}

/** Sends a request as a program does, and reads the answer. */
export async function ask(
  server: OptrailServer,
  path: string,
  { method = 'GET', headers = {}, body, bearer, remoteAddress }: Sent = {},
): Promise<Answered> {
  const sent = new Headers({ host: '127.0.0.1:4700', ...headers });
  if (bearer !== undefined) sent.set('authorization', `Bearer ${bearer}`);
  if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json');
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const request = new Request(`http://127.0.0.1:4700${path}`, { method, headers: sent, body: text ?? null });
  const response = await server.fetch(request, remoteAddress === undefined ? {} : { remoteAddress });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer.startsWith('{') ? JSON.parse(answer) : {} };
}
