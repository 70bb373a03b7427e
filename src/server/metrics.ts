import type { MiddlewareHandler } from 'hono';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ServerEnv } from './env.js';
import type { BackendFigures, ServerBackend } from './port.js';

/** Milliseconds for which the figures of the database are taken as they were. */
const FIGURES_FOR = 5_000;
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What Prometheus is told, in a registry of its own: two servers in one process do not count each other's requests. */
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

  constructor(trail: ServerBackend) {
    this.#figures = remembered(() => trail.figures(), FIGURES_FOR);
  }

  readonly observe: MiddlewareHandler<ServerEnv> = async (context, next) => {
    const began = performance.now();
    await next();
    const route = context.var.template ?? 'none';
    const method = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(context.req.method) ? context.req.method : 'other';
    this.#requests.inc({ route, method, status: context.res.status });
    this.#duration.observe({ route, method }, (performance.now() - began) / 1000);
  };

  /** In the text format of Prometheus. What the database can't tell now is left out. */
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

/** What a read gave, for a while; of several who ask at once all wait for one read. */
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
