import type { OptimizationClient } from '../../src/client/port.js';
import type {
  CreateOptimizationIterationInput,
  CreateOptimizationRunInput,
  CreateOptimizationSampleInput,
} from '../../src/schemas/index.js';

type Recording = Pick<
  OptimizationClient,
  'createOptimizationRun' | 'createOptimizationIteration' | 'batchCreateOptimizationSamples' | 'updateOptimizationRun'
>;

/** Runs as their optimizers leave them, each with what the run page shows of it. Returns their ids. */
export async function recordRuns(client: Recording, projectId: string) {
  const [gepa, mipro, unimproved, failed, hostile] = await Promise.all([
    recordGepa(client, projectId),
    recordMipro(client, projectId),
    recordUnimproved(client, projectId),
    recordFailed(client, projectId),
    recordHostile(client, projectId),
  ]);
  return { gepa, mipro, unimproved, failed, hostile };
}

const BASE = 'You sort support tickets.\nAnswer with one category: bug, account, how_to or feature_request.';
const RULES = [
  'A fault that the writer can repeat is a bug, also where they ask politely.',
  'A question about how something works is how_to.',
  'What concerns their plan, bill or sign-in is account.',
  'Where two fit, take the one that somebody has to act on.',
  'Answer in lower case, with the category alone.',
];
const TICKETS = ['The page is blank after the update', 'How do I invite somebody?', 'Please add a dark theme', 'I was billed twice'];
const QUEUES = ['bug', 'how_to', 'feature_request', 'account'];

const program = (rules: readonly string[]) => ({
  componentMap: { 'root::instruction': [BASE, ...rules].join('\n') },
  demos: [{ programId: 'root', traces: [{ ticket: TICKETS[0], queue: QUEUES[0] }] }],
  programs: [{ id: 'root', signature: 'ticket:string -> queue:class "bug, account, how_to, feature_request"' }],
});

function recorder(client: Recording, runId: string, projectId: string) {
  return {
    iteration: (iteration: number, said: Partial<CreateOptimizationIterationInput>) =>
      client.createOptimizationIteration({ runId, projectId, iteration, ...said }),
    samples: (iteration: number, count: number, passes: (index: number) => boolean) =>
      client.batchCreateOptimizationSamples(
        Array.from({ length: count }, (_, index) => sample(runId, projectId, iteration, index, passes(index))),
      ),
  };
}

function sample(runId: string, projectId: string, iteration: number, sampleIndex: number, passes: boolean): CreateOptimizationSampleInput {
  const kind = sampleIndex % TICKETS.length;
  return {
    runId,
    projectId,
    iteration,
    sampleIndex,
    exampleId: `ticket-${sampleIndex}`,
    input: { ticket: `${TICKETS[kind]} (${sampleIndex})` },
    expectedOutput: { queue: QUEUES[kind] },
    predictedOutput: { queue: passes ? QUEUES[kind] : 'bug, since it does not work' },
    score: passes ? 1 : 0,
    success: passes,
    latencyMs: 200 + ((sampleIndex * 37 + iteration * 11) % 300),
    totalTokens: 180,
    costUsd: 0.0001,
    ...(passes ? {} : { feedback: `It belongs to ${QUEUES[kind]}: read what the writer wants done.` }),
  };
}

async function newRun(
  client: Recording,
  projectId: string,
  said: Partial<CreateOptimizationRunInput> & { runName: string; optimizerType: string },
) {
  const { id } = await client.createOptimizationRun({ projectId, status: 'running', ...said });
  return { id, ...recorder(client, id, projectId) };
}

