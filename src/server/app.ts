import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { validated } from '../client/validate.js';
import { jsonOf, linesOf, MAX_BODY_BYTES } from './body.js';
import { deadline, TIMEOUT_MS } from './deadline.js';
import type { ServerEnv } from './env.js';
import type { Trail } from './port.js';
import { HttpRefusal, problemResponse } from './problem.js';
import { queryOf } from './query.js';
import { responseOf } from './reply.js';
import type { Route } from './route.js';
import { ROUTES } from './routes/index.js';
import { NO_QUERY } from './routes/shapes.js';
import { securityHeaders } from './security.js';

export interface AppOptions {
  trail: Trail;
  /** Stands before every route that asks who calls: lets the request in and sets `caller`, or rejects. */
  gate: MiddlewareHandler<ServerEnv>;
  /** Path that the API is mounted below, like `/api/optrail`; none where it is left out. */
  basePath?: string | undefined;
  /** Largest body that is read whole, in bytes, decompressed. */
  maxBodyBytes?: number | undefined;
  /** Milliseconds in which an answer has to begin. */
  timeoutMs?: number | undefined;
  /** Aborted when the server stops: streams then say goodbye and end. */
  closing?: AbortSignal | undefined;
  /** Milliseconds after which a stream asks the gate again: 30,000 where it is left out. */
  recheckMs?: number | undefined;
}

const NEVER = new AbortController().signal;

/** The server as a function of requests. It never listens. */
export function createApp(options: AppOptions): Hono<ServerEnv> {
  const { basePath = '', timeoutMs = TIMEOUT_MS } = options;
  const docs = `${basePath}/docs`;
  const app = new Hono<ServerEnv>().basePath(basePath);
  app.onError((error) => problemResponse(error, docs));
  app.notFound((context) => problemResponse(noRoute(context, docs), docs));
  app.use(securityHeaders, deadline(timeoutMs));
  for (const route of ROUTES) app.on(route.method, [route.path], ...guards(route, options), (context) => answer(route, context, options));
  for (const [path, methods] of methodsByPath()) app.all(path, () => problemResponse(wrongMethod(methods), docs));
  return app;
}

function guards({ access, path }: Route, { gate, trail }: AppOptions): MiddlewareHandler<ServerEnv>[] {
  const named: MiddlewareHandler<ServerEnv> = async (context, next) => {
    context.set('template', path);
    await next();
  };
  if (access === 'anybody') return [named];
  const known: MiddlewareHandler<ServerEnv> = async (context, next) => {
    context.set('client', trail.clientOf(context.var.caller));
    await next();
  };
  return [named, gate, known];
}

async function answer(route: Route, context: Context<ServerEnv>, options: AppOptions): Promise<Response> {
  const { raw: request } = context.req;
  const { caller, client, signal, requestId } = context.var;
  const limit = options.maxBodyBytes ?? MAX_BODY_BYTES;
  const reply = await route.handle({
    params: route.params === undefined ? undefined : validated(route.params, context.req.param()),
    query: queryOf(route.query ?? NO_QUERY, request.url),
    caller,
    client,
    trail: options.trail,
    signal,
    closing: options.closing ?? NEVER,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    recheck: async () => {
      await options.gate(context, async () => {});
    },
    recheckMs: options.recheckMs,
    request,
    requestId,
    docs: `${options.basePath ?? ''}/docs`,
    body: () => jsonOf(request, limit, signal),
    lines: () => linesOf(request, limit, signal),
  });
  // Nobody who follows need wait until the database is asked the next time.
  if (route.method !== 'GET') options.trail.events.poke();
  return reply instanceof Response ? reply : responseOf(reply, request);
}

function noRoute({ req }: Context<ServerEnv>, docs: string): HttpRefusal {
  return new HttpRefusal(404, 'not_found', `There is nothing at ${req.path.slice(0, 200)}.`, {
    hint: `The routes are described at ${docs}.`,
  });
}

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
