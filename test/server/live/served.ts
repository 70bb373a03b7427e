import { createDirectClient } from '../../../src/client/direct.js';
import { type Database, type Identity, TRUSTED } from '../../../src/database/port.js';
import { OptrailError } from '../../../src/errors.js';
import { DatabaseEvents, type FeedOptions } from '../../../src/operations/events/feed.js';
import type { Claims } from '../../../src/schemas/project.js';
import { createApp } from '../../../src/server/app.js';
import type { Caller, EventBatch, EventTopic, Trail } from '../../../src/server/port.js';
import { ExampleMemory } from '../../../src/store/example-memory.js';
import { Follower } from './follower.js';

/** The server over a database, whose callers say themselves who they are. */
export interface Served {
  feed: DatabaseEvents;
  request(path: string, claims?: Claims | null, headers?: Record<string, string>, method?: string): Promise<Response>;
  /** Opens a stream and waits until it is greeted. */
  follow(path: string, options?: { claims?: Claims | null; lastEventId?: string }): Promise<Follower>;
  /** From then on the gate refuses everybody. */
  revokeAll(): void;
  /** As the server does when it stops. */
  shutDown(): void;
  close(): Promise<void>;
}

const CLAIMS = 'x-test-claims';

export function serve(database: Database, { recheckMs, ...options }: FeedOptions & { recheckMs?: number } = {}): Served {
  const feed = new DatabaseEvents(async () => database, options);
  const connection = { use: <T>(call: (database: Database) => Promise<T>) => call(database), examples: new ExampleMemory() };
  const identityOf = (caller: Caller): Identity => (caller.kind === 'local' ? TRUSTED : { kind: 'claims', claims: caller.claims });
  const trail = {
    clientOf: (caller: Caller) => createDirectClient(connection, identityOf(caller)),
    events: {
      since: (caller: Caller, topic: EventTopic, position: string | null) => feed.since(identityOf(caller), topic, position),
      follow: (listener: (batch: EventBatch) => void) => feed.follow(listener),
      poke: () => feed.poke(),
      detect: () => feed.detect(),
    },
  } as unknown as Trail;
  const closing = new AbortController();
  const followers: Follower[] = [];
  let isOpen = true;
  const app = createApp({
    trail,
    recheckMs,
    closing: closing.signal,
    async gate(context, next) {
      if (!isOpen) throw new OptrailError('unauthenticated', 'The key was revoked.');
      const claims = context.req.header(CLAIMS);
      context.set('caller', claims === undefined ? { kind: 'local' } : { kind: 'token', claims: JSON.parse(claims) as Claims });
      await next();
    },
  });
  const request: Served['request'] = async (path, claims = null, headers = {}, method = 'GET') =>
    app.request(path, { method, headers: { ...headers, ...(claims === null ? {} : { [CLAIMS]: JSON.stringify(claims) }) } });
  return {
    feed,
    request,
    async follow(path, { claims = null, lastEventId } = {}) {
      const response = await request(path, claims, lastEventId === undefined ? {} : { 'last-event-id': lastEventId });
      if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      const follower = new Follower(response);
      followers.push(follower);
      await follower.untilTold('hello');
      return follower;
    },
    revokeAll() {
      isOpen = false;
    },
    shutDown: () => closing.abort(),
    async close() {
      await Promise.all(followers.map((follower) => follower.close()));
      await feed.close();
    },
  };
}
