import { createHttpClient } from './client/http.js';
import type { ClientHandle } from './client/port.js';
import { readApiKey } from './config.js';
import { announcedServer } from './processes/server-file.js';

/** Milliseconds that a server of this machine gets to say that it is there. */
const ANSWER_WITHIN = 2_000;

/**
 * A client through the server that has a directory open: one that says so in the directory, whose process lives, and that answers as
 * itself. Null where there is none.
 */
export async function joinServer(directory: string): Promise<ClientHandle | null> {
  const server = announcedServer(directory);
  if (server === null) return null;
  const health = await fetch(`${server.url}/healthz`, { signal: AbortSignal.timeout(ANSWER_WITHIN), redirect: 'error' })
    .then((response) => response.json())
    .catch(() => null);
  if ((health as { instance?: unknown } | null)?.instance !== server.instance) return null;
  return createHttpClient({ url: server.url, apiKey: readApiKey() });
}
