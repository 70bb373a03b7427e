import * as axModule from '@ax-llm/ax';
import { type AxAIService, AxGEPA, AxMockAIService, ax } from '@ax-llm/ax';
import { createOfflineModel } from '../../src/demo/offline-model.js';
import { remarkOn } from '../../src/demo/remark.js';
import { CATEGORIES, type Ticket, trainingTickets, validationTickets } from '../../src/demo/tickets.js';
import { createTrackAx, type TrackAxOptions } from '../../src/optimizers/ax/track.js';
import { type FakeOptions, fakeRecorder } from './fake-recorder.js';

export type GepaArguments = ConstructorParameters<typeof AxGEPA>[0];
export type Compile = AxGEPA['compile'];
export type CompileOptions = NonNullable<Parameters<Compile>[3]>;
export type Metric = Parameters<Compile>[2];

export const offline = () => createOfflineModel(axModule);

export function exactMatch({ prediction, example }: { prediction: unknown; example: unknown }): number {
  return (prediction as Ticket).category === (example as Ticket).category ? 1 : 0;
}

const feedbackFn: NonNullable<CompileOptions['feedbackFn']> = ({ prediction, example }) =>
  remarkOn(example as unknown as Ticket, (prediction as Partial<Ticket>).category);

export function triageProgram() {
  const program = ax(`ticket:string "What a customer wrote" -> category:class "${CATEGORIES.join(', ')}"`);
  program.setInstruction('Say which queue this ticket belongs to.');
  return program;
}

/** Small, since Ax takes a millisecond for each call, and large enough for proposals of either decision. */
export const TRIALS = 5;
export const MINIBATCH = 5;
export const VALIDATION = 8;
export const METRIC_CALLS = 80;
export const SEED = 5;

export interface Scenario {
  args?: Partial<GepaArguments>;
  options?: Partial<CompileOptions>;
  /** Made anew for each compile, so that its state is. */
  metric?: () => Metric;
  program?: () => ReturnType<typeof triageProgram>;
  examples?: readonly Ticket[];
}

/** One compile by AxGEPA on the tickets and the offline model, small enough to repeat. */
export async function compileGepa(scenario: Scenario, track: <T extends object>(optimizer: T) => T = (optimizer) => optimizer) {
  const program = (scenario.program ?? triageProgram)();
  const requests: string[] = [];
  const { studentAI = offline(), teacherAI, ...args } = scenario.args ?? {};
  const services = {
    studentAI: listened('student', studentAI, requests),
    ...(teacherAI ? { teacherAI: listened('teacher', teacherAI, requests) } : {}),
  };
  const optimizer = new AxGEPA({ ...services, numTrials: TRIALS, minibatchSize: MINIBATCH, seed: SEED, ...args });
  const result = await track(optimizer).compile(
    program,
    [...(scenario.examples ?? trainingTickets.slice(0, 30))],
    (scenario.metric ?? (() => exactMatch))(),
    { maxMetricCalls: METRIC_CALLS, validationExamples: validationTickets.slice(0, VALIDATION), feedbackFn, ...scenario.options },
  );
  return { result, program, optimizer, requests };
}

type Compiled = Awaited<ReturnType<typeof compileGepa>>;

/** The same service, each request to which is noted. */
function listened(name: string, service: AxAIService, requests: string[]): AxAIService {
  return new Proxy(service, {
    get(target, key) {
      if (key !== 'chat') return Reflect.get(target, key);
      return (...request: Parameters<AxAIService['chat']>) => {
        requests.push(`${name} ${JSON.stringify(request[0])}`);
        return target.chat(...request);
      };
    },
  });
}

/** The same compile through trackAx, and the run it made. */
export async function trackedGepa(scenario: Scenario, options: Partial<TrackAxOptions<FakeOptions>> = {}) {
  const recorder = fakeRecorder();
  const track = createTrackAx(recorder.trackRun);
  const compiled = await compileGepa(scenario, (optimizer) => track(optimizer, { projectId: 'p1', ...options }));
  return { ...compiled, run: recorder.run };
}

/** All that a compile leaves behind and that a clock has no part in. */
export function outcomeOf({ result, program, optimizer }: Compiled) {
  const { scoreHistory, configurationHistory, rngState } = optimizer as unknown as Record<string, unknown>;
  const { optimizationTime: _, ...optimizedProgram } = { ...result.optimizedProgram } as Record<string, unknown>;
  return structuredClone({
    ...JSON.parse(JSON.stringify({ ...result, optimizedProgram })),
    instruction: program.getInstruction(),
    usage: program.getUsage(),
    scoreHistory,
    configurationHistory,
    rngState,
  });
}

/** A service whose answers a function of the system prompt and the last message decides. */
export function scripted(answer: (system: string, asked: string) => string) {
  return new AxMockAIService<string>({
    name: 'scripted',
    modelInfo: { name: 'scripted-1' },
    features: { functions: false, streaming: false },
    chatResponse: async ({ chatPrompt }) => {
      const text = (at: number) => String((chatPrompt.at(at) as { content?: unknown } | undefined)?.content ?? '');
      return {
        results: [{ index: 0, content: answer(text(0), text(-1)), finishReason: 'stop' }],
        modelUsage: { ai: 'scripted', model: 'scripted-1', tokens: { promptTokens: 10, completionTokens: 2, totalTokens: 12 } },
      };
    },
  });
}
