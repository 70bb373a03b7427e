/* A server in a process of its own, which is told to say how much memory it has: `fork(file, [databaseUrl])`. */
import { serve } from '@hono/node-server';
import { createServer } from '../../src/server.js';

const server = createServer({ databaseUrl: process.argv[2], rateLimit: false });
const listener = serve({ fetch: (request) => server.fetch(request), hostname: '127.0.0.1', port: 0 }, ({ port }) => {
  process.send?.({ url: `http://127.0.0.1:${port}` });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const peak = process.resourceUsage().maxRSS * 1024;
  process.send?.({ bytes: process.memoryUsage.rss(), peak, cpuMs: (user + system) / 1000 });
});
process.on('disconnect', () => {
  listener.close();
  void server.close().then(() => process.exit(0));
});
