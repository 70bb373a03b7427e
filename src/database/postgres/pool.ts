import type { EventEmitter } from 'node:events';

/** The part of `pg.Pool` that Optrail uses, so that any copy or version of `pg` fits. */
export interface PoolLike {
  connect(): Promise<PoolClientLike>;
  readonly options?: unknown;
  readonly totalCount?: number;
  readonly idleCount?: number;
  readonly waitingCount?: number;
}

/** The part of a `pg.PoolClient` that Optrail uses. What is optional makes things faster or lets a query be cancelled. */
export interface PoolClientLike {
  query(query: unknown): unknown;
  /** An error, or true, takes the client out of the pool. */
  release(error?: Error | boolean): void;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'notification', listener: (notification: { channel: string; payload?: string | undefined }) => void): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: any listener of any event, as an EventEmitter takes it off.
  removeListener(event: string, listener: (...values: any[]) => void): unknown;
  /** Set on a client that pipelines; such a client takes no query classes other than its own. */
  readonly pipeline?: boolean;
  readonly connection?: unknown;
  readonly host?: string;
  readonly port?: number;
  readonly ssl?: unknown;
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/** The messages of the extended query protocol, as `pg`'s own connection sends them. */
export interface WireConnection extends EventEmitter {
  readonly stream: { cork?(): void; uncork?(): void };
  parse(message: { text: string }): void;
  bind(message: { values: unknown[] }): void;
  describe(message: { type: 'P'; name: string }): void;
  execute(message: object): void;
  sync(): void;
  sendCopyFail(message: string): void;
}
