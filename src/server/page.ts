import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import type { MiddlewareHandler } from 'hono';
import { html } from 'hono/html';
import type { ServerEnv } from './env.js';

/** Paths that only routes answer: a wrong path there is an error, never a page. */
const ROUTES_ALONE = /^\/(v1|docs|healthz|readyz|metrics)(\/|$)/;
/** A file whose name changes with its content. */
const HASHED = /^\/assets\/.+-[\w-]{8,}\.\w+$/;

/**
 * Serves the dashboard's files. Any other page path gets `index.html`: the dashboard routes on the client. If it is not built, `/` is a page
 * that links to the documentation.
 */
export function dashboard(directory: string): MiddlewareHandler<ServerEnv> {
  const isBuilt = existsSync(join(directory, 'index.html'));
  const file = isBuilt ? serveStatic<ServerEnv>({ root: directory, precompressed: true }) : undefined;
  const index = isBuilt ? serveStatic<ServerEnv>({ root: directory, path: 'index.html' }) : undefined;
  return async (context, next) => {
    if (ROUTES_ALONE.test(context.req.path)) return next();
    if (file === undefined || index === undefined) {
      return context.req.path === '/' ? context.html(placeholder(), 200, { 'cache-control': 'no-cache' }) : next();
    }
    context.set('template', 'page');
    context.header('cache-control', HASHED.test(context.req.path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    const found = await file(context, async () => {});
    if (found !== undefined) return found;
    context.header('cache-control', 'no-cache');
    return wantsPage(context.req.header('accept')) ? index(context, next) : next();
  };
}

function wantsPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') === true;
}

function placeholder() {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Optrail</title>
<body style="font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>Optrail</h1>
<p>The server runs. Its API is described at <a href="/docs">/docs</a>.</p>
</body>
</html>`;
}
