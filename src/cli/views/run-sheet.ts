import type { OptimizationRunSummary } from '../../schemas/analytics.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { RunAssessment } from '../../schemas/trust.js';
import type { Column } from '../format/columns.js';
import { age, compact, count, duration, gain, money, percent, score } from '../format/figures.js';
import { paramsText } from '../format/shorts.js';
import { digitsOf } from '../short-ids.js';
import { sparkline } from '../sparkline.js';
import { bestSoFar } from './curve.js';
import { statusPaint } from './runs.js';
import { hasVerdict } from './verdict.js';

export type WholeRun = OptimizationRun & OptimizationRunSummary & { assessment: RunAssessment | null };

const CURVE_WIDTH = 48;
const ENDED = ['completed', 'failed', 'cancelled'];

/** What there is to say of a run. `iterations` are for its curve, which only people look at. */
export function runFacts(iterations: readonly OptimizationIteration[]): Column<WholeRun>[] {
  return [
    { key: 'id', title: 'id', value: ({ id }) => id },
    { key: 'runName', value: ({ runName }) => runName },
    { key: 'projectId', title: 'project', value: ({ projectId }) => projectId },
    {
      key: 'status',
      title: 'status',
      value: ({ status }) => status,
      show: ({ status, attempt }) => (attempt > 1 ? `${status}, attempt ${attempt}` : status),
      paint: (text, { status }, view) => statusPaint(status, view)(text),
    },
    { key: 'optimizerType', title: 'optimizer', value: ({ optimizerType }) => optimizerType },
    { key: 'model', title: 'model', value: ({ model }) => model, show: ({ model }) => model ?? '' },
    { key: 'metric', title: 'metric', value: ({ metric }) => metric, show: metricText },
    {
      key: 'evalSetHash',
      title: 'eval set',
      value: ({ evalSetHash }) => evalSetHash,
      show: ({ evalSetHash }) => (evalSetHash === null ? '' : digitsOf(evalSetHash).slice(0, 12)),
    },
    { key: 'direction', value: ({ direction }) => direction },
    { key: 'scoreMax', value: ({ scoreMax }) => scoreMax },
    { key: 'initialScore', value: ({ initialScore }) => initialScore },
    { key: 'bestScore', value: ({ bestScore }) => bestScore },
    { key: 'finalScore', title: 'score', value: ({ finalScore }) => finalScore, show: verdict },
    {
      key: 'verdict',
      title: 'verdict',
      value: ({ assessment }) => (hasVerdict(assessment) ? assessment.word : null),
      show: ({ assessment }) => (hasVerdict(assessment) ? assessment.sentence : ''),
    },
    { key: 'improvement', value: ({ improvement }) => improvement },
    { key: 'improvementPct', value: ({ improvementPct }) => improvementPct },
    { key: 'bestIteration', title: 'best', value: ({ bestIteration }) => bestIteration, show: bestText },
    { key: 'curve', title: 'curve', forPeople: true, value: () => null, show: (run, { unicode }) => curveText(run, iterations, unicode) },
    { key: 'iterations', title: 'iterations', value: ({ iterations: number }) => number, show: (run) => iterationsText(run, iterations) },
    { key: 'fullEvaluations', value: ({ fullEvaluations }) => fullEvaluations },
    { key: 'minibatchEvaluations', value: ({ minibatchEvaluations }) => minibatchEvaluations },
    { key: 'samplesEvaluated', title: 'samples', value: ({ samplesEvaluated }) => samplesEvaluated, show: samplesText },
    { key: 'failedSamples', value: ({ failedSamples }) => failedSamples },
    { key: 'totalTokens', title: 'tokens', value: ({ totalTokens }) => totalTokens, show: ({ totalTokens }) => compact(totalTokens) },
    { key: 'totalCostUsd', title: 'cost', value: ({ totalCostUsd }) => totalCostUsd, show: ({ totalCostUsd }) => money(totalCostUsd) },
    {
      key: 'avgLatencyMs',
      title: 'latency',
      value: ({ avgLatencyMs }) => avgLatencyMs,
      show: ({ avgLatencyMs }) => (avgLatencyMs === null ? '' : `${duration(avgLatencyMs)} a sample`),
    },
    {
      key: 'durationMs',
      title: 'duration',
      value: ({ durationMs }) => durationMs,
      show: ({ durationMs }) => (durationMs === null ? '' : duration(durationMs)),
    },
    {
      key: 'createdAt',
      title: 'created',
      value: ({ createdAt }) => createdAt,
      show: ({ createdAt }, { now }) => `${createdAt.slice(0, 19).replace('T', ' ')} UTC (${age(createdAt, now)})`,
    },
    { key: 'tags', title: 'tags', value: ({ tags }) => tags.join(' '), show: ({ tags }) => tags.join(', ') },
    {
      key: 'bestParams',
      title: 'params',
      value: ({ bestParams }) => JSON.stringify(bestParams),
      show: ({ bestParams }) => paramsText(bestParams ?? {}),
    },
    { key: 'notes', title: 'notes', value: ({ notes }) => notes, show: ({ notes }) => notes ?? '' },
    {
      key: 'errorMessage',
      title: 'error',
      value: ({ errorMessage }) => errorMessage,
      show: ({ errorMessage }) => errorMessage ?? '',
      paint: (text, _, { colors }) => colors.red(text),
    },
  ];
}

