import pMap from 'p-map';
import { OptrailError } from '../errors.js';
import type { Direction } from '../schemas/run.js';
import type { EvaluatedSample, EvaluateOptions, Evaluation, Example, Expected, ScoreWithDetail, Usage } from './evaluation.js';
import type { IterationRecord, SampleRecord } from './port.js';
import { readScore } from './sanitize/score.js';
import { messageOf } from './warnings.js';

/** What an evaluation needs of the run it belongs to. */
export interface EvaluationHost {
  direction: Direction;
  scoreMax: number;
  signal: AbortSignal | undefined;
  /** Takes the number of the iteration. */
  reserve(asked: number | undefined): number;
  record(record: IterationRecord): Promise<number>;
}

export async function evaluate<X extends Example, O, P, G>(
  host: EvaluationHost,
  options: EvaluateOptions<X, O, P, G>,
): Promise<Evaluation<X, O>> {
  const { concurrency = 8 } = options;
  check(options.data, concurrency);
  const signal = joinedSignal(host.signal, options.signal);
  signal.throwIfAborted();
  const iteration = host.reserve(options.iteration);
  const done: EvaluatedSample<X, O>[] = [];
  const startTime = new Date();
  const start = performance.now();
  const finish = () => ({ startTime, endTime: new Date(), durationMs: performance.now() - start });
  try {
    await pMap(options.data, async (example, index) => done.push(await evaluateOne(options, example, index, signal)), {
      concurrency,
      signal,
    });
  } catch (error) {
    const record = partialRecord(done, options.data.length, signal);
    // Whatever comes of this record, the caller has to learn of the cancellation.
    await host.record({ ...described(options), iteration, ...finish(), ...record }).catch(() => undefined);
    throw signal.aborted ? signal.reason : error;
  }
  const samples = done.sort((a, b) => a.index - b.index);
  countFailures(samples, options.errorScore, host);
  const result = summary(samples);
  const times = finish();
  await host.record({ ...described(options), iteration, ...times, ...result.record, samples: samples.map(sampleRecord) });
  const { score, scores, failed } = result;
  return { iteration, score, ...(scores === undefined ? {} : { scores }), samples, failed, durationMs: times.durationMs };
}

async function evaluateOne<X extends Example, O, P, G>(
  { task, score, params, program }: EvaluateOptions<X, O, P, G>,
  example: X,
  index: number,
  signal: AbortSignal,
): Promise<EvaluatedSample<X, O>> {
  signal.throwIfAborted();
  let used: Usage | undefined;
  const usage = (report: Usage) => {
    used = addUsage(used, report);
  };
  const start = performance.now();
  let latencyMs = 0;
  const sample = () => ({ index, example, latencyMs, ...(used === undefined ? {} : { usage: used }) });
  const ran: { output?: O } = {};
  try {
    try {
      // `params` and `program` are absent only where their types say unknown.
      ran.output = await task(example.input, { params: params as P, program: program as G, example, index, signal, usage });
    } finally {
      latencyMs = performance.now() - start;
    }
    const expectedOutput = example.expectedOutput as Expected<X>;
    const judged = judgement(await score({ input: example.input, output: ran.output, expectedOutput, example }));
    return { ...sample(), ...ran, ...judged, failed: false };
  } catch (error) {
    // A task that was told to stop did not fail.
    signal.throwIfAborted();
    return { ...sample(), ...ran, score: null, failed: true, error };
  }
}

function judgement(given: unknown): { score: number | null; feedback?: string; scores?: Record<string, number> } {
  const detail: Partial<ScoreWithDetail> | undefined = typeof given === 'object' && given !== null ? given : undefined;
  const value: unknown = detail === undefined ? given : detail.score;
  if (value === undefined) throw new TypeError('score returned nothing; return a number, or null where none applies');
  const { score, problem } = readScore(value);
  if (problem !== null) throw new TypeError(problem);
  return {
    score,
    ...(detail?.feedback === undefined ? {} : { feedback: detail.feedback }),
    ...(detail?.scores === undefined ? {} : { scores: detail.scores }),
  };
}

function countFailures(samples: EvaluatedSample<Example, unknown>[], errorScore: number | null | undefined, host: EvaluationHost): void {
  const scores = samples.flatMap(({ score }) => (score === null ? [] : [score]));
  const counted =
    errorScore === undefined ? (host.direction === 'maximize' ? 0 : scores.reduce((a, b) => Math.max(a, b), host.scoreMax)) : errorScore;
  for (const sample of samples) if (sample.failed) sample.score = counted;
}

