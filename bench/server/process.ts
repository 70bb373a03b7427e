import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server over a database, in a process of its own. */
export interface ServerProcess {
  url: string;
  /** Bytes of memory that the process has (its resident set). */
  memory(): Promise<number>;
  close(): Promise<void>;
}

export async function startServed(databaseUrl: string): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('served.ts', import.meta.url)), [databaseUrl], { execArgv: ['--import', 'tsx'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async memory() {
      child.send('memory');
      const [{ bytes }] = (await once(child, 'message')) as [{ bytes: number }];
      return bytes;
    },
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