function metricText({ metric, direction, scoreMax }: WholeRun): string {
  const scale = [direction === 'minimize' ? 'lower is better' : '', scoreMax === 1 ? '' : `of ${score(scoreMax)}`].filter(
    (part) => part !== '',
  );
  return [metric ?? '', ...scale].filter((part) => part !== '').join(', ');
}

/** The score beside where it began, and in plain words whether anything was won. */
function verdict(run: WholeRun): string {
  const { finalScore, bestScore, initialScore, improvement, improvementPct, status } = run;
  const reached = finalScore ?? bestScore;
  const ended = ENDED.includes(status);
  if (reached === null) return ended ? 'none' : 'none yet';
  const value = finalScore === null ? `${score(reached)} so far` : score(reached);
  if (initialScore === null) return `${value} (no baseline to compare with)`;
  const difference = improvement ?? (run.direction === 'minimize' ? initialScore - reached : reached - initialScore);
  if (difference <= 0)
    return `${value} against ${score(initialScore)} before; ${ended ? 'no improvement: the original stays' : 'no improvement yet'}`;
  const share = improvementPct === null ? '' : `, ${percent(improvementPct)}`;
  return `${value} against ${score(initialScore)} before: ${gain(difference)}${share}`;
}

function bestText({ bestIteration, bestDeclared }: WholeRun): string {
  if (bestIteration === null) return '';
  return `iteration ${bestIteration}${bestDeclared ? ', as the caller declared' : ''}`;
}

function curveText({ direction }: WholeRun, iterations: readonly OptimizationIteration[], unicode: boolean): string {
  const line = sparkline(bestSoFar(iterations, direction), { width: CURVE_WIDTH, ascii: !unicode });
  return line.trim() === '' ? '' : `${line}  best so far`;
}

function iterationsText(run: WholeRun, iterations: readonly OptimizationIteration[]): string {
  const kinds = ['bootstrap', 'test'].map((kind) => counted(iterations.filter(({ evalKind }) => evalKind === kind).length, kind));
  const parts = [
    [counted(run.fullEvaluations, 'full'), counted(run.minibatchEvaluations, 'minibatch'), ...kinds],
    [counted(run.acceptedCandidates, 'accepted'), counted(run.rejectedCandidates, 'rejected'), counted(run.failedIterations, 'failed')],
  ].map((each) => each.filter((part) => part !== '').join(', '));
  return [count(run.iterations), ...parts.filter((part) => part !== '')].join(' · ');
}

function samplesText({ samplesEvaluated, failedSamples }: WholeRun): string {
  return failedSamples === 0 ? count(samplesEvaluated) : `${count(samplesEvaluated)}, ${count(failedSamples)} failed`;
}

function counted(number: number, what: string): string {
  return number === 0 ? '' : `${count(number)} ${what}`;
}
