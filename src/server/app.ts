import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { OptrailError } from '../errors.js';
import type { Claims } from '../schemas/project.js';
import type { ServerEnv } from './env.js';
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
  trail: ServerBackend;
  /** Tells this server from every other. */
  instance?: string | undefined;
  /** Stand before everything, what is for anybody too. */
  beforeAuth?: readonly MiddlewareHandler<ServerEnv>[] | undefined;
  /** Stands before every route that asks who calls: lets the request in and sets `caller` and `client`, or rejects. */
  requireAuth: MiddlewareHandler<ServerEnv>;
  /** The same of routes for whoever may scrape the figures of all projects. */
  requireScraper: MiddlewareHandler<ServerEnv>;
  /** Path that the API is mounted below, like `/api/optrail`; none where it is left out. */
  basePath?: string | undefined;
  /** Rejects where a request that was let in would not be any more: what a stream is asked again and again. */
  recheck(context: Context<ServerEnv>): Promise<void>;
  /** Largest body that is read whole, in bytes, decompressed. */
  maxBodyBytes?: number | undefined;
  /** Milliseconds in which an answer has to begin. */
  timeoutMs?: number | undefined;
  /** Aborted when the server stops: streams then say goodbye and end. */
  closing?: AbortSignal | undefined;
  /** Answers what no route does: the files of a page. */
  page?: MiddlewareHandler<ServerEnv> | undefined;
  /** Told of each request; nobody is where it is left out. */
  logger?: Logger | undefined;
  /** Milliseconds between two such questions: 30,000 where it is left out. */
  recheckMs?: number | undefined;
}

const NEVER = new AbortController().signal;

/** The server as a function of requests. It never listens. */
export function createApp(options: AppOptions): Hono<ServerEnv> {
  const { basePath = '', timeoutMs = TIMEOUT_MS, logger } = options;
  const docs = `${basePath}/docs`;
  const facts = factsOf(options);
  const app = new Hono<ServerEnv>().basePath(basePath);
  app.onError((error) => problemResponse(error, docs));
  app.notFound((context) => problemResponse(noRoute(context, docs), docs));
  const log = logger === undefined ? [] : [requestLog(logger)];
  app.use(securityHeaders, facts.metrics.observe, ...log, deadline(timeoutMs), ...(options.beforeAuth ?? []));
  for (const route of ROUTES) {
    app.on(route.method, [route.path], ...guards(route, options), (context) => answer(route, context, options, facts));
  }
  for (const [path, methods] of methodsByPath()) app.all(path, () => problemResponse(wrongMethod(methods), docs));
  if (options.page !== undefined) app.get('*', options.page);
  return app;
}

function factsOf({ trail, basePath = '', instance = '' }: AppOptions): ServerFacts {
  let document: ReturnType<ServerFacts['document']> | undefined;
  return {
    instance,
    metrics: new Metrics(trail),
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

async function answer(route: Route, context: Context<ServerEnv>, options: AppOptions, server: ServerFacts): Promise<Response> {
  const { raw: request } = context.req;
  const { caller, client, signal, requestId } = context.var;
  const limit = options.maxBodyBytes ?? MAX_BODY_BYTES;
  assertUtf8(request.url);
  const reply = await inWords(() =>
    route.handle({
      params: route.params === undefined ? undefined : pathOf(route.params, context.req.param()),
      query: queryOf(route.query ?? NO_QUERY, request.url),
      caller,
      client,
      trail: options.trail,
      signal,
      closing: options.closing ?? NEVER,
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
      recheck: () => options.recheck(context),
      recheckMs: options.recheckMs,
      request,
      requestId,
      server,
      docs: `${options.basePath ?? ''}/docs`,
      body: () => jsonOf(request, limit, signal),
      lines: () => linesOf(request, limit, signal),
    }),
  );
  // Nobody who follows need wait until the database is asked the next time.
  if (route.method !== 'GET') options.trail.events.poke();
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

/** Hono hands nothing but errors to the handler of errors. */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error ? error : new Error('Something was thrown that is no error.', { cause: error });
  }
}

function noRoute({ req }: Context<ServerEnv>, docs: string): HttpRefusal {
  return new HttpRefusal(404, 'not_found', `There is nothing at ${req.path.slice(0, 200)}.`, {
    hint: `The routes are described at ${docs}.`,
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
