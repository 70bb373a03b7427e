import { createClient } from '../../src/client/open/create-client.js';
import type { Section } from '../report.js';
import { startServed } from './process.js';
import { benchRequests } from './requests.js';
import { benchRestart } from './restart.js';
import { benchStreams } from './streams.js';

/** Gives a new database for as long as the work lasts. */
type Within = <T>(name: string, work: (url: string) => Promise<T>) => Promise<T>;

/** What the server costs beside the database: in less than two minutes. */
export async function benchServer(within: Within, isQuick: boolean, note: (text: string) => void): Promise<Section[]> {
  const served = await within('served', async (databaseUrl) => {
    await using client = createClient({ databaseUrl });
    const server = await startServed(databaseUrl);
    try {
      note('requests');
      const requests = await benchRequests(client, server.url, isQuick);
      note('streams');
      return [requests, await benchStreams(client, server, isQuick)];
    } finally {
      await server.close();
    }
  });
  note('restart');
  return [...served, await benchRestart()];
}
