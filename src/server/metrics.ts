import type { MiddlewareHandler } from 'hono';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServerEnv } from './env.js';
import type { BackendFigures, ServerBackend } from './port.js';

/** Lifetime of the figures of the database, in ms. */
const FIGURES_FOR = 5_000;
/** Time in which the database has to give its figures to count as up, in ms. */
const FIGURES_WITHIN = 3_000;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Metrics in a registry of their own: two servers in one process do not count each other's requests. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #figures: () => Promise<BackendFigures>;
  readonly #requests = this.#counter('optrail_http_requests_total', 'Requests answered.', ['route', 'method', 'status']);
  readonly #duration = new Histogram({
    name: 'optrail_http_request_duration_seconds',
    help: 'Seconds until the answer began.',
    labelNames: ['route', 'method'],
    buckets: SECONDS,
    registers: [this.#registry],
  });
  readonly #isUp = this.#gauge('optrail_database_up', 'Whether the database answers: 1 or 0.');
  readonly #pool = this.#gauge('optrail_pool_connections', 'Connections to the database, and calls that wait for one.', ['state']);
  readonly #runs = this.#gauge('optrail_runs', 'Runs by status, as of the last refresh of the analytics.', ['status']);
  readonly #samples = this.#gauge('optrail_samples_recorded', 'Samples of all runs, as of the last refresh of the analytics.');
  readonly #age = this.#gauge('optrail_analytics_refresh_age_seconds', 'Seconds since the analytics were refreshed.');

  constructor(backend: ServerBackend) {
    this.#figures = remembered(() => within(backend.figures(), FIGURES_WITHIN), FIGURES_FOR);
  }

  readonly observe: MiddlewareHandler<ServerEnv> = async (context, next) => {
    const began = performance.now();
    await next();
    const route = context.var.template ?? 'none';
    const method = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(context.req.method) ? context.req.method : 'other';
    this.#requests.inc({ route, method, status: context.res.status });
    this.#duration.observe({ route, method }, (performance.now() - began) / 1000);
  };

  /** The text format of Prometheus, without the figures of a database that does not give them in time. */
  async text(): Promise<string> {
    const figures = await this.#figures().catch(() => null);
    for (const gauge of [this.#pool, this.#runs, this.#samples, this.#age]) gauge.reset();
    this.#isUp.set(figures === null ? 0 : 1);
    if (figures !== null) this.#show(figures);
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  #show({ pool, runsByStatus, samplesRecorded, refreshAgeSeconds }: BackendFigures): void {
    for (const [state, count] of Object.entries(pool ?? {})) this.#pool.set({ state }, count);
    for (const [status, count] of Object.entries(runsByStatus)) this.#runs.set({ status }, count);
    this.#samples.set(samplesRecorded);
    if (refreshAgeSeconds !== null) this.#age.set(refreshAgeSeconds);
  }

  #counter(name: string, help: string, labelNames: string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] });
  }
}

/** Rejects if the work takes longer. */
async function within<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the figures are late')), milliseconds);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Caches a result for a while. Concurrent callers share one query. */
function remembered<T>(read: () => Promise<T>, forMs: number): () => Promise<T> {
  let known: Promise<T> | undefined;
  let until = 0;
  return () => {
    if (known !== undefined && Date.now() < until) return known;
    until = Date.now() + forMs;
    known = read();
    known.catch(() => {
      known = undefined;
    });
    return known;
  };
}
