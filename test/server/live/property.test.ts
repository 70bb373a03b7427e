import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import pg from 'pg';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aRun, newProject } from '../../support/records.js';
import { INSTALLS, useTrail } from '../../support/trails.js';
import type { Follower } from './follower.js';
import { type Served, serve } from './served.js';

/** What two writers, each with a connection and a run of its own, and one reader may do. */
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), writer: fc.nat(1) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), writer: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollback' as const), writer: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconnect' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), milliseconds: fc.nat(60) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

class Writer {
  readonly runId = uuidv7();
  readonly committed: string[] = [];
  #open: string[] = [];
  #iteration = 0;

  constructor(
    readonly client: pg.PoolClient,
    readonly projectId: string,
  ) {}

  async write(): Promise<void> {
    if (this.#open.length === 0) await this.client.query('begin');
    const iteration = this.#iteration++;
    const row = JSON.stringify({ run_id: this.runId, project_id: this.projectId, iteration });
    await this.client.query('select from record_optimization_iteration($1)', [row]);
    this.#open.push(`${this.runId} ${iteration}`);
  }

  async commit(): Promise<void> {
    if (this.#open.length > 0) await this.client.query('commit');
    this.committed.push(...this.#open.splice(0));
  }

  async rollback(): Promise<void> {
    if (this.#open.length > 0) await this.client.query('rollback');
    this.#open = [];
  }
}

/** Loses its connection now and then, and goes on from where it was. */
class Reader {
  readonly #told = new Set<string>();

  private constructor(
    readonly served: Served,
    readonly path: string,
    private follower: Follower,
  ) {}

  static async open(served: Served, path: string): Promise<Reader> {
    return new Reader(served, path, await served.follow(path));
  }

  async reconnect(): Promise<void> {
    const { lastEventId } = this.follower;
    await this.#leave();
    this.follower = await this.served.follow(this.path, { lastEventId });
  }

  /** All that it was told of, when it has heard of this run. */
  async untilTold(lastRunId: string): Promise<string[]> {
    await this.follower.until(({ events }) => events.some(({ runId }) => runId === lastRunId));
    await this.#leave();
    return [...this.#told].sort();
  }

  async #leave(): Promise<void> {
    for (const each of this.follower.recorded) this.#told.add(each);
    await this.follower.close();
  }
}

type Step = typeof steps extends fc.Arbitrary<(infer S)[]> ? S : never;

async function take(step: Step, writers: readonly Writer[], reader: Reader): Promise<void> {
  if (step.kind === 'wait') await sleep(step.milliseconds);
  else if (step.kind === 'reconnect') await reader.reconnect();
  else await writers[step.writer]?.[step.kind]();
}

describe.each(INSTALLS.filter(({ name }) => /18, superuser|15, ordinary/.test(name)))('on $name', (install) => {
  const trail = useTrail(install);
  let pool: pg.Pool;
  let served: Served;
  beforeAll(() => {
    pool = new pg.Pool({ connectionString: trail.url });
    served = serve(trail.url);
  });
  afterAll(async () => {
    await served?.close();
    await pool?.end();
  });

  test('whatever the order of commits and however often it reconnects, a reader is told of what was committed, and of nothing else', async () => {
    const [one, other] = [await pool.connect(), await pool.connect()];
    try {
      await fc.assert(
        fc.asyncProperty(steps, async (script) => {
          const projectId = newProject();
          const writers = [new Writer(one, projectId), new Writer(other, projectId)];
          for (const { runId } of writers) await trail.client.createOptimizationRun(aRun(projectId, { id: runId, status: 'running' }));
          const reader = await Reader.open(served, `/v1/projects/${projectId}/events`);
          for (const step of script) await take(step, writers, reader);
          for (const writer of writers) await writer.commit();
          const last = await trail.client.createOptimizationRun(aRun(projectId));
          expect(await reader.untilTold(last.id)).toEqual(writers.flatMap(({ committed }) => committed).sort());
        }),
        { numRuns: 12, interruptAfterTimeLimit: 20_000, endOnFailure: true },
      );
    } finally {
      for (const client of [one, other]) client.release(true);
    }
  });
});
