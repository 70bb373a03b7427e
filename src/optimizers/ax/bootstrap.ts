import type { SampleRecord } from '../../recorder/port.js';
import { type Call, CallLog } from './calls.js';
import { describeCandidate } from './candidate.js';
import { totalUsage, usageFields } from './meter.js';
import { ExampleReader, sampleOf } from './samples.js';
import { mean, scalarizer } from './scores.js';
import type { AxOptimizer, CompileCall } from './surface.js';
import type { Trail } from './trail.js';
import { countSetting, hasFields, numberSetting, type OptimizerKind, type Watch } from './watch.js';

/** AxBootstrapFewShot: collects the program's own good answers as demonstrations. */
export const bootstrapFewShot: OptimizerKind = {
  type: 'bootstrap_fewshot',
  recognises: (optimizer) => hasFields(optimizer, 'qualityThreshold', 'maxRounds', 'maxDemos', 'maxExamples'),
  settings: (optimizer, { examples, options }) => ({
    metric_threshold: numberSetting(optimizer.qualityThreshold),
    max_bootstrapped_demos: countSetting(options?.maxDemos ?? optimizer.maxDemos),
    max_rounds: countSetting(options?.maxIterations ?? optimizer.maxRounds, 1),
    max_examples: numberSetting(optimizer.maxExamples),
    batch_size: numberSetting(optimizer.batchSize),
    early_stopping_patience: numberSetting(optimizer.earlyStoppingPatience),
    train_examples: examples.length,
  }),
  evalSet: (_optimizer, { examples }) => examples,
  watch,
};

const scalarize = scalarizer(undefined);

/**
 * Ax runs each example once a round, with all other examples as demonstrations, and keeps what scores well. There is no
 * evaluation of a candidate in it: a round is recorded as a `bootstrap` evaluation, and the program with the demonstrations
 * that Ax found as one more, declared the best since nothing else in the run is a program to take away.
 */
function watch(optimizer: AxOptimizer, call: CompileCall, trail: Trail): Watch {
  const reader = new ExampleReader(call.program);
  const threshold = numberSetting(optimizer.qualityThreshold) ?? 0;
  const roundSize = Math.min(numberSetting(optimizer.maxExamples, 1) ?? call.examples.length, call.examples.length);
  const log: CallLog = new CallLog(() => log.size >= roundSize && record());
  let round = 0;

  const sample = (made: Call): SampleRecord => {
    const kept = made.scores !== undefined && scalarize(made.scores) >= threshold;
    return { ...sampleOf(made, made.scores ?? {}, reader, scalarize), metadata: { demonstration: kept } };
  };
  const record = () =>
    trail.attempt(() => {
      const calls = log.take();
      if (calls.length === 0) return;
      round += 1;
      trail.record({
        evalKind: 'bootstrap',
        status: 'completed',
        score: mean(calls.map((made) => scalarize(made.scores ?? {}))),
        params: { role: 'round', round },
        ...usageFields(totalUsage(calls.map((made) => made.usage))),
        samples: calls.map(sample),
      });
    });

  return {
    call: { ...call, program: log.program(call.program), metric: log.metric(call.metric) },
    compiled: (result) => {
      record();
      const { demos = [], bestScore } = (result ?? {}) as BootstrapResult;
      const best = trail.record({
        evalKind: 'bootstrap',
        status: 'completed',
        score: numberSetting(bestScore) ?? null,
        params: { role: 'result', score_is: "Ax's success rate: answers kept per answer tried" },
        program: { ...describeCandidate(call.program), demos },
      });
      trail.annotate({ bestIteration: best });
      return { best };
    },
    close: record,
  };
}

interface BootstrapResult {
  demos?: readonly { programId: string; traces: readonly unknown[] }[];
  bestScore?: number;
}
