import { readApiKey } from '../../config.js';
import { announcedServer } from '../../processes/server-file.js';
import { ENDPOINTS } from '../functions/endpoints.js';
import { type HttpConnection, openHttp } from '../http/http-client.js';

/** Time-out of each question to a server of this machine, in ms. */
const ANSWER_WITHIN = 2_000;

/**
 * Connects to the server that has a directory open: its file is in the directory, its process lives, it answers with the instance of the
 * file, and it accepts OPTRAIL_API_KEY or, without one, no key. Null if there is no such server.
 */
export async function discoverServer(directory: string): Promise<HttpConnection | null> {
  const server = announcedServer(directory);
  if (server === null) return null;
  const health = await ask(`${server.url}${ENDPOINTS.health.path}`);
  // Verify the server's identity before sending the key.
  const { instance } = ((await health?.json().catch(() => null)) ?? {}) as { instance?: unknown };
  if (instance !== server.instance) return null;
  const apiKey = readApiKey();
  const me = await ask(`${server.url}${ENDPOINTS.whoAmI.path}`, apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` });
  return me?.ok === true ? openHttp({ url: server.url, apiKey }) : null;
}

async function ask(url: string, headers: Record<string, string> = {}): Promise<Response | null> {
  return fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_WITHIN), redirect: 'error' }).catch(() => null);
}
