import { createServer } from 'optrail/server';

/*
 * Optrail's REST API in a Next.js application, below /api/optrail: `curl http://localhost:3000/api/optrail/v1/runs`.
 * The environment says where the trail is (OPTRAIL_DATABASE_URL) and whose tokens are trusted (OPTRAIL_JWT_SECRET, or OPTRAIL_JWKS_URL and
 * OPTRAIL_JWT_AUDIENCE); API keys work beside them. Live updates need a server that keeps a response open: not every platform does.
 */

// PostgreSQL's driver needs Node, and an answer is never the same for two callers.
export const runtime = 'nodejs';
export const dynamic = 'force-dynamic';

const server = createServer({ basePath: '/api/optrail' });

const handle = (request: Request): Promise<Response> => server.fetch(request);

export { handle as DELETE, handle as GET, handle as HEAD, handle as PATCH, handle as POST, handle as PUT };
