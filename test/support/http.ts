import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { SignJWT } from 'jose';
import { createHttpClient, type HttpClientOptions } from '../../src/client/http/http-client.js';
import type { ClientHandle, TrailClient } from '../../src/client/port.js';
import { type Claims, ClaimsSchema } from '../../src/schemas/index.js';
import { validated } from '../../src/schemas/validate.js';
import { createServer, type ServerOptions } from '../../src/server.js';

/** Signs the tokens of a test run's users. */
export const SECRET = 'a secret of the tests, and of thirty-two bytes at least';

/** A server on a socket of this machine, and clients that talk to it. */
export interface HttpServer {
  url: string;
  instance: string;
  /** A client as the user of this machine, or with what else is said. */
  client(options?: Partial<HttpClientOptions>): ClientHandle;
  /** The functions under a user's identity, as `as()` of a client on the database gives them. */
  as(claims: Claims): TrailClient;
  close(): Promise<void>;
}

export async function startHttp({ port = 0, ...options }: ServerOptions & { port?: number } = {}): Promise<HttpServer> {
  const server = createServer({ auth: { open: true, jwtSecret: SECRET }, ...options });
  const listener = serve({ fetch: (request) => server.fetch(request), hostname: '127.0.0.1', port });
  if (!listener.listening) await once(listener, 'listening');
  const url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    url,
    instance: server.instance,
    client: (given) => createHttpClient({ url, ...given }),
    as: (claims) => createHttpClient({ url, fetch: withToken(validated(ClaimsSchema, claims, ['claims'])) }),
    async close() {
      listener.close();
      if ('closeAllConnections' in listener) listener.closeAllConnections();
      await server.close();
    },
  };
}

/** Sends the claims as a token. One without a user names nobody, so that claims which name projects alone are given one. */
function withToken(claims: Claims): typeof fetch {
  let token: Promise<string> | undefined;
  return async (input, init) => {
    token ??= tokenOf({ sub: 'a bearer of claims', ...claims });
    const headers = { ...(init?.headers as Record<string, string>), authorization: `Bearer ${await token}` };
    return fetch(input, { ...init, headers });
  };
}

export async function tokenOf(claims: Claims): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(new TextEncoder().encode(SECRET));
}
