import { OptrailError } from '../errors.js';
import { Allowance, type Ceiling } from './allowance.js';
import type { AxModule, AxService } from './load-ax.js';
import { testTickets } from './tickets.js';
import type { TriageBudget } from './triage.js';

/** A provider whose key was found. */
export interface Provider {
  readonly name: 'openai' | 'anthropic' | 'google-gemini';
  /** A small, cheap model that does not reason at length: triage needs no more. */
  readonly model: string;
  /** The variable that holds the key. */
  readonly variable: string;
  readonly apiKey: string;
}

/** A real model, held to a ceiling. */
export interface LiveModel {
  readonly provider: Provider;
  /** To be shown, and agreed to, before the first call. */
  readonly ceiling: Ceiling;
  readonly allowance: Allowance;
  /** Both run the provider's model, and refuse calls over the common ceiling. */
  readonly student: AxService;
  readonly teacher: AxService;
}

/** In the order in which they are looked for. */
const PROVIDERS = [
  { name: 'openai', model: 'gpt-4.1-mini', variables: ['OPENAI_API_KEY'] },
  { name: 'anthropic', model: 'claude-haiku-4-5', variables: ['ANTHROPIC_API_KEY'] },
  { name: 'google-gemini', model: 'gemini-2.5-flash-lite', variables: ['GOOGLE_APIKEY', 'GEMINI_API_KEY'] },
] as const;

/** The longest prompt and the longest answer of a call, in tokens. Answers are cut off there; an instruction is one of the teacher's. */
const STUDENT_CALL = { promptTokens: 1_500, completionTokens: 200 };
const TEACHER_CALL = { promptTokens: 6_000, completionTokens: 1_000 };
/** GEPA asks for a criticism and, if the first is refused, for two instructions. */
const TEACHER_CALLS_PER_TRIAL = 3;
/** Ax repeats a call that failed or answered out of form. */
const RETRY_SHARE = 0.1;

/**
 * Picks the provider by the key that is set: OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_APIKEY or GEMINI_API_KEY.
 *
 * @throws {OptrailError} `not_configured` where none is
 */
export function findProvider(environment: Readonly<Record<string, string | undefined>>): Provider {
  for (const { name, model, variables } of PROVIDERS) {
    for (const variable of variables) {
      const apiKey = environment[variable]?.trim();
      if (apiKey) return { name, model, variable, apiKey };
    }
  }
  throw new OptrailError('not_configured', 'A live demo needs the key of a model provider, and none is set.', {
    hint: `Set one of ${PROVIDERS.flatMap(({ variables }) => variables).join(', ')}.`,
  });
}

/** Makes the provider's services and works out what a demo on them can take at most. Makes no call. */
export function openLive({ ai }: AxModule, provider: Provider, budget: TriageBudget): LiveModel {
  const { name, apiKey, model } = provider;
  const open = (maxTokens: number) => ai({ name, apiKey, config: { model, maxTokens } } as Parameters<typeof ai>[0]);
  const student = open(STUDENT_CALL.completionTokens);
  const teacher = open(TEACHER_CALL.completionTokens);
  const ceiling = estimateCeiling(student, provider, budget);
  const allowance = new Allowance(ceiling);
  return { provider, ceiling, allowance, student: allowance.guard(student), teacher: allowance.guard(teacher) };
}

/** The most calls and dollars that a demo can take: each call as long as it may be, at the prices that Ax knows. */
export function estimateCeiling(service: AxService, { name, model }: Provider, budget: TriageBudget): Ceiling {
  const withRetries = (calls: number) => Math.ceil(calls * (1 + RETRY_SHARE));
  const studentCalls = withRetries(budget.metricCalls + 2 * testTickets.length);
  const teacherCalls = withRetries(budget.trials * TEACHER_CALLS_PER_TRIAL);
  const price = ({ promptTokens, completionTokens }: typeof STUDENT_CALL) => {
    const tokens = { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
    return service.getEstimatedCost({ ai: name, model, tokens });
  };
  const dollars = studentCalls * price(STUDENT_CALL) + teacherCalls * price(TEACHER_CALL);
  return { calls: studentCalls + teacherCalls, dollars: dollars > 0 ? Math.ceil(dollars * 100) / 100 : null };
}