function summary(samples: EvaluatedSample<Example, unknown>[]) {
  const failures = samples.filter((sample) => sample.failed);
  const failed = failures.length;
  const all = failed === samples.length;
  const score = all ? null : mean(samples.flatMap((sample) => (sample.score === null ? [] : [sample.score])));
  const scores = meansByName(samples);
  const usage = samples.reduce<Usage | undefined>(
    (sum, sample) => (sample.usage === undefined ? sum : addUsage(sum, sample.usage)),
    undefined,
  );
  const outcome = all
    ? { status: 'failed' as const, errorMessage: `All ${failed} examples failed; the first: ${messageOf(failures[0]?.error)}` }
    : { status: 'completed' as const };
  return { score, scores, failed, record: { score, ...outcome, ...usage, ...(scores === undefined ? {} : { scores }) } };
}

function partialRecord(done: EvaluatedSample<Example, unknown>[], total: number, signal: AbortSignal): IterationRecord {
  const errorMessage = `Cancelled after ${done.length} of ${total} examples: ${messageOf(signal.reason)}`;
  // A mean over some of the examples would be taken for one over all of them.
  return { score: null, status: 'failed', errorMessage, samples: done.map(sampleRecord) };
}

function described<X extends Example, O, P, G>(options: EvaluateOptions<X, O, P, G>): IterationRecord {
  const { params, program, evalKind = 'full', parents, isBaseline, decision, decisionReason, metadata } = options;
  return {
    evalKind,
    ...(params === undefined ? {} : { params: params as Record<string, unknown> }),
    ...(program === undefined ? {} : { program }),
    ...(parents === undefined ? {} : { parentIterations: parents }),
    ...(isBaseline === undefined ? {} : { isBaseline }),
    ...(decision === undefined ? {} : { decision }),
    ...(decisionReason === undefined ? {} : { decisionReason }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function sampleRecord({
  index,
  example,
  output,
  score,
  scores,
  feedback,
  failed,
  error,
  latencyMs,
  usage,
}: EvaluatedSample<Example, unknown>): SampleRecord {
  return {
    sampleIndex: index,
    input: example.input,
    expectedOutput: example.expectedOutput,
    predictedOutput: output,
    score,
    success: !failed,
    latencyMs,
    ...usage,
    ...(scores === undefined ? {} : { scores }),
    ...(feedback === undefined ? {} : { feedback }),
    ...(failed ? { errorMessage: messageOf(error) } : {}),
    ...(example.exampleId === undefined ? {} : { exampleId: example.exampleId }),
    ...(example.split === undefined ? {} : { split: example.split }),
  };
}

function meansByName(samples: EvaluatedSample<Example, unknown>[]): Record<string, number> | undefined {
  const values = new Map<string, number[]>();
  for (const { scores } of samples) {
    for (const [name, value] of Object.entries(scores ?? {})) {
      const list = values.get(name);
      if (list === undefined) values.set(name, [value]);
      else list.push(value);
    }
  }
  if (values.size === 0) return undefined;
  return Object.fromEntries([...values].map(([name, list]) => [name, mean(list) ?? 0]));
}

function mean(values: number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function addUsage(sum: Usage | undefined, report: Usage): Usage {
  const { promptTokens, completionTokens, costUsd } = report;
  const total =
    report.totalTokens ??
    (promptTokens === undefined && completionTokens === undefined ? undefined : (promptTokens ?? 0) + (completionTokens ?? 0));
  const added: Usage = { ...sum };
  for (const [name, value] of Object.entries({ promptTokens, completionTokens, totalTokens: total, costUsd }) as [
    keyof Usage,
    number | undefined,
  ][]) {
    if (value !== undefined) added[name] = (added[name] ?? 0) + value;
  }
  return added;
}

function joinedSignal(...signals: (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}

function check(data: readonly unknown[], concurrency: number): void {
  if (data.length === 0) throw new OptrailError('invalid_input', 'There is no example to evaluate on: data is empty.', { path: 'data' });
  if (concurrency === Number.POSITIVE_INFINITY || (Number.isSafeInteger(concurrency) && concurrency >= 1)) return;
  throw new OptrailError('invalid_input', `concurrency must be a whole number from 1 up, not ${concurrency}`, { path: 'concurrency' });
}
