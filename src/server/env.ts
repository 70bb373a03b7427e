import type { TrailClient } from '../client/port.js';
import type { Caller } from './port.js';

/** Facts of the platform about a request. */
export interface ConnectionInfo {
  /** Address of the client, if the platform has it: failed attempts are counted by it. */
  remoteAddress?: string | undefined;
}

/** Variables of a request in Hono. */
export interface ServerEnv {
  // A type literal: Hono requires an index signature, which an interface lacks.
  Bindings: { remoteAddress?: string | undefined };
  Variables: {
    requestId: string;
    /** Aborted when the request times out or the client disconnects. */
    signal: AbortSignal;
    /** The path of the matched route, for logs and metrics. */
    template: string | undefined;
    /** Set by `requireAuth`, before any route of `/v1` runs. */
    caller: Caller;
    /** The functions as the caller. */
    client: TrailClient;
  };
}
