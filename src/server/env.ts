import type { TrailClient } from '../client/port.js';
import type { Caller } from './port.js';

/** What the platform knows of a request beside the request itself. */
export interface ConnectionInfo {
  /** Address of the other side, where the platform tells it: what an unknown caller is counted by. */
  remoteAddress?: string | undefined;
}

/** What Hono carries through the handling of a request. */
export interface ServerEnv {
  // A type and no interface, for Hono asks for an index signature.
  Bindings: { remoteAddress?: string | undefined };
  Variables: {
    requestId: string;
    /** Aborted when the time for an answer is over, and when the other side is gone. */
    signal: AbortSignal;
    /** The route as it is written in the table, for logs and metrics; undefined where none matched. */
    template: string | undefined;
    /** Set by the gate, before any route of `/v1` runs. */
    caller: Caller;
    /** The functions as the caller. */
    client: TrailClient;
  };
}