/** Fourteen iterations: proposals on minibatches, the accepted ones on all examples, a merge of two, and the best at 12. */
async function recordGepa(client: Recording, projectId: string): Promise<string> {
  const run = await newRun(client, projectId, {
    runName: 'triage with GEPA',
    optimizerType: 'gepa',
    tags: ['nightly'],
    config: {
      optimizer: 'gepa',
      metric: 'accuracy',
      model_config: { model: 'gpt-5-mini', temperature: 0 },
      gepa: { max_metric_calls: 300, seed: 1 },
    },
    metadata: { git: { commit: 'abc1234' } },
  });
  const shared = (cost: number) => ({ costUsd: cost, totalTokens: Math.round(cost * 4e6), durationMs: 4_000 + cost * 1e5 });
  const full = (
    rules: readonly string[],
    score: number,
    brevity: number,
    cost: number,
    said: Partial<CreateOptimizationIterationInput> = {},
  ) => ({
    program: program(rules),
    score,
    scores: { accuracy: score, brevity },
    params: { role: 'validation', round: rules.length },
    ...shared(cost),
    ...said,
  });
  const proposal = (rules: readonly string[], score: number, parents: number[], accepted: boolean) => ({
    program: program(rules),
    score,
    evalKind: 'minibatch' as const,
    decision: accepted ? ('accepted' as const) : ('rejected' as const),
    decisionReason: accepted ? `${score} on the minibatch beats its parent.` : `${score} on the minibatch is no better than its parent.`,
    parentIterations: parents,
    params: { role: 'proposal', round: rules.length },
    ...shared(0.002),
  });
  const [a, b, c, d, e] = RULES as [string, string, string, string, string];
  const accepted = { decision: 'accepted' as const };
  const all: [number, Partial<CreateOptimizationIterationInput>][] = [
    [0, full([], 0.5, 0.9, 0.01, { isBaseline: true, params: { role: 'seed', round: 0 } })],
    [1, proposal([a], 0.8, [0], true)],
    [2, full([a], 0.6, 0.8, 0.012, { parentIterations: [1], ...accepted })],
    [3, proposal([b, b], 0.4, [0], false)],
    [4, proposal([b], 0.6, [0], true)],
    [5, full([b], 0.65, 0.8, 0.011, { parentIterations: [4], ...accepted })],
    [6, proposal([a, c], 0.2, [2], false)],
    [7, proposal([a, b], 1, [2, 5], true)],
    [8, full([a, b], 0.8, 0.7, 0.015, { parentIterations: [7], ...accepted })],
    [9, proposal([a, b, e], 0.6, [8], false)],
    [
      10,
      {
        status: 'failed',
        evalKind: 'minibatch',
        errorMessage: 'The model answered 429: too many requests',
        parentIterations: [8],
        params: { role: 'proposal', round: 3 },
      },
    ],
    [11, proposal([a, b, d], 1, [8], true)],
    [12, full([a, b, d], 0.9, 0.6, 0.02, { parentIterations: [11], ...accepted })],
    [13, full([a, b, d], 0.85, 0.6, 0.02, { evalKind: 'test', parentIterations: [12], params: { role: 'test' } })],
  ];
  for (const [number, said] of all) await run.iteration(number, said);
  for (const [number, said] of all) {
    const share = Number(said.score ?? 0);
    const count = said.evalKind === 'minibatch' ? 5 : 20;
    if (said.status !== 'failed') await run.samples(number, count, (index) => (index * 7) % count < share * count);
  }
  await client.updateOptimizationRun(run.id, { status: 'completed', durationMs: 184_000 }, { projectId });
  return run.id;
}

/** Forty minibatch trials over parameters of every kind, and a full evaluation after each ten. No decisions, no parents. */
async function recordMipro(client: Recording, projectId: string): Promise<string> {
  const run = await newRun(client, projectId, {
    runName: 'triage with MIPROv2',
    optimizerType: 'miprov2',
    scoreMax: 100,
    config: { optimizer: 'miprov2', metric: 'f1', model: 'claude-haiku-4-5', miprov2: { num_trials: 40, minibatch: true } },
  });
  const dspy = (instruction: number, demos: number) => ({
    classify: {
      signature: {
        instructions: [BASE, ...RULES.slice(0, instruction)].join('\n'),
        fields: [
          { prefix: 'Ticket:', description: 'what the writer wrote' },
          { prefix: 'Queue:', description: 'one of four' },
        ],
      },
      demos: TICKETS.slice(0, demos).map((ticket, index) => ({ ticket, queue: QUEUES[index] })),
    },
  });
  let number = 0;
  await run.iteration(number, {
    score: 48,
    isBaseline: true,
    program: dspy(0, 0),
    params: { instruction: 0, demos: 0, temperature: 0, teacher: 'none' },
  });
  for (let trial = 1; trial <= 40; trial += 1) {
    const [instruction, demos] = [trial % 6, (trial * 3) % 4];
    const params = { instruction, demos, temperature: (trial % 5) / 4, teacher: trial % 2 === 0 ? 'gpt-5' : 'claude-opus' };
    const score = 45 + instruction * 5 + demos * 3 + ((trial * 17) % 9);
    number += 1;
    await run.iteration(number, {
      score,
      params,
      evalKind: 'minibatch',
      program: dspy(instruction, demos),
      costUsd: 0.001,
      durationMs: 900,
    });
    if (trial % 10 !== 0) continue;
    number += 1;
    await run.iteration(number, {
      score: 60 + trial / 2,
      params: { ...params, of: number - 1 },
      program: dspy(instruction, demos),
      costUsd: 0.01 + trial / 4000,
      durationMs: 8_000,
    });
  }
  await client.updateOptimizationRun(run.id, { status: 'completed' }, { projectId });
  return run.id;
}

