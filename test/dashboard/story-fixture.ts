import type { OptimizationClient } from '../../src/client/port.js';
import { CATEGORIES, testTickets, trainingTickets, validationTickets } from '../../src/demo/tickets.js';
import type { CreateOptimizationIterationInput, CreateOptimizationSampleInput } from '../../src/schemas/index.js';

type Recording = Pick<
  OptimizationClient,
  'createOptimizationRun' | 'createOptimizationIteration' | 'batchCreateOptimizationSamples' | 'updateOptimizationRun'
>;

const SEED = ['You sort support tickets for a planning app.', 'Answer with one queue: account, billing, bug, feature_request or how_to.'];
const LINES = {
  lower: 'Answer with one queue, in lower case and nothing else: account, billing, bug, feature_request or how_to.',
  howTo: 'A question about how something works is how_to.',
  anger: 'A question about how something works is how_to, also when it is asked in anger.',
  bug: 'A fault that the writer can repeat is a bug, however politely it is put.',
  billing: 'A charge, an invoice, a refund, seats or a plan is billing, whatever else the ticket says.',
  account: 'Signing in, roles, profiles and deletion under GDPR are account, never how_to.',
  wish: 'What the app cannot do yet is feature_request: look for “wish”, “would love”, “any chance”.',
} as const;

interface Step {
  /** The full evaluation; the accepted proposal is the iteration before it. */
  iteration: number;
  parents: number[];
  lines: readonly string[];
  schema?: boolean;
  /** Examples that it gets right and wrong against its first parent, by their place. */
  fixes: readonly number[];
  breaks: readonly number[];
  reflection?: string;
}

const range = (from: number, count: number, step = 1) => Array.from({ length: count }, (_, index) => from + index * step);
/** Right for the seed: 26 of 60. */
const RIGHT = new Set([...range(0, 16), 17, 21, 25, 29, 33, 37, 41, 45, 49, 53]);
const WRONG = range(0, 60).filter((place) => !RIGHT.has(place));

const [seed, rule] = SEED as [string, string];
const STEPS: readonly Step[] = [
  {
    iteration: 4,
    parents: [0],
    lines: [seed, rule, LINES.howTo],
    fixes: WRONG.slice(0, 7),
    breaks: [3],
    reflection: 'Questions were filed as account because they name a person.',
  },
  { iteration: 9, parents: [0], lines: [seed, rule, 'Be careful with bugs.'], fixes: WRONG.slice(7, 9), breaks: [5] },
  {
    iteration: 14,
    parents: [4],
    lines: [seed, LINES.lower, LINES.howTo, LINES.bug],
    schema: true,
    fixes: WRONG.slice(9, 14),
    breaks: [7],
    reflection: 'Faults that are told politely were taken for questions, and some answers were whole sentences.',
  },
  { iteration: 19, parents: [4], lines: [seed, rule, LINES.howTo, LINES.wish], fixes: WRONG.slice(28, 30), breaks: [9] },
  {
    iteration: 23,
    parents: [14],
    lines: [seed, LINES.lower, LINES.anger, LINES.bug, LINES.billing],
    schema: true,
    fixes: WRONG.slice(14, 18),
    breaks: [11],
    reflection:
      'Three of the six mistakes are about money: the assistant files a refund request under account because the writer names a person. Say that money decides.',
  },
  { iteration: 29, parents: [9], lines: [seed, rule, 'Be careful with bugs.', 'Think twice.'], fixes: WRONG.slice(18, 20), breaks: [] },
  {
    iteration: 34,
    parents: [23],
    lines: [seed, LINES.lower, LINES.anger, LINES.bug, LINES.billing, LINES.account],
    schema: true,
    fixes: WRONG.slice(18, 21),
    breaks: [13],
    reflection: 'Sign-in questions look like how_to.',
  },
  {
    iteration: 40,
    parents: [23, 19],
    lines: [seed, LINES.lower, LINES.anger, LINES.bug, LINES.billing, LINES.wish],
    schema: true,
    fixes: WRONG.slice(28, 29),
    breaks: [15, 17],
  },
  {
    iteration: 46,
    parents: [34],
    lines: [seed, LINES.lower, LINES.anger, LINES.bug, LINES.billing, LINES.account, LINES.wish],
    schema: true,
    fixes: [...WRONG.slice(21, 22), 3],
    breaks: [],
    reflection: 'Wishes are filed under how_to, because the writer asks whether it is possible.',
  },
  {
    iteration: 52,
    parents: [46],
    lines: [seed, LINES.lower, LINES.anger, LINES.bug, LINES.billing, LINES.account, LINES.wish, 'Name no second queue.'],
    schema: true,
    fixes: [WRONG[22] as number],
    breaks: [21, 25],
  },
  {
    iteration: 57,
    parents: [46],
    lines: [seed, LINES.lower, LINES.bug, LINES.billing, LINES.account, LINES.wish],
    schema: true,
    fixes: [WRONG[23] as number],
    breaks: [29, 33, 37],
  },
];

const queueSchema = (isEnum: boolean) => ({
  type: 'json_schema',
  properties: { queue: isEnum ? { enum: [...CATEGORIES] } : { type: 'string' } },
});

const program = (lines: readonly string[], isEnum: boolean) => ({ instruction: lines.join('\n'), response_format: queueSchema(isEnum) });

const TICKETS = [...trainingTickets, ...validationTickets].slice(0, 60);
const HELD_OUT = testTickets.slice(0, 25);

