import { rmSync } from 'node:fs';
import { afterAll, beforeAll } from 'vitest';
import { createServer, type OptrailServer, type ServerOptions } from '../../src/server.js';
import { freshDatabase, freshDirectory } from '../support/databases.js';

/** A line of the server's log. */
export type LogLine = Record<string, unknown> & { method: string; route: string | null; status: number };

/** What a request was answered with. */
export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  /** The text as JSON; undefined where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the tests look at.
  json: any;
}

export interface TestServer {
  readonly server: OptrailServer;
  /** What was logged, in order. */
  readonly log: LogLine[];
  request(method: string, path: string, options?: RequestOptions): Promise<Answered>;
}

export interface RequestOptions {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is. */
  raw?: string | Uint8Array | ReadableStream;
  headers?: Record<string, string>;
}

export type Engine = 'embedded' | 'postgres';

/** A server over a migrated database of its own, open for the tests around the call, and asked without a socket. */
export function useServer(engine: Engine, options: ServerOptions = {}): TestServer {
  const log: LogLine[] = [];
  let server: OptrailServer | undefined;
  let directory: string | undefined;
  beforeAll(async () => {
    if (engine === 'embedded') directory = freshDirectory();
    const place = directory === undefined ? { databaseUrl: await freshDatabase(18, { migrated: true }) } : { directory };
    const write = (fields: object, message: string) => void log.push({ ...fields, message } as unknown as LogLine);
    server = createServer({ ...place, auth: { open: true }, logger: { info: write, warn: write, error: write }, ...options });
  });
  afterAll(async () => {
    await server?.close();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });
  const live = (): OptrailServer => {
    if (server === undefined) throw new Error('the server is open inside tests only');
    return server;
  };
  return {
    log,
    get server() {
      return live();
    },
    async request(method, path, { body, raw, headers = {} } = {}) {
      const content = body === undefined ? raw : JSON.stringify(body);
      const response = await live().fetch(
        new Request(`http://localhost:4700${path}`, {
          method,
          headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
          ...(content === undefined ? {} : { body: content, duplex: 'half' }),
        } as RequestInit),
      );
      return answered(response);
    },
  };
}

export async function answered(response: Response): Promise<Answered> {
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The lines of an NDJSON text. */
// biome-ignore lint/suspicious/noExplicitAny: as above.
export function linesIn(text: string): any[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