/** A run in which nothing beat the original. */
async function recordUnimproved(client: Recording, projectId: string): Promise<string> {
  const run = await newRun(client, projectId, {
    runName: 'in vain',
    optimizerType: 'copro',
    direction: 'minimize',
    config: { metric: 'loss' },
  });
  await run.iteration(0, { score: 0.3, isBaseline: true, program: { instruction: 'The original.' } });
  await run.iteration(1, {
    score: 0.45,
    decision: 'rejected',
    program: { instruction: 'The original, and worse.' },
    parentIterations: [0],
  });
  await client.updateOptimizationRun(run.id, { status: 'completed' }, { projectId });
  return run.id;
}

async function recordFailed(client: Recording, projectId: string): Promise<string> {
  const run = await newRun(client, projectId, { runName: 'out of money', optimizerType: 'simba', notes: 'Ask for a larger budget.' });
  await run.iteration(0, { score: 0.25, isBaseline: true, program: 'Be brief.' });
  await run.iteration(1, { status: 'failed', errorMessage: 'insufficient_quota' });
  const errorStack = 'Error: insufficient_quota\n    at evaluate (optimize.ts:41:11)\n    at async compile (optimize.ts:12:3)';
  await client.updateOptimizationRun(run.id, { status: 'failed', errorMessage: 'insufficient_quota', errorStack }, { projectId });
  return run.id;
}

/** What a page would run, load, turn around or choke on, if it took texts for anything but texts. */
export const HOSTILE = {
  script: '<script>window.hacked = "script"</script>',
  image: '<img src=x onerror="window.hacked = \'image\'">',
  bidi: 'safe\u202egnp.exe\u2066\u200b',
  closing: '</div></body>"\'`--><svg/onload=window.hacked="svg">',
} as const;
export const LONG_PROMPT = `${'A line of a long prompt, with <b>marks</b>.\n'.repeat(25_000)}The end.`;

export async function recordHostile(client: Recording, projectId: string): Promise<string> {
  const all = Object.values(HOSTILE).join('\n');
  const run = await newRun(client, projectId, {
    runName: `${HOSTILE.image}${HOSTILE.bidi}`,
    optimizerType: 'gepa',
    tags: [HOSTILE.script],
    notes: all,
    config: { metric: HOSTILE.image, [HOSTILE.script]: { deep: HOSTILE.closing } },
  });
  await run.iteration(0, {
    score: 0.25,
    isBaseline: true,
    program: { [HOSTILE.script]: `${all}\nBe brief.`, long: LONG_PROMPT },
    params: { [HOSTILE.image]: 1, style: HOSTILE.script },
  });
  await run.iteration(1, {
    score: 0.5,
    decision: 'accepted',
    decisionReason: all,
    parentIterations: [0],
    scores: { [HOSTILE.image]: 1 },
    program: { [HOSTILE.script]: `${all}\nBe exact.`, long: `${LONG_PROMPT} Indeed.` },
    params: { [HOSTILE.image]: 2, style: HOSTILE.closing },
  });
  await client.batchCreateOptimizationSamples(
    [0, 1].map((iteration) => ({
      runId: run.id,
      projectId,
      iteration,
      sampleIndex: 0,
      exampleId: HOSTILE.script,
      input: all,
      expectedOutput: HOSTILE.image,
      predictedOutput: HOSTILE.closing,
      score: iteration,
      feedback: HOSTILE.bidi,
    })),
  );
  await client.updateOptimizationRun(run.id, { status: 'failed', errorMessage: HOSTILE.image, errorStack: all }, { projectId });
  return run.id;
}

/** A table of so many samples over so many iterations. */
export async function recordGrid(client: Recording, projectId: string, samples: number, iterations: number): Promise<string> {
  const run = await newRun(client, projectId, { runName: 'a large table', optimizerType: 'random' });
  for (let number = 0; number < iterations; number += 1) {
    await run.iteration(number, {
      score: number / iterations,
      isBaseline: number === 0,
      program: `Candidate ${number}.`,
      params: { seed: number },
    });
    await run.samples(number, samples, (index) => (index * 31 + number * 17) % 97 < 40 + number / 2);
  }
  await client.updateOptimizationRun(run.id, { status: 'completed' }, { projectId });
  return run.id;
}
