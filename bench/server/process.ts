import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Usage {
  bytes: number;
  peak: number;
  cpuMs: number;
}

/** A server over a database, in a process of its own. */
export interface ServerProcess {
  url: string;
  /** Bytes of memory that the process has (its resident set). */
  memory(): Promise<number>;
  /** The most memory it ever had in bytes, and the processor time that it has used in ms. */
  usage(): Promise<Usage>;
  close(): Promise<void>;
}

export async function startServed(databaseUrl: string): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('served.ts', import.meta.url)), [databaseUrl], { execArgv: ['--import', 'tsx'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const usage = async () => {
    child.send('usage');
    const [answer] = (await once(child, 'message')) as [Usage];
    return answer;
  };
  return {
    url,
    usage,
    memory: async () => (await usage()).bytes,
    async close() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
