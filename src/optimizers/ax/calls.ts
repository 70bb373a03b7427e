import { messageOf } from '../../recorder/warnings.js';
import { Meter, type Usage } from './meter.js';
import { overlay } from './overlay.js';
import { readScores } from './scores.js';
import type { AxMetric, AxProgram, ScoreVector } from './surface.js';

/** One example run through the program and the metric. */
export interface Call {
  readonly example: unknown;
  readonly prediction: unknown;
  /** Absent where the program or the metric failed; empty where the metric gave no finite number. */
  scores?: ScoreVector;
  error?: string;
  /** Milliseconds the program took, the model's retries among them; the metric's own time is not. */
  readonly latencyMs: number;
  readonly usage: Usage;
}

/** Sees every example that an optimizer runs, by standing between it and the user's program and metric. */
export class CallLog {
  private calls: Call[] = [];
  private readonly byPrediction = new WeakMap<object, Call>();
  private readonly meter = new Meter();
  private readonly services = new WeakMap<object, ReturnType<Meter['watch']>>();

  /** @param settled runs each time a call has its score or its error */
  constructor(private readonly settled: () => void = () => {}) {}

  /** The calls since the last look, in the order in which they were made. */
  take(): Call[] {
    const calls = this.calls;
    this.calls = [];
    return calls;
  }

  get size(): number {
    return this.calls.length;
  }

  /** The same program, each `forward` of which is timed and metered. */
  program(program: AxProgram): AxProgram {
    return overlay(program, {
      forward: async (service, values, ...rest) => {
        this.meter.take();
        const started = performance.now();
        try {
          const prediction = await program.forward(this.metered(service), values, ...rest);
          this.add(values, { prediction }, performance.now() - started);
          return prediction;
        } catch (error) {
          this.add(values, { error }, performance.now() - started);
          throw error;
        }
      },
    });
  }

  /** The same metric, each answer of which is noted beside its call; what it throws, it still throws. */
  metric(metric: AxMetric): AxMetric {
    return async (args) => {
      const call = this.callOf(args.prediction);
      try {
        const answer = await metric(args);
        if (call) this.score(call, readScores(answer));
        return answer;
      } catch (error) {
        if (call) this.fail(call, `metric: ${messageOf(error)}`);
        throw error;
      }
    };
  }

  private metered(service: Parameters<AxProgram['forward']>[0]) {
    const known = this.services.get(service);
    if (known) return known;
    const watched = this.meter.watch(service);
    this.services.set(service, watched);
    return watched;
  }

  private add(example: unknown, outcome: { prediction: unknown } | { error: unknown }, latencyMs: number): void {
    const prediction = 'prediction' in outcome ? outcome.prediction : undefined;
    const call: Call = { example, prediction, latencyMs, usage: this.meter.take() };
    this.calls.push(call);
    if (typeof prediction === 'object' && prediction !== null) this.byPrediction.set(prediction, call);
    if ('error' in outcome) this.fail(call, messageOf(outcome.error));
  }

  private callOf(prediction: unknown): Call | undefined {
    if (typeof prediction === 'object' && prediction !== null) return this.byPrediction.get(prediction);
    return this.calls.at(-1);
  }

  private score(call: Call, scores: ScoreVector): void {
    call.scores = scores;
    if (Object.keys(scores).length === 0) call.error = 'the metric gave no finite number, which Ax counts as 0';
    this.settled();
  }

  private fail(call: Call, message: string): void {
    call.error = message;
    this.settled();
  }
}
