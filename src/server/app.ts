import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { OptrailError } from '../errors.js';
import type { Claims } from '../schemas/project.js';
import type { ServerEnv } from './env.js';
import { FairShare, tenantOf } from './fair-share.js';
import { jsonOf, linesOf, MAX_BODY_BYTES } from './http/body.js';
import { deadline, TIMEOUT_MS } from './http/deadline.js';
import { type Logger, requestLog } from './http/log.js';
import { HttpRefusal, problemResponse } from './http/problem.js';
import { assertUtf8, pathOf, queryOf } from './http/query.js';
import { responseOf } from './http/reply.js';
import { securityHeaders } from './http/security.js';
import { Metrics } from './metrics.js';
import { openApiDocument } from './openapi/document.js';
import type { ServerBackend } from './port.js';
import type { Route, ServerFacts } from './route.js';
import { ROUTES } from './routes/index.js';
import { NO_QUERY } from './routes/shapes.js';

export interface AppOptions {
  backend: ServerBackend;
  /** Tells this server from every other. */
  instance?: string | undefined;
  /** Middleware for every route, public ones included. */
  beforeAuth?: readonly MiddlewareHandler<ServerEnv>[] | undefined;
  /** Middleware of authenticated routes: sets `caller` and `client`, or rejects. */
  requireAuth: MiddlewareHandler<ServerEnv>;
  /** Middleware of `/metrics`. */
  requireScraper: MiddlewareHandler<ServerEnv>;
  /** Path that the API is mounted below, like `/api/optrail`; none by default. */
  basePath?: string | undefined;
  /** Rejects if the request's access was revoked after it was accepted. Streams repeat this check. */
  recheck(context: Context<ServerEnv>): Promise<void>;
  /** Largest body that is read whole, in bytes, decompressed. */
  maxBodyBytes?: number | undefined;
  /** Time-out of the beginning of an answer, in ms. */
  timeoutMs?: number | undefined;
  /** Aborted when the server stops: streams then say goodbye and end. */
  closing?: AbortSignal | undefined;
  /** Serves paths that no route has: the files of a page. */
  page?: MiddlewareHandler<ServerEnv> | undefined;
  /** Logger of each request; nothing is logged without one. */
  logger?: Logger | undefined;
  /** Interval of the access checks of a stream, in ms; 30,000 by default. */
  recheckMs?: number | undefined;
}

const NEVER = new AbortController().signal;

const MIB = 1024 * 1024;
/** Bytes of bodies that are held at once, of all tenants and of one. A body of 30 MiB takes some 150 MiB until it is stored. */
const BODIES = { total: 96 * MIB, each: 64 * MIB, waiting: 200 };

/** The server as a function of requests. It never listens. */
export function createApp(options: AppOptions): Hono<ServerEnv> {
  const { basePath = '', timeoutMs = TIMEOUT_MS, logger } = options;
  const docs = `${basePath}/docs`;
  const facts = factsOf(options);
  const bodies = new FairShare(BODIES);
  const app = new Hono<ServerEnv>().basePath(basePath);
  app.onError((error) => problemResponse(error, docs));
  app.notFound((context) => problemResponse(noRoute(context, docs), docs));
  const log = logger === undefined ? [] : [requestLog(logger)];
  app.use(securityHeaders, facts.metrics.observe, ...log, deadline(timeoutMs), ...(options.beforeAuth ?? []));
  for (const route of ROUTES) {
    app.on(route.method, [route.path], ...guards(route, options), (context) => answer(route, context, options, facts, bodies));
  }
  for (const [path, methods] of methodsByPath()) app.all(path, () => problemResponse(wrongMethod(methods), docs));
  if (options.page !== undefined) app.get('*', options.page);
  return app;
}

function factsOf({ backend, basePath = '', instance = '' }: AppOptions): ServerFacts {
  let document: ReturnType<ServerFacts['document']> | undefined;
  return {
    instance,
    metrics: new Metrics(backend),
    document() {
      document ??= openApiDocument(ROUTES, basePath);
      return document;
    },
  };
}

