import type { Hindsight, Race, Receipt } from '../../schemas/receipt.js';
import type { GateResult, RunAssessment, RunComparison } from '../../schemas/trust.js';
import type { Bisection, BlamedPrompt, EditEvidence, EditImpact, RegressionReport } from '../../schemas/trust-edits.js';
import { aRun, HASH } from './examples.js';

const { id: runId, projectId } = aRun;
const measure = { metric: 'accuracy', direction: 'maximize', scoreMax: 1 } as const;
const baseline = { runId, iteration: 0, iterations: [0], programHash: HASH, score: 0.25, examples: 20 };
const winner = { runId, iteration: 21, iterations: [21], programHash: HASH, score: 0.75, examples: 20 };
const sentence =
  'Real: +50 points over the baseline (95%: +18 to +70), best of 5 candidates on 20 examples. Expect about 0.64 on new examples.';
const verdict = { word: 'real', sentence, difference: 0.5, n: 20, better: 10, worse: 0, needed: 15 } as const;
const interval: [number, number] = [0.185, 0.698];
const spend = { calls: 408, costUsd: 5.2, timeMs: 252_000 };

export const anAssessment: RunAssessment = {
  ...verdict,
  ...measure,
  interval,
  runId,
  projectId,
  evalSetHash: HASH,
  k: 5,
  expected: 0.64,
  chase: 0.67,
  guarded: true,
  replayP: 0.0024,
  baseline,
  winner,
  level: [{ ...winner, iteration: 16, iterations: [16], score: 0.7 }],
  partial: [],
  leftOut: 0,
  overlap: 0,
  heldOut: null,
  seed: 1_234_567,
  resamples: 40_000,
  method: 'optrail-trust/1',
};

const lost = { exampleHash: HASH, exampleId: 'ticket-17', baseline: 1, candidate: 0, difference: -1, change: 'broke' } as const;

export const aComparison: RunComparison = {
  ...verdict,
  ...measure,
  interval,
  projectId,
  baseline,
  candidate: winner,
  p: 0.00195,
  same: 10,
  leftOut: 0,
  exampleSetHash: HASH,
  examples: [lost],
};

export const aGateResult: GateResult = {
  ...verdict,
  ...measure,
  outcome: 'better',
  exitCode: 0,
  sentence: 'Better: +50 points against the baseline (one-sided 95%: +25 to +66) on 20 shared examples.',
  interval: [0.25, 0.66],
  margin: 0,
  minDelta: null,
  alpha: 0.05,
  on: 'full',
  reason: null,
  worst: [],
  baseline,
  candidate: winner,
  p: 0.00195,
  same: 10,
  leftOut: 0,
  exampleSetHash: HASH,
};

const evidence: EditEvidence = {
  n: 20,
  fixed: 8,
  broke: 1,
  difference: 0.35,
  interval: [0.05, 0.58],
  p: 0.039,
  adjustedP: 0.039,
  word: 'real',
};

export const anEditImpact: EditImpact = {
  runId,
  projectId,
  edits: [
    {
      iteration: 5,
      parent: 0,
      parents: [0],
      decision: 'accepted',
      reason: null,
      gist: 'Refunds are billing.',
      full: evidence,
      minibatch: null,
    },
  ],
  accepted: 5,
  indistinct: 4,
  sentence: '4 of 5 accepted edits cannot be told from nothing.',
};

export const aBlamedPrompt: BlamedPrompt = {
  runId,
  projectId,
  iteration: 21,
  programHash: HASH,
  lineage: [0, 5, 13, 21],
  parts: [
    {
      name: null,
      text: 'Sort the ticket.\nRefunds are billing.',
      spans: [
        { text: 'Sort the ticket.\n', iteration: 0 },
        { text: 'Refunds are billing.', iteration: 5 },
      ],
    },
  ],
  sources: [{ iteration: 5, lines: 1, characters: 20, evidence, note: 'fixed 8, broke 1 of 20' }],
};

export const aRegressionReport: RegressionReport = {
  runId,
  projectId,
  baseline: { runId, iteration: 0, programHash: HASH },
  candidate: { runId, iteration: 21, programHash: HASH },
  n: 20,
  broke: 0,
  fixed: 3,
  flaky: 1,
  brokeOnce: 0,
  fixedOnce: 7,
  noise: 0.05,
  expectedFromNoise: 0.5,
  sentence: 'Broke 0 and fixed 10 of 20 shared examples; 1 flaky. About 0.5 broken are to be expected from noise alone.',
  examples: [
    {
      exampleHash: HASH,
      exampleId: 'ticket-3',
      kind: 'fixed once',
      baseline: { evaluations: 1, right: 0, mean: 0 },
      candidate: { evaluations: 1, right: 1, mean: 1 },
      p: null,
    },
  ],
};

export const aBisection: Bisection = {
  runId,
  projectId,
  lineage: [0, 5, 13, 21],
  examples: [{ exampleHash: HASH, exampleId: 'ticket-3', trail: '0111', kind: 'solved', flippedAt: 5, note: 'flipped at 5' }],
  counts: { 'always right': 5, solved: 10, lost: 0, flickers: 0, 'never solved': 5, 'not scored': 0 },
  sentence: 'Of 20 examples 10 were solved on the way, 0 lost, 0 flicker, 5 were never solved.',
};

export const aHindsight: Hindsight = {
  runId,
  projectId,
  enough: { ...winner, iteration: 5, iterations: [5], score: 0.6 },
  winner,
  until: { calls: 112, costUsd: 1.1, timeMs: 60_000 },
  total: spend,
  after: { calls: 296, costUsd: 4.1, timeMs: 192_000 },
  gain: 0.15,
  sentence:
    'You could have stopped at call 112 of 408, iteration 5; the other 296 calls (US$4.10) bought +15 points that 20 examples cannot tell from nothing.',
};

export const aRace: Race = {
  projectId,
  entries: [{ optimizerType: 'gepa', runs: 1, gain: 0.5, interval: null, pays: null, note: 'gepa: 1 run, no claim.' }],
  runs: [
    {
      runId,
      runName: aRun.runName,
      optimizerType: 'gepa',
      baseline: 0.25,
      best: 0.75,
      gain: 0.5,
      spend,
      points: [{ iteration: 21, best: 0.75, ...spend }],
    },
  ],
  sentence: 'One run each: no claim.',
};

export const aReceipt: Receipt = {
  format: 'optrail-receipt',
  version: 1,
  method: 'optrail-trust/1',
  run: {
    id: runId,
    projectId,
    name: aRun.runName,
    optimizer: 'gepa',
    model: aRun.model,
    metric: 'accuracy',
    status: 'completed',
    startTime: aRun.startTime,
    endTime: aRun.endTime,
  },
  word: 'real',
  sentence,
  assessment: anAssessment,
  edits: anEditImpact,
  blame: aBlamedPrompt,
  changes: aRegressionReport,
  hindsight: aHindsight,
  spend: { ...spend, totalTokens: 48_210 },
  hashes: { baseline: HASH, winner: HASH, exported: HASH, exampleSet: HASH },
};
