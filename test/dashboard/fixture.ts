import type { OptimizationClient } from '../../src/client/port.js';
import type { CreateOptimizationRunInput, RunStatus } from '../../src/schemas/run.js';
import type { Trail } from '../support/trails.js';

/** Numbers from 0 to 1 that are the same each time. */
function numbers(seed: number): () => number {
  // Small seeds next to each other would begin alike.
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const NAMES = [
  'ticket triage',
  'contract clauses',
  'support tone',
  'sql repair',
  'invoice fields',
  'math word problems',
  'toxic or not',
  'meeting notes',
];
const OPTIMIZERS = ['gepa', 'miprov2', 'copro', 'simba', 'bootstrap_fewshot', 'textgrad'];
const MODELS = ['gpt-5-mini', 'claude-haiku-4-5', 'gemini-3-flash', 'llama-4-maverick'];
const METRICS = ['accuracy', 'exact_match', 'f1', 'judge'];
const TAGS = ['baseline', 'candidate', 'nightly', 'ablation', 'long-context'];
const ENDS: readonly RunStatus[] = [
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'completed',
  'failed',
  'cancelled',
  'running',
  'stale',
];

const pick = <T>(from: readonly T[], random: () => number): T => from[Math.floor(random() * from.length)] as T;

const INSTRUCTIONS = [
  'Sort the ticket into one of: bug, account, how_to, feature_request.',
  'Read the whole ticket. Name the one category that says what the writer wants done: bug, account, how_to or feature_request.',
  'You sort support tickets. First find what the writer wants done. A fault that they can repeat is a bug; a question is how_to; ' +
    'what concerns their plan or sign-in is account; a wish is feature_request. Answer with the category alone.',
  'You sort support tickets for a small team. First find what the writer wants done, and quote it to yourself. A fault that they can repeat ' +
    'is a bug, also where they ask politely. A question about how something works is how_to. What concerns their plan, bill or sign-in ' +
    'is account. A wish for what is not there is feature_request. Where two fit, take the one that somebody has to act on. ' +
    'Answer with the category alone, in lower case.',
] as const;

export interface RunPlan {
  name: string;
  iterations: number;
  /** Samples of each full evaluation; none where it is 0. */
  samples: number;
  status?: RunStatus;
  run?: Partial<CreateOptimizationRunInput>;
  /** What the best score goes towards. */
  ceiling?: number;
  seed: number;
}

const example = (index: number) => ({
  input: {
    ticket: `Ticket ${index}: ${['the page is blank after the update', 'how do I invite somebody', 'please add a dark theme', 'I was billed twice'][index % 4]}`,
  },
  expectedOutput: ['bug', 'how_to', 'feature_request', 'account'][index % 4],
});

interface Candidate {
  iteration: number;
  score: number;
  best: number;
  accepted: boolean;
  start: number;
  durationMs: number;
}

const isFull = (iteration: number) => iteration % 3 === 0;

function iterationOf({ iteration, score, best, accepted, start, durationMs }: Candidate, random: () => number) {
  const instruction = INSTRUCTIONS[Math.min(3, Math.floor(best * 4))];
  return {
    iteration,
    score,
    isBaseline: iteration === 0,
    evalKind: isFull(iteration) ? ('full' as const) : ('minibatch' as const),
    decision: iteration === 0 ? null : accepted ? ('accepted' as const) : ('rejected' as const),
    parentIterations: iteration === 0 ? [] : [Math.floor((iteration - 1) / 3) * 3],
    program: { classify: { instruction: `${instruction}${accepted ? ` (revision ${iteration})` : ''}`, demos: [] } },
    params: {
      temperature: Math.round(random() * 10) / 10,
      num_demos: Math.floor(random() * 5),
      role: isFull(iteration) ? 'evaluation' : 'proposal',
    },
    startTime: new Date(start),
    endTime: new Date(start + durationMs),
    durationMs,
    totalTokens: Math.floor(2_000 + random() * 9_000),
    costUsd: 0.002 + random() * 0.02,
  };
}

function samplesOf(runId: string, { iteration, score }: Candidate, count: number, random: () => number) {
  return Array.from({ length: count }, (_, sampleIndex) => {
    const right = random() < score;
    const { input, expectedOutput } = example(sampleIndex);
    return {
      runId,
      iteration,
      sampleIndex,
      input,
      expectedOutput,
      predictedOutput: right ? expectedOutput : 'bug, I think, since the writer says that it does not work',
      score: right ? 1 : 0,
      latencyMs: 200 + random() * 900,
      costUsd: 0.0002,
      exampleId: `ticket-${sampleIndex}`,
    };
  });
}

function runOf(projectId: string, plan: RunPlan, start: number, random: () => number): CreateOptimizationRunInput {
  const optimizerType = plan.run?.optimizerType ?? pick(OPTIMIZERS, random);
  return {
    projectId,
    runName: plan.name,
    optimizerType,
    status: 'running',
    startTime: new Date(start),
    tags: TAGS.filter(() => random() < 0.25),
    config: {
      optimizer: optimizerType,
      metric: pick(METRICS, random),
      max_iterations: plan.iterations,
      model_config: { model: pick(MODELS, random), temperature: Math.round(random() * 10) / 10 },
      [optimizerType]: { seed: plan.seed },
    },
    ...plan.run,
  };
}

const FAILURE = { errorMessage: 'The model answered 429 for ten minutes', errorStack: 'Error: 429\n    at evaluate (optimize.ts:41:11)' };

/** Records a run as an optimizer would: its iterations, full and minibatch, and the samples of the full ones. */
export async function recordRun(client: OptimizationClient, projectId: string, plan: RunPlan): Promise<string> {
  const random = numbers(plan.seed);
  const start = Date.now() - Math.floor(40 * 3_600_000 * random()) - 600_000;
  const { id: runId } = await client.createOptimizationRun(runOf(projectId, plan, start, random));
  const ceiling = plan.ceiling ?? 0.55 + random() * 0.4;
  let best = 0.2 + random() * 0.25;
  let at = start;
  for (let iteration = 0; iteration < plan.iterations; iteration += 1) {
    const step = (random() - 0.62) * (ceiling - best) * 1.4;
    const score = iteration === 0 ? best : Math.max(0, Math.min(1, best + step));
    const accepted = isFull(iteration) && score > best;
    const candidate = { iteration, score, best, accepted, start: at, durationMs: 2_000 + random() * 20_000 };
    await client.createOptimizationIteration({ runId, projectId, ...iterationOf(candidate, random) });
    if (isFull(iteration) && plan.samples > 0)
      await client.batchCreateOptimizationSamples(samplesOf(runId, candidate, plan.samples, random));
    if (accepted) best = score;
    at += candidate.durationMs;
  }
  const status = plan.status ?? 'completed';
  const end = { status, endTime: new Date(at), durationMs: at - start, ...(status === 'failed' ? FAILURE : {}) };
  if (status !== 'running') await client.updateOptimizationRun(runId, end, { projectId });
  return runId;
}

/** A project as a team has it after some months: so many runs, most of them completed. */
export async function fillProject(client: OptimizationClient, projectId: string, runs: number): Promise<string[]> {
  const random = numbers(7);
  const ids: string[] = [];
  for (let index = 0; index < runs; index += 1) {
    const name = pick(NAMES, random);
    ids.push(
      await recordRun(client, projectId, {
        name: `${name} ${index + 1}`,
        iterations: 4 + Math.floor(random() * 14),
        samples: index < 6 ? 40 : 0,
        status: index < 6 ? 'completed' : pick(ENDS, random),
        seed: index + 11,
        ...(index < 6 ? { ceiling: 0.95 } : {}),
      }),
    );
  }
  return ids;
}

/** Many runs at once, by the statement that a restore would use: as many as a list must stay smooth with. */
export async function insertRuns(trail: Trail, projectId: string, runs: number): Promise<void> {
  await trail.sql(
    `insert into public.optimization_runs (project_id, run_name, optimizer_type, status, declared_final_score, declared_initial_score, created_at)
     select $1, 'bulk ' || n, 'copro', 'completed', (n % 1000) / 1000.0, 0, now() - n * interval '1 minute' - interval '1 day'
     from generate_series(1, $2::int) as n`,
    [projectId, runs],
  );
}
