/** One statement with its parameters ($1, $2, ...). Arrays and JSON are passed as the text PostgreSQL reads. */
export interface Statement {
  text: string;
  values?: readonly SqlValue[];
}

/** JSON and arrays are stringified by the store, since drivers disagree on them. */
export type SqlValue = string | number | boolean | null | Uint8Array | SqlArray;
export type SqlArray = readonly (string | number | boolean | null)[];

/** A row as every engine gives it: int8 and numeric are numbers, json is parsed, times are ISO text in UTC, bytea is Uint8Array. */
export type Row = Record<string, unknown>;

/**
 * Who a transaction acts as. `trusted` is the connection's own role: the installing owner, a superuser or service_role.
 * Claims act as `authenticated` (or as `anon` where they are null), set for the one transaction only.
 */
export type Identity = { kind: 'trusted' } | { kind: 'claims'; claims: Record<string, unknown> | null };

export const TRUSTED: Identity = { kind: 'trusted' };

export interface QueryOptions {
  signal?: AbortSignal | undefined;
}

/** Runs statements inside one open transaction. */
export interface Transaction {
  query<R extends Row = Row>(statement: Statement): Promise<R[]>;
}

/** What hears the notifications of a channel, on a connection of its own. */
export interface Listening {
  /** Resolves when nothing more is heard: the connection broke, or was closed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** How many connections there are. */
export interface PoolFigures {
  total: number;
  idle: number;
  /** Calls that wait for one. */
  waiting: number;
}

/** Statements under an identity. */
export interface Queries {
  /** One statement in a transaction of its own. */
  query<R extends Row = Row>(identity: Identity, statement: Statement, options?: QueryOptions): Promise<R[]>;
  /** Several statements, all or none. The callback's error rolls back and is thrown on. */
  transaction<T>(identity: Identity, work: (transaction: Transaction) => Promise<T>, options?: QueryOptions): Promise<T>;
}

/** A `MessagePort` of `node:worker_threads` on the embedded engine; to those who have no Node, something to close. */
export interface EnginePort {
  close(): void;
}

/** How another thread of this process comes to the same database. */
export type Elsewhere =
  | { kind: 'postgres'; url: string }
  | {
      kind: 'embedded';
      /**
       * Hands out a port on the engine, which serves nobody else until the port is closed. Resolves then; rejects with `engine_failed`
       * where the engine fails meanwhile.
       */
      lend(hand: (port: EnginePort) => void, options?: QueryOptions): Promise<void>;
    };

/** A connection to one database, whichever engine it is; it knows nothing of runs. */
export interface Database extends Queries {
  readonly kind: 'embedded' | 'postgres';
  /** Where the data is, for people: a directory, or a URL with its password masked. */
  readonly target: string;
  /** Null where there is no pool, or one that does not tell. */
  readonly pool: PoolFigures | null;
  /** Null where the connections are the caller's own: they belong to this thread. */
  readonly elsewhere: Elsewhere | null;
  /** SQL text with several statements and no parameters, outside any transaction of ours (migrations bring their own). */
  script(text: string): Promise<void>;
  /**
   * Calls back with the payload of each notification of a channel. Null where there is no connection to spare for it: the embedded
   * engine has one for all, and a pool of one would be empty. That it returns does not say that anything will be heard: a
   * transaction pooler takes LISTEN, and forgets it.
   */
  listen(channel: string, heard: (payload: string) => void): Promise<Listening | null>;
  close(): Promise<void>;
}