function guards({ access, path }: Route, { requireAuth, requireScraper }: AppOptions): MiddlewareHandler<ServerEnv>[] {
  const named: MiddlewareHandler<ServerEnv> = async (context, next) => {
    context.set('template', path);
    await next();
  };
  if (access === 'anybody') return [named];
  if (access === 'scraper') return [named, requireScraper];
  if (access === 'editor' || access === 'owner') return [named, requireAuth, requireRole(access)];
  if (access !== 'local') return [named, requireAuth];
  const local: MiddlewareHandler<ServerEnv> = async (context, next) => {
    if (context.var.caller.kind !== 'local') throw notLocal();
    await next();
  };
  return [named, requireAuth, local];
}

async function answer(
  route: Route,
  context: Context<ServerEnv>,
  options: AppOptions,
  server: ServerFacts,
  bodies: FairShare,
): Promise<Response> {
  const { raw: request } = context.req;
  const { caller, client, signal, requestId } = context.var;
  const limit = options.maxBodyBytes ?? MAX_BODY_BYTES;
  assertUtf8(request.url);
  let release = () => {};
  const body = () => {
    return jsonOf(request, limit, signal, async (bytes) => {
      release = await bodies.take(tenantOf(caller), bytes, signal);
    });
  };
  const reply = await inWords(() =>
    route.handle({
      params: route.params === undefined ? undefined : pathOf(route.params, context.req.param()),
      query: queryOf(route.query ?? NO_QUERY, request.url),
      caller,
      client,
      backend: options.backend,
      signal,
      closing: options.closing ?? NEVER,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      recheck: () => options.recheck(context),
      recheckMs: options.recheckMs,
      request,
      requestId,
      server,
      docs: `${options.basePath ?? ''}/docs`,
      body,
      lines: () => linesOf(request, limit, signal),
    }),
  ).finally(() => release());
  // Wake followers now instead of at the next poll.
  if (route.method !== 'GET') options.backend.events.poke();
  return reply instanceof Response ? reply : responseOf(reply, request);
}

/** Refuses a caller whose role is known to be too low, before the body is read. For other callers the database decides. */
function requireRole(access: 'editor' | 'owner'): MiddlewareHandler<ServerEnv> {
  const roles: readonly string[] = access === 'editor' ? ['editor', 'owner'] : ['owner'];
  return async ({ req, var: { caller } }, next) => {
    assertUtf8(req.raw.url);
    const isTooLow = caller.kind === 'key' ? !roles.includes(caller.role) : caller.kind === 'token' && isNobody(caller.claims);
    if (isTooLow) throw new OptrailError('forbidden', 'Your role in the project does not allow this, or the project does not exist.');
    await next();
  };
}

/** Whether claims name neither a user nor a project. */
function isNobody({ sub, optrail_projects }: Claims): boolean {
  return (sub === undefined || sub === '') && optrail_projects === undefined;
}

/** Wraps a thrown value in an Error: Hono passes only errors to its error handler. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error ? error : new Error('A value that is not an error was thrown.', { cause: error });
  }
}

function noRoute({ req }: Context<ServerEnv>, docs: string): HttpRefusal {
  return new HttpRefusal(404, 'not_found', `${req.path.slice(0, 200)} is not a route.`, {
    hint: `See the routes at ${docs}.`,
  });
}

function notLocal(): OptrailError {
  return new OptrailError('forbidden', 'Only the user of the machine that the server runs on may do this.', {
    hint: 'Do it there, with the command line.',
  });
}

/** The methods of each path, for the answer to any other. */
function methodsByPath(): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of ROUTES) {
    methods.set(path, [...(methods.get(path) ?? []), method, ...(method === 'GET' ? ['HEAD'] : [])]);
  }
  return methods;
}

function wrongMethod(methods: readonly string[]): HttpRefusal {
  const allow = methods.join(', ');
  return new HttpRefusal(405, 'invalid_input', `This path takes ${allow}.`, { headers: { allow } });
}
