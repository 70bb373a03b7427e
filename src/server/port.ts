import type { TrailClient } from '../client/port.js';
import type { TrailEvent } from '../schemas/event.js';
import type { Claims, ProjectRole } from '../schemas/project.js';

/** The authenticated sender of a request. `local` is the user of this machine, trusted by an open server. */
export type Caller =
  | { kind: 'local' }
  | { kind: 'key'; keyId: string; projectId: string; role: ProjectRole; claims: Claims }
  | { kind: 'token'; claims: Claims };

/** A position in the order of events, such that no late commit comes before it: the text of a PostgreSQL snapshot. Opaque to callers. */
export type EventPosition = string;

/** An event with the number of the transaction that wrote it, which a position includes or not. */
export interface CommittedEvent {
  transaction: bigint;
  event: TrailEvent;
}

export interface EventBatch {
  events: readonly CommittedEvent[];
  /** Position up to which all events were given. */
  position: EventPosition;
  /** Whether events after the given position are no longer kept: the client has to reload. */
  incomplete: boolean;
}

/** Events of a run, or of a project. */
export type EventTopic = { projectId: string; runId?: string | undefined };

/** Live events of commits. */
export interface EventFeed {
  /** Events of a topic after a position under the caller's own rights; with null the position of now, and no events. */
  since(caller: Caller, topic: EventTopic, position: EventPosition | null): Promise<EventBatch>;
  /**
   * Calls back with each batch of all projects that is committed after the promise has resolved; the listener filters by its topic.
   * A batch without events advances the position. Resolves to the function that stops it.
   */
  follow(listener: (batch: EventBatch) => void): Promise<() => void>;
  /** Wakes the event poller after a write in this process. */
  poke(): void;
  /** `listen` if the database notifies, `poll` if it is queried each second, as far as known. */
  readonly mode: 'listen' | 'poll';
  /** Detects the mode with a test notification if it is not known yet. */
  detect(): Promise<'listen' | 'poll'>;
  close(): Promise<void>;
}

export interface Readiness {
  ready: boolean;
  /** The reason if it is not ready, for people. */
  problem: string | null;
  /** Null if it could not be opened. */
  database: 'embedded' | 'postgres' | null;
  schemaVersion: string | null;
  events: EventFeed['mode'];
}

/** Figures of the database for `/metrics`, read at most every few seconds. */
export interface BackendFigures {
  runsByStatus: Readonly<Record<string, number>>;
  samplesRecorded: number;
  /** Seconds since the analytics were refreshed. */
  refreshAgeSeconds: number | null;
  pool: { total: number; idle: number; waiting: number } | null;
}

/** The database behind the server. Only members below `clientOf` act with the connection's own rights; each states the reason. */
export interface ServerBackend {
  /** The functions under the caller's identity: claims under row-level security, or the connection's own rights for `local`. */
  clientOf(caller: Caller): TrailClient;
  /** The caller of a key by the SHA-256 of its secret in hexadecimal. With the connection's own rights: the caller is not known yet. */
  findKey(hash: string): Promise<Extract<Caller, { kind: 'key' }> | null>;
  /** One reader for all streams, with the connection's own rights; each stream's topic is checked as its caller. */
  readonly events: EventFeed;
  /** Opens the database, as the first call does; rejects if it cannot be opened. */
  open(): Promise<void>;
  readiness(): Promise<Readiness>;
  /** Counts over all projects: the connection's own rights. */
  figures(): Promise<BackendFigures>;
  /** Whether a valid key exists: a server that is not open would otherwise refuse every caller. */
  hasKeys(): Promise<boolean>;
  /** Refreshes the analytics and marks silent runs stale, over all projects. A call during a run joins it; a run ends within 20 s. */
  runMaintenance(): Promise<void>;
  close(): Promise<void>;
}
