import { type Call, CallLog } from './calls.js';
import { FeedbackNotes } from './feedback.js';
import { type GepaListener, WatchingAdapter } from './gepa-adapter.js';
import { GepaMeasure } from './gepa-measure.js';
import { GepaTrail } from './gepa-trail.js';
import { Meter, totalUsage, usageFields } from './meter.js';
import { ExampleReader, sampleOf } from './samples.js';
import { mean, scalarizer } from './scores.js';
import type { AxCompileOptions, AxOptimizer, AxProgram, CompileCall } from './surface.js';
import type { Trail } from './trail.js';
import { countSetting, hasFields, numberSetting, type OptimizerKind, type Watch } from './watch.js';

/** AxGEPA: reflective evolution of the program's texts. */
export const gepa: OptimizerKind = {
  type: 'gepa',
  recognises: (optimizer) => hasFields(optimizer, 'paretoSetSize', 'mergeMax', 'minibatchSize'),
  settings,
  evalSet: (optimizer, { examples, options }) => {
    const given = options?.validationExamples;
    return (given && given.length > 0 ? given : examples).slice(0, numberSetting(optimizer.paretoSetSize));
  },
  watch,
};

/** The values of `auto` that Ax heeds. */
const PRESETS: ReadonlySet<unknown> = new Set(['light', 'medium', 'heavy']);

function settings(optimizer: AxOptimizer, { examples, options }: CompileCall): Record<string, unknown> {
  const minibatch = optimizer.minibatch !== false;
  // A preset replaces these three when compile starts.
  const trials = PRESETS.has(options?.auto)
    ? { auto: options?.auto }
    : {
        num_trials: countSetting(optimizer.numTrials),
        minibatch,
        reflection_minibatch_size: minibatch ? countSetting(optimizer.minibatchSize, 1) : undefined,
      };
  return {
    ...trials,
    max_metric_calls: countSetting(options?.maxMetricCalls, 1),
    early_stopping_trials: numberSetting(optimizer.earlyStoppingTrials),
    min_improvement_threshold: numberSetting(optimizer.minImprovementThreshold),
    sample_count: numberSetting(optimizer.sampleCount),
    pareto_set_size: numberSetting(optimizer.paretoSetSize),
    pareto_metric_key: options?.paretoMetricKey,
    tie_epsilon: numberSetting(optimizer.tieEpsilon),
    use_merge: Number(optimizer.mergeMax) > 0,
    max_merge_invocations: numberSetting(optimizer.mergeMax),
    skip_perfect_score: options?.skipPerfectScore ?? true,
    bootstrap: options?.bootstrap || undefined,
    seed: Number.isInteger(optimizer.seed) ? optimizer.seed : undefined,
    train_examples: examples.length,
    validation_examples: options?.validationExamples?.length,
    feedback_examples: options?.feedbackExamples?.length,
  };
}

function watch(optimizer: AxOptimizer, call: CompileCall, trail: Trail): Watch {
  const { program, metric, options } = call;
  const log: CallLog = new CallLog(() => adapter.settled());
  const seen = { program: log.program(program), metric: log.metric(metric) };
  const teacher = new Meter();
  const feedback = options?.feedbackFn && new FeedbackNotes();
  const measure = new GepaMeasure(program, scalarizer(options));
  const story = new GepaTrail(trail, optimizer, measure, teacher, feedback);
  const bootstrap = () => trail.attempt(() => !story.started && recordBootstrap(trail, program, log.take()));
  const listener: GepaListener = {
    evaluating: async () => {
      bootstrap();
      story.evaluating();
      await trail.taken();
    },
    evaluated: (evaluation) => story.evaluated(evaluation),
  };
  const adapter = new WatchingAdapter(optimizer, seen.program, seen.metric, log, listener, options?.gepaAdapter);

  const watched: AxCompileOptions = {
    ...options,
    gepaAdapter: adapter.adapter(),
    overrideTeacherAI: teacher.watch(options?.overrideTeacherAI ?? optimizer.teacherAI ?? optimizer.studentAI),
    ...(options?.feedbackFn && feedback ? { feedbackFn: feedback.hear(options.feedbackFn) } : {}),
  };
  return {
    call: { ...call, ...seen, options: watched },
    compiled: (result) => story.compiled(result),
    close: () => {
      bootstrap();
      story.close();
    },
  };
}

/** The calls with which Ax gathers demonstrations before it evaluates the seed (`bootstrap: true`). */
function recordBootstrap(trail: Trail, program: AxProgram, calls: readonly Call[]): void {
  if (calls.length === 0) return;
  const reader = new ExampleReader(program);
  // Here Ax takes the plain mean of the objectives, whatever the options say.
  const scalarize = scalarizer(undefined);
  const scores = calls.map((call) => call.scores ?? {});
  trail.record({
    evalKind: 'bootstrap',
    status: 'completed',
    score: mean(scores.map(scalarize)),
    params: { role: 'bootstrap' },
    ...usageFields(totalUsage(calls.map((call) => call.usage))),
    samples: calls.map((call, index) => sampleOf(call, scores[index] ?? {}, reader, scalarize)),
  });
}
