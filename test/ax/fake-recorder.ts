import type { AxRunOptions } from '../../src/optimizers/ax/track.js';
import type {
  FlushReport,
  IterationRecord,
  IterationUpdate,
  Resumed,
  RunAnnotation,
  SampleRecord,
  TrackedRun,
} from '../../src/recorder/port.js';

export interface FakeOptions extends AxRunOptions {
  runName?: string;
  tags?: string[];
}

export type RecordedIteration = IterationRecord & { iteration: number; samples: SampleRecord[] };

/** A run kept in memory, with the recorder's own semantics: updates merge, samples gather. */
export class FakeRun implements TrackedRun {
  readonly id = 'run-1';
  readonly projectId: string;
  readonly recorded: RecordedIteration[] = [];
  readonly annotations: RunAnnotation[] = [];
  readonly checkpoints: unknown[] = [];
  resumed: Resumed | null = null;
  status: 'running' | 'completed' | 'failed' = 'running';

  constructor(readonly options: FakeOptions) {
    this.projectId = options.projectId;
  }

  async record(record: IterationRecord): Promise<number> {
    const iteration = record.iteration ?? this.recorded.length;
    this.recorded.push({ ...structuredClone(record), iteration, samples: structuredClone(record.samples ?? []) });
    return iteration;
  }

  async update(iteration: number, changes: IterationUpdate): Promise<void> {
    Object.assign(this.at(iteration), changes);
  }

  async recordSamples(iteration: number, samples: SampleRecord[]): Promise<void> {
    this.at(iteration).samples.push(...structuredClone(samples));
  }

  async annotate(changes: RunAnnotation): Promise<void> {
    this.annotations.push(changes);
  }

  async checkpoint(state: unknown): Promise<void> {
    this.checkpoints.push(structuredClone(state));
  }

  async flush(): Promise<FlushReport> {
    return { acknowledged: this.recorded.length, pending: 0, rejected: 0 };
  }

  at(iteration: number): RecordedIteration {
    const found = this.recorded.find((each) => each.iteration === iteration);
    if (!found) throw new Error(`no iteration ${iteration}`);
    return found;
  }

  withRole(role: string): RecordedIteration[] {
    return this.recorded.filter(({ params }) => params?.role === role);
  }

  get annotation(): RunAnnotation {
    return Object.assign({}, ...this.annotations);
  }
}

/** A `trackRun` that keeps its runs in memory. */
export function fakeRecorder(makeRun: (options: FakeOptions) => FakeRun = (options) => new FakeRun(options)) {
  const runs: FakeRun[] = [];
  async function trackRun<T>(options: FakeOptions, callback: (run: TrackedRun) => Promise<T>): Promise<T> {
    const run = makeRun(options);
    runs.push(run);
    try {
      const answer = await callback(run);
      run.status = 'completed';
      return answer;
    } catch (error) {
      run.status = 'failed';
      throw error;
    }
  }
  return {
    trackRun,
    runs,
    get run(): FakeRun {
      const [first] = runs;
      if (!first) throw new Error('no run was tracked');
      return first;
    },
  };
}