/** A queue that a wrong answer names; the same for the same ticket. */
const wrongFor = (place: number, expected: string) => {
  const usual: Record<string, string> = {
    account: 'how_to',
    feature_request: 'how_to',
    billing: 'account',
    bug: 'how_to',
    how_to: 'account',
  };
  return place % 3 === 2
    ? (CATEGORIES[(CATEGORIES.indexOf(expected as never) + 2 + (place % 2)) % 5] ?? 'bug')
    : (usual[expected] ?? 'bug');
};

/** Samples of one evaluation, right as told. */
function judged(
  runId: string,
  iteration: number,
  tickets: typeof TICKETS,
  right: (place: number) => boolean,
): CreateOptimizationSampleInput[] {
  return tickets.map(({ id, ticket, category }, place) => {
    const isRight = right(place);
    return {
      runId,
      iteration,
      sampleIndex: place,
      exampleId: id,
      input: { ticket },
      expectedOutput: { queue: category },
      predictedOutput: { queue: isRight ? category : wrongFor(place, category) },
      score: isRight ? 1 : 0,
      latencyMs: 900 + ((place * 37 + iteration * 13) % 600),
      ...(isRight ? {} : { feedback: `It belongs to ${category}.` }),
    };
  });
}

/** Examples that each full evaluation has right. */
function rightSets(): ReadonlyMap<number, ReadonlySet<number>> {
  const full = new Map<number, Set<number>>([[0, RIGHT]]);
  for (const { iteration, parents, fixes, breaks } of STEPS) {
    const kept = [...(full.get(parents[0] ?? 0) ?? [])].filter((place) => !breaks.includes(place));
    full.set(iteration, new Set([...kept, ...fixes]));
  }
  return full;
}

type Row = Omit<CreateOptimizationIterationInput, 'runId' | 'iteration'>;

const fullRow = (step: Step | undefined, right: ReadonlySet<number>): Row => ({
  score: right.size / 60,
  isBaseline: step === undefined,
  program: program(step?.lines ?? SEED, step?.schema ?? false),
  parentIterations: step === undefined ? [] : [step.iteration - 1],
  costUsd: 0.06,
  totalTokens: 23_400,
  ...(step === undefined ? {} : { decision: 'accepted' as const }),
  ...(step?.reflection === undefined ? {} : { metadata: { reflection: step.reflection } }),
});

const proposalRow = (iteration: number, coming: Step | undefined, parent: number, score: number): Row => ({
  evalKind: 'minibatch',
  score,
  program: program(coming?.lines ?? [seed, rule, `Attempt ${iteration}.`], coming?.schema ?? false),
  parentIterations: coming?.parents ?? [parent],
  decision: coming === undefined ? 'rejected' : 'accepted',
  decisionReason: `${(score * 6).toFixed(0)} of 6 on the minibatch.`,
  costUsd: 0.017,
  totalTokens: 2_300,
});

const testRow = (isWinner: boolean): Row => ({
  evalKind: 'test',
  score: (isWinner ? 18 : 10) / 25,
  program: isWinner ? program(STEPS.find(({ iteration }) => iteration === 46)?.lines ?? [], true) : program(SEED, false),
  parentIterations: [isWinner ? 46 : 0],
  costUsd: 0.02,
});

const RUN = {
  runName: 'ticket triage',
  optimizerType: 'gepa',
  status: 'running' as const,
  evalSetHash: 'tickets-60',
  tags: ['nightly'],
  config: {
    optimizer: 'gepa' as const,
    metric: 'accuracy',
    model_config: { model: 'gpt-5-mini' },
    gepa: { max_metric_calls: 1400, seed: 1 },
  },
};

/** The run of the design's pictures: 12 prompts on 60 tickets, 48 proposals, and a held-out test of the seed and the winner. */
export async function recordStory(client: Recording, projectId: string, at: Date): Promise<string> {
  const { id: runId } = await client.createOptimizationRun({ ...RUN, projectId, startTime: at });
  const time = (minutes: number) => new Date(at.getTime() + minutes * 60_000);
  const full = rightSets();
  const samples: CreateOptimizationSampleInput[] = [];
  const record = (iteration: number, row: Row) =>
    client.createOptimizationIteration({
      projectId,
      runId,
      iteration,
      startTime: time(iteration * 0.155),
      endTime: time(iteration * 0.155 + 0.14),
      durationMs: 72_000,
      ...row,
    });
  let parent = 0;
  for (let iteration = 0; iteration < 60; iteration += 1) {
    const step = STEPS.find((each) => each.iteration === iteration);
    const coming = STEPS.find((each) => each.iteration === iteration + 1);
    const right = full.get(iteration);
    if (right !== undefined) {
      await record(iteration, fullRow(step, right));
      samples.push(...judged(runId, iteration, TICKETS, (place) => right.has(place)));
      if (step?.parents[0] === parent) parent = iteration;
      continue;
    }
    const score = coming === undefined ? ((iteration * 7) % 4) / 6 : 5 / 6;
    await record(iteration, proposalRow(iteration, coming, parent, score));
    const first = (iteration * 5) % 40;
    samples.push(...judged(runId, iteration, trainingTickets.slice(first, first + 6), (place) => place < Math.round(score * 6)));
  }
  for (const isWinner of [false, true]) {
    const iteration = isWinner ? 61 : 60;
    await record(iteration, testRow(isWinner));
    samples.push(...judged(runId, iteration, HELD_OUT, (place) => place < (isWinner ? 18 : 10)));
  }
  await client.batchCreateOptimizationSamples(samples.map((sample) => ({ projectId, ...sample })));
  await client.updateOptimizationRun(runId, { status: 'completed', endTime: time(9.4), durationMs: 562_000 }, { projectId });
  return runId;
}
