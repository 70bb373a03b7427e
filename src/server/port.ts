import type { TrailClient } from '../client/port.js';
import type { TrailEvent } from '../schemas/event.js';
import type { Claims, ProjectRole } from '../schemas/project.js';

/** Who sent a request. `local` is the user of this machine, whom an open server trusts. */
export type Caller =
  | { kind: 'local' }
  | { kind: 'key'; keyId: string; projectId: string; role: ProjectRole; claims: Claims }
  | { kind: 'token'; claims: Claims };

/** A place in the order of events that no late commit slips behind: the text of a PostgreSQL snapshot. Opaque to callers. */
export type EventPosition = string;

/** An event with the number of the transaction that wrote it, which a position has seen or not. */
export interface CommittedEvent {
  transaction: bigint;
  event: TrailEvent;
}

export interface EventBatch {
  events: readonly CommittedEvent[];
  /** Everything up to here was given. */
  position: EventPosition;
  /** Whether events between the position asked for and the first one given are no longer kept: read everything anew. */
  incomplete: boolean;
}

/** Which events: of a run, or of a project. */
export type EventTopic = { projectId: string; runId?: string | undefined };

/** What was committed, as it is committed. */
export interface EventFeed {
  /** Events of a topic after a position under the caller's own rights; with null the position of now, and no events. */
  since(caller: Caller, topic: EventTopic, position: EventPosition | null): Promise<EventBatch>;
  /**
   * Calls back with each batch of all projects that is committed after the promise has resolved; the reader decides whom it may be told.
   * A batch without events says how far the feed has looked. Resolves to the way to stop.
   */
  follow(listener: (batch: EventBatch) => void): Promise<() => void>;
  /** Says that this process has just written, so that nobody need wait for the next look. */
  poke(): void;
  /** How news arrive, as far as it is known: the database says so, or is asked each second. */
  readonly mode: 'listen' | 'poll';
  /** The same, found out by trying where nobody has yet. */
  detect(): Promise<'listen' | 'poll'>;
  close(): Promise<void>;
}

export interface Readiness {
  ready: boolean;
  /** Why it is not, for people. */
  problem: string | null;
  /** Null where it could not be opened. */
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

/** The trail as the server uses it. Only what is below `clientOf` acts with the connection's own rights, and each says why. */
export interface ServerBackend {
  /** The functions under the caller's identity: claims under row-level security, or the connection's own rights for `local`. */
  clientOf(caller: Caller): TrailClient;
  /** The caller of a key by the SHA-256 of its secret in hexadecimal. With the connection's own rights: the caller is not known yet. */
  findKey(hash: string): Promise<Extract<Caller, { kind: 'key' }> | null>;
  /** One reader for all streams, with the connection's own rights; each stream's topic is checked as its caller. */
  readonly events: EventFeed;
  /** Opens the database; rejects with why it can not be. The first call does so too. */
  open(): Promise<void>;
  readiness(): Promise<Readiness>;
  /** Counts over all projects: the connection's own rights. */
  figures(): Promise<BackendFigures>;
  /** Whether any key opens anything: without one, a server that is not open would let nobody in. */
  hasKeys(): Promise<boolean>;
  /** Refreshes the analytics and marks silent runs stale, over all projects. A call during a run joins it; a run ends within 20 s. */
  runMaintenance(): Promise<void>;
  close(): Promise<void>;
}
