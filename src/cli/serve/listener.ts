import type { Server } from 'node:http';
import { type HttpBindings, serve } from '@hono/node-server';
import { ENDPOINTS } from '../../client/functions/endpoints.js';
import { OptrailError } from '../../errors.js';
import type { OptrailServer } from '../../server.js';

/** Milliseconds in which whoever is still connected has to take the rest of an answer. */
const GRACE = 400;
/** Milliseconds to wait for whoever has the port to say who it is. */
const ASK = 1_000;

export interface Listener {
  /** Where it listens, with the port that it was given. */
  url: string;
  /** Takes no more connections, and gives what there are a moment to end. Called again, it ends them at once. */
  stop(): void;
  /** Ends whatever connections there still are. */
  stopped(): Promise<void>;
}

/** Listens for requests. Rejects with `not_configured` where the address can't be listened on, saying why and what to do. */
export function listen(fetch: OptrailServer['fetch'], hostname: string, port: number): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const handle = (request: Request, { incoming }: HttpBindings) => fetch(request, { remoteAddress: incoming.socket.remoteAddress });
    const server = serve({ fetch: (request, bindings) => handle(request, bindings as HttpBindings), hostname, port }, (address) =>
      resolve(listenerOf(server, urlOf(hostname, address.port))),
    ) as Server;
    server.once('error', (error: NodeJS.ErrnoException) => {
      void refusal(error, hostname, port).then(reject);
    });
  });
}

function listenerOf(server: Server, url: string): Listener {
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  return {
    url,
    stop: () => void server.close(),
    async stopped() {
      const timer = setTimeout(() => server.closeAllConnections(), GRACE);
      await closed;
      clearTimeout(timer);
    },
  };
}

function urlOf(hostname: string, port: number): string {
  return `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${port}`;
}

async function refusal(error: NodeJS.ErrnoException, hostname: string, port: number): Promise<OptrailError> {
  const refused = (message: string, path: string, hint: string) =>
    new OptrailError('not_configured', message, { path, hint, cause: error });
  if (error.code === 'EADDRINUSE') {
    const who = await nameOf(urlOf(hostname, port));
    return refused(`Port ${port} of ${hostname} is taken by ${who}.`, '--port', `Stop it, or take another port: --port ${port + 1}.`);
  }
  if (error.code === 'EACCES') return refused(`You may not listen on port ${port}.`, '--port', 'Take one above 1023.');
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return refused(`${hostname} is no address of this machine.`, '--host', 'Use 127.0.0.1, or 0.0.0.0 for all of its addresses.');
  }
  return refused(`${urlOf(hostname, port)} can not be listened on: ${error.message}`, '--host', 'Take another address or port.');
}

/** Who has a port already. It is asked as anybody may ask it, and believed as far as it goes into a message. */
async function nameOf(url: string): Promise<string> {
  try {
    const answer = await fetch(`${url}${ENDPOINTS.openApi.path}`, { signal: AbortSignal.timeout(ASK), redirect: 'manual' });
    const { info } = (await answer.json()) as { info?: { title?: unknown } };
    return info?.title === 'Optrail' ? 'another `optrail serve`' : 'another program';
  } catch {
    return 'another program';
  }
}
