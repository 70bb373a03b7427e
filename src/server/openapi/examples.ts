import type { OptimizationAnalytics, OptimizationRunSummary, TopRun } from '../../schemas/analytics.js';
import type { OptimizationCheckpoint } from '../../schemas/checkpoint.js';
import type { OptimizationIteration } from '../../schemas/iteration.js';
import type { ApiKey } from '../../schemas/key.js';
import type { OptimizationProject, ProjectMember } from '../../schemas/project.js';
import type { OptimizationRun } from '../../schemas/run.js';
import type { OptimizationSample } from '../../schemas/sample.js';
import type { RunCurve, RunProgram, SampleMatrix } from '../../schemas/views.js';

/** The examples of the documentation, all of one run. */

const RUN_ID = '0199f3a2-7b1e-7c44-9d0a-3f5b8a1c2d4e';
export const HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const AT = '2026-11-26T09:00:00.000Z';
const LATER = '2026-11-26T09:04:12.000Z';

export const aProject: OptimizationProject = { id: 'support', name: 'Support desk', createdAt: AT, runs: 3 };

export const aMember: ProjectMember = { projectId: 'support', userId: 'user-42', role: 'editor', createdAt: AT };

export const aKey: ApiKey = {
  id: '0199f3a2-8c2f-7d55-8e1b-4a6c9b2d3e5f',
  projectId: 'support',
  name: 'nightly optimizer',
  scope: 'write',
  prefix: 'optrail_5Hq2LmZx',
  createdBy: null,
  createdAt: AT,
  expiresAt: '2027-11-26T00:00:00.000Z',
  lastUsedAt: null,
  revokedAt: null,
};

export const newRun = {
  projectId: 'support',
  runName: 'ticket triage',
  optimizerType: 'gepa',
  config: { metric: 'accuracy', model_config: { model: 'gpt-4.1-mini' }, gepa: { max_metric_calls: 400 } },
  status: 'running',
  tags: ['nightly'],
};

export const aRun: OptimizationRun = {
  id: RUN_ID,
  projectId: 'support',
  runName: 'ticket triage',
  optimizerType: 'gepa',
  status: 'completed',
  attempt: 1,
  direction: 'maximize',
  scoreMax: 1,
  metric: 'accuracy',
  model: 'gpt-4.1-mini',
  config: newRun.config,
  tags: ['nightly'],
  notes: null,
  metadata: {},
  parentRunId: null,
  evalSetHash: null,
  initialScore: 0.25,
  finalScore: 0.75,
  bestScore: 0.75,
  bestIteration: 4,
  bestDeclared: false,
  improvement: 0.5,
  improvementPct: 200,
  iterations: 6,
  samplesEvaluated: 120,
  successfulSamples: 118,
  failedSamples: 2,
  totalTokens: 48210,
  totalCostUsd: 0.0193,
  avgLatencyMs: 412.5,
  startTime: AT,
  endTime: LATER,
  durationMs: 252000,
  heartbeatAt: LATER,
  errorMessage: null,
  errorStack: null,
  createdBy: null,
  createdAt: AT,
  updatedAt: LATER,
};

const aProgram = { instruction: 'Sort the ticket into billing, bug or question. Refunds are billing.' };

export const newIteration = {
  id: '0199f3a3-1111-7aaa-8bbb-0123456789ab',
  iteration: 4,
  score: 0.75,
  program: aProgram,
  evalKind: 'full',
  decision: 'accepted',
  parentIterations: [2],
};

export const anIteration: OptimizationIteration = {
  id: newIteration.id,
  runId: RUN_ID,
  projectId: 'support',
  iteration: 4,
  status: 'completed',
  evalKind: 'full',
  score: 0.75,
  scores: null,
  params: {},
  program: aProgram,
  programText: null,
  decision: 'accepted',
  decisionReason: null,
  parentIterations: [2],
  isBaseline: false,
  startTime: null,
  endTime: null,
  durationMs: null,
  promptTokens: null,
  completionTokens: null,
  totalTokens: null,
  costUsd: null,
  errorMessage: null,
  metadata: {},
  createdAt: LATER,
  updatedAt: LATER,
};

