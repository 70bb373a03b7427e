import { describe, expect, test } from 'vitest';
import { trainingTickets } from '../../src/demo/tickets.js';
import { compileGepa, exactMatch, offline, outcomeOf, type Scenario, scripted, trackedGepa, triageProgram } from './scenario.js';

/** A metric that throws on every fourth call. */
function moody(): typeof exactMatch {
  let calls = 0;
  return (args) => {
    calls += 1;
    if (calls % 4 === 0) throw new Error('the judge is out');
    return exactMatch(args);
  };
}

/** A model that cannot be reached for some tickets. */
function unreliable() {
  const model = offline();
  return new Proxy(model, {
    get(target, key) {
      if (key !== 'chat') return Reflect.get(target, key);
      return (...args: Parameters<typeof model.chat>) =>
        JSON.stringify(args[0]).includes('invoice') ? Promise.reject(new Error('no line')) : model.chat(...args);
    },
  });
}

/** A program that nothing can stand before. */
function frozenProgram() {
  const inner = triageProgram();
  const names = ['forward', 'getOptimizableComponents', 'applyOptimizedComponents', 'getInstruction', 'getUsage', 'getId'] as const;
  return Object.freeze(Object.fromEntries(names.map((name) => [name, inner[name].bind(inner)])));
}

const ownAdapter = (evaluate: 'answers' | 'throws' | 'mumbles'): NonNullable<Scenario['options']> => ({
  gepaAdapter: {
    evaluate: (batch, candidate) => {
      if (evaluate === 'throws') throw new Error('not now');
      if (evaluate === 'mumbles') return {} as never;
      const length = Object.values(candidate).join().length;
      return { outputs: batch.map(() => ({ length })), scores: batch.map((_, index) => ((length * (index + 3)) % 11) / 10) };
    },
    make_reflective_dataset: (_candidate, result, components) =>
      Object.fromEntries(components.map((key) => [key, result.scores.map((score) => ({ score }))])),
    propose_new_texts: (candidate, _dataset, components) => Object.fromEntries(components.map((key) => [key, `${candidate[key]} More.`])),
  },
});

const scenarios: Record<string, Scenario> = {
  'an ordinary compile': {},
  'another seed, no minibatch': { args: { seed: 11, minibatch: false }, examples: trainingTickets.slice(0, 10) },
  'no feedback function': { options: { feedbackFn: undefined as never } },
  'a preset': { options: { auto: 'light', maxMetricCalls: 120 } },
  'demonstrations bootstrapped first': { options: { bootstrap: { scoreThreshold: 1, maxBootstrapMetricCalls: 8 } } },
  'two objectives': {
    metric: () => (args) => ({ right: exactMatch(args), short: JSON.stringify(args.prediction).length < 22 ? 1 : 0.5 }),
    options: { paretoMetricKey: 'right' } as object,
  },
  'a scalarizing function': {
    metric: () => (args) => ({ right: exactMatch(args), constant: 0.5 }),
    options: { paretoScalarize: ({ right = 0, constant = 0 }: Record<string, number>) => right * 0.9 + constant * 0.1 } as object,
  },
  'a metric that throws': { metric: moody },
  'a metric that gives NaN': { metric: () => (args) => (JSON.stringify(args.example).includes('card') ? Number.NaN : exactMatch(args)) },
  'a model that fails': { args: { studentAI: unreliable() as never } },
  'a model that answers out of form': { args: { studentAI: scripted(() => 'I would rather not say.') } },
  'an adapter of the user': { options: ownAdapter('answers') },
  'an adapter that throws': { options: ownAdapter('throws') },
  'an adapter that answers nothing': { options: ownAdapter('mumbles') },
  'a frozen program of the user': {
    program: frozenProgram as never,
  },
  'a teacher of its own': { args: { teacherAI: offline() } },
  'a margin to win by': { args: { minImprovementThreshold: 1.5 } },
};

/** The first request that one compile made of a model and the other did not. */
function firstDifference(tracked: string[], untracked: string[]) {
  const at = Array.from({ length: Math.max(tracked.length, untracked.length) }).findIndex(
    (_, index) => tracked[index] !== untracked[index],
  );
  return at < 0 ? undefined : { at, tracked: tracked[at], untracked: untracked[at] };
}

describe('a tracked compile has the result of an untracked one', () => {
  for (const [name, scenario] of Object.entries(scenarios)) {
    test(name, async () => {
      const untracked = await compileGepa(scenario);
      const { run, ...tracked } = await trackedGepa(scenario, { strict: true });
      expect(outcomeOf(tracked)).toEqual(outcomeOf(untracked));
      expect(firstDifference(tracked.requests, untracked.requests)).toBeUndefined();
      expect(run.status).toBe('completed');
      expect(run.recorded.length).toBeGreaterThan(2);
    });
  }
});

test('the metric and the feedback function are called as often, on the same, in the same order', async () => {
  const heard = async (compile: (scenario: Scenario) => Promise<unknown>) => {
    const calls: string[] = [];
    const note = (kind: string, seen: unknown) => calls.push(`${kind} ${JSON.stringify(seen)}`);
    await compile({
      metric: () => (args) => {
        note('metric', args);
        return exactMatch(args);
      },
      options: { feedbackFn: (args) => void note('feedback', args) as never },
    });
    return calls;
  };
  expect(await heard((scenario) => trackedGepa(scenario))).toEqual(await heard((scenario) => compileGepa(scenario)));
});
