import { type ClientOptions, createClient } from '../client/open/create-client.js';
import type { ClientHandle } from '../client/port.js';
import type { Output } from './output.js';
import { nothingThere, type Reader } from './reader.js';
import type { Shell } from './shell.js';
import { assertUsable, type CliTarget, describeTarget, isAbsent } from './target.js';

/** What a command works with: made for the one call, and closed after it. */
export class Context {
  private opened: ClientHandle | undefined;

  constructor(
    readonly target: CliTarget,
    readonly output: Output,
    readonly shell: Shell,
    /** What `--db` said, so that a command to type next goes to the same database. */
    private readonly db: string | undefined,
  ) {}

  /** Aborted by Ctrl-C. */
  get signal(): AbortSignal {
    return this.shell.signal;
  }

  /** For reading: a database that does not exist yet is an empty one, and is not made. */
  get reader(): Reader {
    return isAbsent(this.target) ? nothingThere : this.client;
  }

  /** For everything; makes and prepares an embedded database where there is none. */
  get client(): ClientHandle {
    this.opened ??= this.open();
    return this.opened;
  }

  /** A command for people to type: on the database that this one was called with. */
  readonly typed = (words: string): string => {
    const elsewhere = this.db !== undefined && this.target.kind !== 'postgres' ? ` --db ${quoted(this.db)}` : '';
    return `npx optrail ${words}${elsewhere}`;
  };

  async close(): Promise<void> {
    await this.opened?.close();
  }

  private open(): ClientHandle {
    assertUsable(this.target);
    if (isAbsent(this.target)) this.output.progress(`making a database in ${describeTarget(this.target)}, which takes some seconds once`);
    return createClient(optionsOf(this.target));
  }
}

/** The target as `createClient` and `createServer` take it. */
export function optionsOf(target: CliTarget): ClientOptions {
  if (target.kind === 'server') return { url: target.url, apiKey: target.apiKey };
  return target.kind === 'postgres' ? { databaseUrl: target.url } : { directory: target.directory };
}

/** A word as a shell takes it for one. */
export function quoted(text: string): string {
  return /^[\w./:@~+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
