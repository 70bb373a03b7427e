import { messageOf } from '../../recorder/warnings.js';
import type { CallLog } from './calls.js';
import type { Row } from './samples.js';
import { readScores } from './scores.js';
import type { AxMetric, AxOptimizer, AxProgram, ComponentMap, GepaAdapter, GepaBatchResult } from './surface.js';

/** One batch that GEPA evaluated under one candidate. */
export interface Evaluation {
  readonly candidate: ComponentMap;
  /** Ax asks for traces where it is about to reflect on a parent, and nowhere else. */
  readonly captureTraces: boolean;
  readonly rows: readonly Row[];
  readonly startTime: Date;
  readonly endTime: Date;
}

export interface GepaListener {
  /** Called, and waited for, before a batch is evaluated. */
  evaluating(): Promise<void>;
  evaluated(evaluation: Evaluation): void;
}

interface Batch {
  readonly size: number;
  readonly candidate: ComponentMap;
  readonly captureTraces: boolean;
  readonly startTime: Date;
}

/**
 * The adapter through which GEPA shows each batch with the exact candidate. It evaluates as Ax does where it has no adapter
 * (same calls in the same order, an error counts as zero), or lets the user's own adapter evaluate, and reports the rows.
 */
export class WatchingAdapter {
  /** A batch that the user's adapter refused: Ax then evaluates it itself, and the call log sees it. */
  private refused: Batch | undefined;

  constructor(
    private readonly optimizer: AxOptimizer,
    /** Both as the call log hands them out. */
    private readonly program: AxProgram,
    private readonly metric: AxMetric,
    private readonly log: CallLog,
    private readonly listener: GepaListener,
    private readonly own: GepaAdapter | undefined,
  ) {}

  /** The adapter to give to Ax. */
  adapter(): GepaAdapter {
    const { own } = this;
    return {
      evaluate: (batch, candidate, captureTraces) => this.evaluate(batch, candidate, captureTraces),
      make_reflective_dataset: (candidate, result, components) =>
        own ? own.make_reflective_dataset(candidate, result, components) : this.reflectiveDataset(result, components),
      ...(own?.propose_new_texts ? { propose_new_texts: own.propose_new_texts.bind(own) } : {}),
    };
  }

  /** To be called whenever a call in the log has settled. */
  settled(): void {
    if (this.refused && this.log.size === this.refused.size) this.report(this.refused, this.log.take());
  }

  private async evaluate(batch: readonly unknown[], candidate: ComponentMap, captureTraces = false): Promise<GepaBatchResult> {
    await this.listener.evaluating();
    this.log.take();
    const evaluated: Batch = { size: batch.length, candidate: { ...candidate }, captureTraces, startTime: new Date() };
    if (!this.own) {
      const result = await this.evaluateAsAxDoes(batch, candidate, captureTraces);
      const calls = this.log.take();
      this.report(evaluated, calls.length === batch.length ? calls : rowsOf(batch, result));
      return result;
    }
    this.refused = evaluated;
    const result = await this.own.evaluate(batch, candidate, captureTraces);
    // Without scores Ax treats the answer as it treats an exception.
    if (Array.isArray(result?.outputs) && Array.isArray(result.scores)) this.report(evaluated, rowsOf(batch, result));
    return result;
  }

  private async evaluateAsAxDoes(batch: readonly unknown[], candidate: ComponentMap, captureTraces: boolean): Promise<GepaBatchResult> {
    const result: Required<GepaBatchResult> = { outputs: [], scores: [], scoreVectors: [], trajectories: captureTraces ? [] : null };
    for (const example of batch) {
      const calls: object[] = [];
      this.program.applyOptimizedComponents?.(candidate);
      try {
        const prediction = await this.program.forward(this.optimizer.studentAI, example, {
          sampleCount: this.optimizer.sampleCount,
          onFunctionCall: captureTraces ? (call: object) => void calls.push({ ...call }) : undefined,
        });
        result.scoreVectors.push(readScores(await this.metric({ prediction, example })));
        result.outputs.push(prediction);
        result.trajectories?.push({ calls, output: prediction });
      } catch (error) {
        result.scoreVectors.push(undefined);
        result.outputs.push({ error: messageOf(error) });
        result.trajectories?.push({ calls, error: messageOf(error) });
      }
      // The vectors hold the scores; a row without one has to look like no number for Ax to count it as zero.
      result.scores.push(Number.NaN);
    }
    return result;
  }

  /** What Ax itself would reflect on: the traces of the batch, per component those that touched it or scored nothing. */
  private reflectiveDataset(result: Readonly<GepaBatchResult>, components: readonly string[]): Record<string, unknown[]> {
    const traceIds = new Map(this.program.getOptimizableComponents?.().map(({ key, traceId }) => [key, traceId]));
    const traces = ((result.trajectories ?? []) as Trace[]).map((trace, index) => ({
      score: result.scores[index] ?? 0,
      calls: Array.isArray(trace?.calls) ? trace.calls : [],
      output: trace?.output,
      error: trace?.error,
    }));
    return Object.fromEntries(
      components.map((key) => {
        const traceId = traceIds.get(key);
        const touched = (calls: Trace['calls']) => calls?.some((call) => call?.componentId === traceId);
        return [key, traceId ? traces.filter(({ score, calls }) => score === 0 || touched(calls)) : traces];
      }),
    );
  }

  private report({ candidate, captureTraces, startTime }: Batch, rows: readonly Row[]): void {
    this.refused = undefined;
    this.listener.evaluated({ candidate, captureTraces, rows, startTime, endTime: new Date() });
  }
}

interface Trace {
  calls?: { componentId?: string }[];
  output?: unknown;
  error?: string;
}

function rowsOf(batch: readonly unknown[], result: GepaBatchResult): Row[] {
  return batch.map((example, index) => {
    const score = result.scores[index];
    const scores = result.scoreVectors?.[index] ?? (Number.isFinite(score) ? { score: Number(score) } : undefined);
    return { example, prediction: result.outputs[index], ...(scores ? { scores } : {}) };
  });
}
