import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serve } from '@hono/node-server';
import type { OptrailServer } from '../../src/server.js';

const FILES = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** The policy that the dashboard is served under. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export interface Site {
  url: string;
  close(): Promise<void>;
}

/** The server with the built dashboard before it, on a free port of this machine. Closing it closes the server too. */
export async function openSite(server: OptrailServer): Promise<Site> {
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    return /^\/(v1|docs|healthz|readyz)/.test(pathname) ? server.fetch(request) : page(pathname);
  };
  return new Promise((resolve) => {
    const listener = serve({ fetch: answer, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve({
        url: `http://127.0.0.1:${port}`,
        async close() {
          await server.close();
          if ('closeAllConnections' in listener) listener.closeAllConnections();
          await new Promise((done) => listener.close(done));
        },
      }),
    );
  });
}

async function page(pathname: string): Promise<Response> {
  const asked = join(FILES, normalize(pathname));
  const isFile = extname(pathname) !== '' && asked.startsWith(FILES);
  const file = isFile ? asked : join(FILES, 'index.html');
  const content = await readFile(file).catch(() => null);
  if (content === null) return new Response('There is no such file', { status: 404 });
  return new Response(content, {
    headers: { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': POLICY },
  });
}