export const newSample = {
  iteration: 4,
  sampleIndex: 0,
  input: { ticket: 'I was charged twice.' },
  expectedOutput: { label: 'billing' },
  predictedOutput: { label: 'billing' },
  score: 1,
  latencyMs: 390,
};

export const aSample: OptimizationSample = {
  runId: RUN_ID,
  projectId: 'support',
  ...newSample,
  scores: null,
  success: null,
  failed: false,
  promptTokens: null,
  completionTokens: null,
  totalTokens: null,
  costUsd: null,
  errorMessage: null,
  feedback: null,
  exampleId: null,
  split: null,
  metadata: null,
  createdAt: LATER,
};

export const newCheckpoint = { id: '0199f3a3-2222-7aaa-8bbb-0123456789ab', state: { generation: 3, pool: ['a', 'b'] } };

export const aCheckpoint: OptimizationCheckpoint = {
  ...newCheckpoint,
  runId: RUN_ID,
  projectId: 'support',
  stateHash: HASH,
  stateBytes: 35,
  createdAt: LATER,
};

export const aSummary: OptimizationRunSummary = {
  runId: RUN_ID,
  projectId: 'support',
  runName: 'ticket triage',
  optimizerType: 'gepa',
  status: 'completed',
  metric: 'accuracy',
  model: 'gpt-4.1-mini',
  initialScore: 0.25,
  finalScore: 0.75,
  bestScore: 0.75,
  bestIteration: 4,
  bestDeclared: false,
  improvement: 0.5,
  improvementPct: 200,
  iterations: 6,
  fullEvaluations: 3,
  minibatchEvaluations: 3,
  acceptedCandidates: 2,
  rejectedCandidates: 1,
  failedIterations: 0,
  samplesEvaluated: 120,
  successfulSamples: 118,
  failedSamples: 2,
  successRate: 0.9833,
  totalTokens: 48210,
  totalCostUsd: 0.0193,
  avgLatencyMs: 412.5,
  durationMs: 252000,
  bestParams: {},
  bestProgram: aProgram,
  createdAt: AT,
  startTime: AT,
  endTime: LATER,
};

export const aTopRun: TopRun = {
  runId: RUN_ID,
  runName: 'ticket triage',
  optimizerType: 'gepa',
  metric: 'accuracy',
  evalSetHash: null,
  initialScore: 0.25,
  finalScore: 0.75,
  improvement: 0.5,
  iterations: 6,
  totalCostUsd: 0.0193,
  createdAt: AT,
};

export const someAnalytics: OptimizationAnalytics = {
  projectId: 'support',
  optimizerType: 'gepa',
  metric: 'accuracy',
  status: 'completed',
  totalRuns: 3,
  avgFinalScore: 0.7,
  maxFinalScore: 0.75,
  avgImprovement: 0.45,
  avgDurationMs: 240000,
  totalSamplesEvaluated: 360,
  totalTokensUsed: 144630,
  totalCostUsd: 0.0579,
  firstRunAt: AT,
  lastRunAt: LATER,
  refreshedAt: LATER,
};

export const aRunProgram: RunProgram = {
  programHash: HASH,
  program: aProgram,
  programText: null,
  iterations: [3, 4],
  bestScore: 0.75,
};

export const aCurve: RunCurve = {
  runId: RUN_ID,
  projectId: 'support',
  points: [
    { iteration: 0, best: 0.25 },
    { iteration: 4, best: 0.75 },
  ],
};

export const aMatrix: SampleMatrix = {
  runId: RUN_ID,
  projectId: 'support',
  iterations: [{ iteration: 4, evalKind: 'full', status: 'completed', score: 0.75 }],
  examples: [{ exampleHash: HASH, exampleId: null, sampleIndex: 0, scores: [1], outcomes: [1], indexes: [0] }],
};

export const aHit = {
  runId: RUN_ID,
  projectId: 'support',
  runName: 'ticket triage',
  iteration: 4,
  programHash: HASH,
  excerpt: 'bug or question. Refunds are billing.',
};
