import type { Claims } from '../../../src/schemas/project.js';
import { createAccess } from '../../../src/server/access/access.js';
import { createApp } from '../../../src/server/app.js';
import { openBackend } from '../../../src/server/backend/database-backend.js';
import { SECRET, tokenOf } from '../../support/http.js';
import { Follower } from './follower.js';

/** Who calls: the user of this machine, a user with a token, or whoever has a key. */
export type Bearer = { claims: Claims } | { key: string } | undefined;

/** The server over a database, as `optrail serve` makes it, without a socket. */
export interface Served {
  request(path: string, bearer?: Bearer, headers?: Record<string, string>, method?: string): Promise<Response>;
  /** Opens a stream and waits until it is greeted. */
  follow(path: string, options?: { bearer?: Bearer; lastEventId?: string }): Promise<Follower>;
  /** As the server does when it stops. */
  shutDown(): void;
  close(): Promise<void>;
}

export function serve(databaseUrl: string | undefined, { recheckMs }: { recheckMs?: number } = {}): Served {
  const backend = openBackend({ databaseUrl });
  const closing = new AbortController();
  const access = createAccess(backend, { auth: { open: true, jwtSecret: SECRET }, rateLimit: { perSecond: 1, burst: 1_000 } });
  const app = createApp({ backend, ...access, recheckMs, closing: closing.signal });
  const followers: Follower[] = [];
  const request: Served['request'] = async (path, bearer, headers = {}, method = 'GET') => {
    const credential = bearer && ('key' in bearer ? bearer.key : await tokenOf({ sub: 'somebody', ...bearer.claims }));
    return app.request(path, { method, headers: { ...headers, ...(credential ? { authorization: `Bearer ${credential}` } : {}) } });
  };
  return {
    request,
    async follow(path, { bearer, lastEventId } = {}) {
      const response = await request(path, bearer, lastEventId === undefined ? {} : { 'last-event-id': lastEventId });
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      const follower = new Follower(response);
      followers.push(follower);
      await follower.untilTold('hello');
      return follower;
    },
    shutDown: () => closing.abort(),
    async close() {
      await Promise.all(followers.map((follower) => follower.close()));
      await backend.close();
    },
  };
}
