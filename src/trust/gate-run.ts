import type { ExamplePair, GateResult } from '../schemas/trust.js';
import { pairSides, type Side } from './comparison.js';
import { type GateRule, gateExitCode, judgeGate } from './gate.js';
import { examplesNeeded } from './needed.js';
import { pairProbability } from './pair.js';
import { points, signed } from './sentence.js';
import { pairWord } from './words.js';

/** Examples that a pull request shows. */
const WORST = 5;

export interface GateRequest extends GateRule {
  undecided: 'pass' | 'fail';
  on: 'full' | 'test';
}

/** Gates a candidate against a baseline. What cannot be compared never passes. */
export function gateSides(baseline: Side, candidate: Side, request: GateRequest): GateResult {
  const { margin, minDelta, alpha, on } = request;
  const { reader } = candidate;
  const shown = {
    metric: reader.run.metric,
    direction: reader.run.direction,
    scoreMax: reader.run.scoreMax,
    margin,
    minDelta,
    alpha,
    on,
    baseline: baseline.reader.candidate(baseline.program, baseline.kinds),
    candidate: reader.candidate(candidate.program, candidate.kinds),
  };
  const unlike = unlikeRuns(baseline, candidate);
  const sides = pairSides(baseline, candidate);
  const reason = unlike ?? (sides.pair.n === 0 ? 'The two share no scored example.' : null);
  if (reason !== null) return { ...shown, ...incomparable(reason), leftOut: sides.leftOut };
  const { pair } = sides;
  const { outcome, interval } = judgeGate(pair, request);
  const needed = examplesNeeded(pair);
  return {
    ...shown,
    outcome,
    exitCode: gateExitCode(outcome, request.undecided),
    interval,
    reason: null,
    word: pairWord(pair),
    difference: pair.difference,
    n: pair.n,
    better: pair.better,
    worse: pair.worse,
    same: sides.same,
    needed,
    p: pairProbability(pair),
    leftOut: sides.leftOut,
    exampleSetHash: null,
    worst: sides.examples.filter(({ change }) => change === 'broke').slice(0, WORST),
    sentence: gateSentence({ outcome, difference: pair.difference, interval, n: pair.n, needed, margin, range: reader.range, alpha }),
  };
}

function unlikeRuns(baseline: Side, candidate: Side): string | null {
  const [base, own] = [baseline.reader.run, candidate.reader.run];
  if (base.direction !== own.direction) return `The baseline is scored to ${base.direction}, the candidate to ${own.direction}.`;
  if (base.metric !== own.metric) return `The baseline is scored by ${named(base.metric)}, the candidate by ${named(own.metric)}.`;
  if (base.scoreMax !== own.scoreMax) return `The baseline's top score is ${base.scoreMax}, the candidate's is ${own.scoreMax}.`;
  return null;
}

const named = (metric: string | null) => (metric === null ? 'no named metric' : `the metric ${metric}`);

function incomparable(reason: string) {
  const none: ExamplePair[] = [];
  return {
    outcome: 'not comparable' as const,
    exitCode: 1 as const,
    interval: null,
    reason,
    word: 'too few' as const,
    difference: null,
    n: 0,
    better: 0,
    worse: 0,
    same: 0,
    needed: null,
    p: null,
    exampleSetHash: null,
    worst: none,
    sentence: `Not comparable: ${reason}`,
  };
}

interface GateFacts {
  outcome: GateResult['outcome'];
  difference: number;
  interval: readonly [number, number] | null;
  n: number;
  needed: number | null;
  margin: number;
  range: number | null;
  alpha: number;
}

const TITLES: Record<GateResult['outcome'], string> = {
  better: 'Better',
  'not worse': 'Not worse',
  regression: 'Regression',
  undecided: 'Undecided',
  'not comparable': 'Not comparable',
};

function gateSentence({ outcome, difference, interval, n, needed, margin, range, alpha }: GateFacts): string {
  const limits =
    interval === null
      ? ''
      : ` (one-sided ${Math.round(100 * (1 - alpha))}%: ${signed(interval[0], range)} to ${signed(interval[1], range)})`;
  const allowed = margin === 0 ? '' : `, with a margin of ${points(margin, range)}`;
  const base = `${TITLES[outcome]}: ${points(difference, range)} against the baseline${limits} on ${n} shared example${n === 1 ? '' : 's'}${allowed}.`;
  return outcome === 'undecided' && needed !== null ? `${base} About ${needed} examples would tell a difference of this size.` : base;
}
