import { serve as listen, type ServerType } from '@hono/node-server';
import type { Command } from 'commander';
import { databaseAt } from '../../places.js';
import { announceServer } from '../../processes/server-file.js';
import { createServer, type OptrailServer } from '../../server.js';
import { type Context, optionsOf } from '../context.js';
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
  databaseAt(target);
  const server = createServer({ ...optionsOf(target), auth: { open: target.kind === 'embedded' } });
  const { listener, url } = await listening(server.fetch, host, port);
  const withdraw = target.kind === 'embedded' ? await announce(server, target.directory, url) : () => {};
  await output.lines([url]);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  withdraw();
  listener.close();
  await server.close();
}

/** Opens the directory before anybody asks, and has other processes come through here. Returns the way to take that back. */
async function announce(server: OptrailServer, directory: string, url: string): Promise<() => void> {
  const { ok } = await server.fetch(new Request(`${url}/readyz`));
  return ok
    ? announceServer(directory, { url: url.replace(/\/\/(0[.]0[.]0[.]0|\[::\])/, '//127.0.0.1'), instance: server.instance })
    : () => {};
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
