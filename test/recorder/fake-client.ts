import type { OptimizationClient } from '../../src/client/port.js';
import { OptrailError, type OptrailErrorCode } from '../../src/errors.js';
import type { Judge } from '../../src/recorder/sanitize/repair.js';
import { CreateOptimizationIterationSchema, UpdateOptimizationIterationSchema } from '../../src/schemas/iteration.js';
import { CreateOptimizationRunSchema, UpdateOptimizationRunSchema } from '../../src/schemas/run.js';
import { BatchCreateOptimizationSamplesSchema } from '../../src/schemas/sample.js';

type Row = Record<string, unknown>;

export interface FakeCall {
  method: string;
  input: unknown;
  /** How many calls came before. */
  index: number;
}

/**
 * The writing half of the port over maps, with the rules that the recorder leans on: inputs are checked by the schemas, an
 * id seen before changes nothing, a number taken by another id is a conflict, a batch is stored whole or not at all.
 * `before` stands for the world in between: it may throw, wait or hang.
 */
export class FakeClient {
  readonly runs = new Map<string, Row>();
  readonly iterations = new Map<string, Row>();
  readonly samples = new Map<string, Row>();
  readonly calls: FakeCall[] = [];
  beats = 0;
  /** Beats that are neither answered nor given up. */
  unanswered = 0;
  before: (call: FakeCall) => unknown = () => undefined;
  /** Runs after a write took effect: throwing here is an answer that was lost. */
  after: (call: FakeCall) => unknown = () => undefined;

  get client(): OptimizationClient {
    return this as unknown as OptimizationClient;
  }

  /** The only run, or the one with the id. */
  run(id?: string): Row {
    const run = id === undefined ? [...this.runs.values()][0] : this.runs.get(id);
    if (run === undefined) throw new Error('no run was created');
    return run;
  }

  iteration(number: number): Row {
    const found = [...this.iterations.values()].find((row) => row.iteration === number);
    if (found === undefined) throw new Error(`no iteration ${number}`);
    return found;
  }

  samplesOf(number: number): Row[] {
    return [...this.samples.values()]
      .filter((row) => row.iteration === number)
      .sort((a, b) => Number(a.sampleIndex) - Number(b.sampleIndex));
  }

  methods(): string[] {
    return this.calls.map(({ method }) => method);
  }

  createOptimizationRun(input: unknown) {
    return this.write('createOptimizationRun', input, () => {
      const run = checked(CreateOptimizationRunSchema, input);
      const id = String(run.id);
      if (!this.runs.has(id)) this.runs.set(id, run);
      return this.runs.get(id);
    });
  }

  updateOptimizationRun(id: string, changes: unknown) {
    return this.write('updateOptimizationRun', changes, () => {
      const run = this.runs.get(id);
      const said = checked(UpdateOptimizationRunSchema, changes);
      if (run === undefined) throw new OptrailError('not_found', `no run ${id}`);
      if (said.status !== undefined && run.status !== 'running' && run.status !== said.status) {
        throw new OptrailError('invalid_status_transition', `run is ${String(run.status)}`);
      }
      return Object.assign(run, defined(said));
    });
  }

  createOptimizationIteration(input: unknown) {
    return this.write('createOptimizationIteration', input, () => {
      const row = checked(CreateOptimizationIterationSchema, input);
      if (!this.runs.has(String(row.runId))) throw new OptrailError('not_found', 'no such run');
      const key = `${String(row.runId)}/${String(row.iteration)}`;
      const stored = this.iterations.get(key);
      if (stored === undefined || stored.placeholder === true) this.iterations.set(key, row);
      else if (stored.id !== row.id) throw new OptrailError('conflict', `iteration ${String(row.iteration)} is recorded already`);
      return this.iterations.get(key);
    });
  }

  updateOptimizationIteration(runId: string, iteration: number, changes: unknown) {
    return this.write('updateOptimizationIteration', changes, () => {
      const row = this.iterations.get(`${runId}/${iteration}`);
      const said = checked(UpdateOptimizationIterationSchema, changes);
      if (row === undefined) throw new OptrailError('not_found', `no iteration ${iteration}`);
      return Object.assign(row, defined(said));
    });
  }

  batchCreateOptimizationSamples(inputs: unknown) {
    return this.write('batchCreateOptimizationSamples', inputs, () => {
      const rows = checked(BatchCreateOptimizationSamplesSchema, inputs) as unknown as Row[];
      for (const row of rows) {
        const key = `${String(row.runId)}/${String(row.iteration)}`;
        const iteration = this.iterations.get(key) ?? { id: row.iterationId, iteration: row.iteration, placeholder: true };
        if (iteration.placeholder !== true && row.iterationId !== undefined && row.iterationId !== iteration.id) {
          throw new OptrailError('conflict', 'iteration has another id');
        }
        this.iterations.set(key, iteration);
      }
      let stored = 0;
      for (const row of rows) {
        const key = `${String(row.runId)}/${String(row.iteration)}/${String(row.sampleIndex)}`;
        if (this.samples.has(key)) continue;
        this.samples.set(key, row);
        stored += 1;
      }
      return { stored, existing: rows.length - stored };
    });
  }

  async updateRunProgress(_id: string, _progress: object, { signal }: { signal?: AbortSignal } = {}) {
    this.beats += 1;
    this.unanswered += 1;
    signal?.addEventListener('abort', () => {
      this.unanswered -= 1;
    });
    try {
      await this.before({ method: 'updateRunProgress', input: {}, index: -1 });
    } finally {
      this.unanswered -= 1;
    }
    return {};
  }

  private async write<T>(method: string, input: unknown, effect: () => T): Promise<T> {
    // What travels is a copy, as it would be to a server.
    const call = { method, input: structuredClone(input), index: this.calls.length };
    this.calls.push(call);
    await this.before(call);
    await Promise.resolve();
    const result = effect();
    await this.after(call);
    return result;
  }
}

export function fail(code: OptrailErrorCode, retryable = false): never {
  throw new OptrailError(code, `made to fail with ${code}`, { retryable });
}

/** A promise that never settles. */
export function hang(): Promise<never> {
  return new Promise(() => undefined);
}

function checked(schema: Judge, input: unknown): Row {
  const result = schema.safeParse(input) as {
    success: boolean;
    data?: Row;
    error?: { issues: { path: PropertyKey[]; message: string }[] };
  };
  if (result.success && result.data !== undefined) return result.data;
  const issue = result.error?.issues[0];
  throw new OptrailError('invalid_input', `${issue?.path.map(String).join('.')}: ${issue?.message}`);
}

function defined(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}
