import { serve as listen, type ServerType } from '@hono/node-server';
import type { Command } from 'commander';
import { createServer } from '../../server.js';
import type { Context } from '../context.js';
import { integer } from '../options.js';
import type { Runner } from '../runner.js';
import { assertUsable } from '../target.js';

interface ServeOptions {
  host: string;
  port: number;
}

export function addServe(program: Command, run: Runner): void {
  program
    .command('serve')
    .description('serve the trail: REST API and documentation')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on; 0 takes a free one', integer(0, 65_535), 4700)
    .action(run(serve));
}

async function serve({ target, output, signal }: Context, { host, port }: ServeOptions): Promise<void> {
  assertUsable(target);
  const place = target.kind === 'postgres' ? { databaseUrl: target.url } : { directory: target.directory };
  const server = createServer({ ...place, auth: { open: target.kind === 'embedded' } });
  const { listener, url } = await listening(server.fetch, host, port);
  await output.lines([url]);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  listener.close();
  await server.close();
}

function listening(
  fetch: (request: Request) => Promise<Response>,
  hostname: string,
  port: number,
): Promise<{ listener: ServerType; url: string }> {
  return new Promise((resolve, reject) => {
    const listener = listen({ fetch: (request) => fetch(request), hostname, port }, (address) =>
      resolve({ listener, url: `http://${hostname.includes(':') ? `[${hostname}]` : hostname}:${address.port}` }),
    );
    listener.once('error', reject);
  });
}
