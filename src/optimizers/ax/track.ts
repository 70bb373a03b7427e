import { OptrailError } from '../../errors.js';
import type { TrackedRun } from '../../recorder/port.js';
import { messageOf, type OnWarning, Warnings } from '../../recorder/warnings.js';
import { bootstrapFewShot } from './bootstrap.js';
import { keepCheckpoints, startFromBest } from './checkpoints.js';
import { evalSetHash } from './eval-set.js';
import { gepa } from './gepa.js';
import { overlay } from './overlay.js';
import { modelName, runConfig } from './run-config.js';
import type { AxCompileOptions, AxMetric, AxOptimizer, AxProgram, CompileCall } from './surface.js';
import { Trail } from './trail.js';
import type { Landmarks, OptimizerKind, Watch } from './watch.js';

/** What a run tracker has to take so that an Ax optimizer can be recorded through it. */
export interface AxRunOptions {
  projectId: string;
  optimizerType: string;
  config?: Record<string, unknown> | undefined;
  /** Name of the metric; defaults to the metric function's own name. */
  metric?: string | undefined;
  /** At most 200 characters. */
  evalSetHash?: string | undefined;
  strict?: boolean | undefined;
  /** Id of a run to go on with: the program starts from its best texts. Where it can't go on, compile rejects and does not start. */
  resume?: string | undefined;
  /** Aborted before compile is called, it keeps compile from starting; later, it cancels the run and not the compile. */
  signal?: AbortSignal | undefined;
  onWarning?: OnWarning | undefined;
}

/** `trackRun`, seen from here: runs the callback within a run, which completes or fails with it. */
export type RunTracker<O extends AxRunOptions> = <T>(options: O, callback: (run: TrackedRun) => Promise<T>) => Promise<T>;

/** How to record an optimizer's runs: what `trackRun` takes, and what only the caller can tell of an Ax compile. */
export type TrackAxOptions<O extends AxRunOptions = AxRunOptions> = Omit<O, 'optimizerType' | 'direction'> & {
  /** Name of the model that runs the program; defaults to what its service says. */
  model?: string;
  /**
   * Called when compile has succeeded and before the run ends: the place to record a held-out evaluation. An error here is a
   * warning; compile has its result already.
   */
  onCompiled?: (compiled: AxCompiled) => void | Promise<void>;
};

/** A compile that succeeded, while its run is still open. */
export interface AxCompiled extends Landmarks {
  readonly run: TrackedRun;
  /** What compile returns. */
  readonly result: unknown;
}

const KINDS: readonly OptimizerKind[] = [gepa, bootstrapFewShot];

/** Binds `trackAx` to the tracker that its runs go through. */
export function createTrackAx<O extends AxRunOptions>(trackRun: RunTracker<O>) {
  /**
   * Gives back the optimizer to use as before; each `compile(...)` of it is recorded as one run. Its result, and what it
   * throws, are Ax's own; recording that fails is a warning, unless the run is `strict`.
   *
   * @throws {OptrailError} `invalid_input` if the optimizer is none of AxGEPA and AxBootstrapFewShot
   */
  return function trackAx<T extends object>(optimizer: T, options: TrackAxOptions<O>): T {
    const kind = kindOf(optimizer);
    const own = optimizer as unknown as AxOptimizer;
    const compile = (program: AxProgram, examples: readonly unknown[], metric: AxMetric, compileOptions?: AxCompileOptions) =>
      new Compile(kind, own, { program, examples, metric, options: compileOptions }, options).track(trackRun);
    return overlay<object>(optimizer, { compile } as object) as T;
  };
}

function kindOf(optimizer: object): OptimizerKind {
  const kind = KINDS.find(({ recognises }) => recognises(optimizer));
  if (kind) return kind;
  throw new OptrailError(
    'invalid_input',
    'trackAx does not know this optimizer: it records AxGEPA and AxBootstrapFewShot of @ax-llm/ax 24.',
    {
      path: 'optimizer',
      hint: 'Pass the optimizer itself, as `new AxGEPA(...)` makes it; record any other one through trackRun and run.record().',
    },
  );
}

/** One call of `compile`, from the run's start to its end. */
class Compile<O extends AxRunOptions> {
  private outcome: { result: unknown } | { error: unknown } | undefined;
  private readonly warnings: Warnings;

  constructor(
    private readonly kind: OptimizerKind,
    private readonly optimizer: AxOptimizer,
    private readonly call: CompileCall,
    private readonly options: TrackAxOptions<O>,
  ) {
    this.warnings = new Warnings(options.onWarning);
  }

  /** Answers as compile itself would, whatever becomes of the run. */
  async track(trackRun: RunTracker<O>): Promise<unknown> {
    this.options.signal?.throwIfAborted();
    try {
      await trackRun(await this.runOptions(), (run) => this.observe(run));
    } catch (error) {
      if (this.options.strict && !(this.outcome && 'error' in this.outcome)) throw error;
      // Whoever asks to go on does not want to pay for all of it again.
      if (this.options.resume !== undefined && !this.outcome) throw error;
      if (!this.outcome) this.warnings.warn('ax-start', `no run could be started; the optimizer goes on unrecorded. ${messageOf(error)}`);
      else if ('result' in this.outcome) this.warnings.warn('ax-end', `the run could not be ended. ${messageOf(error)}`);
    }
    const outcome = this.outcome ?? { result: await this.compile(this.call) };
    if ('error' in outcome) throw outcome.error;
    return outcome.result;
  }

  private async observe(run: TrackedRun): Promise<unknown> {
    const trail = new Trail(run, this.warnings);
    let watch: Watch | undefined;
    let landmarks: Landmarks = {};
    let setBack = () => {};
    trail.attempt(() => {
      trail.startsFrom = startFromBest(this.call.program, run);
      setBack = keepCheckpoints(this.optimizer, run);
      watch = this.kind.watch(this.optimizer, this.call, trail);
    });
    try {
      const result = await this.compile(watch?.call ?? this.call);
      this.outcome = { result };
      trail.attempt(() => {
        landmarks = watch?.compiled(result) ?? {};
      });
    } catch (error) {
      this.outcome = { error };
    }
    trail.attempt(setBack);
    watch?.close();
    const failure = await trail.settled();
    if ('error' in this.outcome) throw this.outcome.error;
    if (failure && this.options.strict) throw failure.error;
    await this.afterwards({ run, result: this.outcome.result, ...landmarks });
    return this.outcome.result;
  }

  private async afterwards(compiled: AxCompiled): Promise<void> {
    try {
      await this.options.onCompiled?.(compiled);
    } catch (error) {
      if (this.options.strict) throw error;
      this.warnings.warn('ax-compiled', `onCompiled failed, the compile did not. ${messageOf(error)}`);
    }
  }

  private compile({ program, examples, metric, options }: CompileCall): Promise<unknown> {
    return this.optimizer.compile(program, examples, metric, options);
  }

  private async runOptions(): Promise<O> {
    const { model, onCompiled: _, ...given } = this.options;
    const run = given as unknown as Omit<O, 'optimizerType'>;
    const name = { metric: run.metric ?? this.call.metric?.name, model: model ?? modelName(this.optimizer.studentAI) };
    return {
      ...run,
      optimizerType: this.kind.type,
      config: runConfig(this.kind.type, name, this.kind.settings(this.optimizer, this.call), run.config),
      evalSetHash: run.evalSetHash ?? (await evalSetHash(this.kind.evalSet(this.optimizer, this.call))),
    } as unknown as O;
  }
}
