import { readApiKey } from '../../config.js';
import { announcedServer } from '../../processes/server-file.js';
import { createHttpClient } from '../http/http-client.js';
import type { ClientHandle } from '../port.js';

/** Milliseconds that a server of this machine gets to say that it is there. */
const ANSWER_WITHIN = 2_000;

/**
 * A client through the server that has a directory open: one that says so in the directory, whose process lives, that answers as itself,
 * and that lets us in, with the key in OPTRAIL_API_KEY if there is one. Null where there is none.
 */
export async function discoverServer(directory: string): Promise<ClientHandle | null> {
  const server = announcedServer(directory);
  if (server === null) return null;
  const health = await ask(`${server.url}/healthz`);
  // Before that is sure, nobody is shown the key.
  const { instance } = ((await health?.json().catch(() => null)) ?? {}) as { instance?: unknown };
  if (instance !== server.instance) return null;
  const apiKey = readApiKey();
  const me = await ask(`${server.url}/v1/me`, apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` });
  return me?.ok === true ? createHttpClient({ url: server.url, apiKey }) : null;
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<Response | null> {
  return fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN), redirect: 'error' }).catch(() => null);
}
