import fc from 'fast-check';
import type { OptimizationClient } from '../../src/client/port.js';
import { type At, CALLERS, emptyIteration, keyOf, Model, PROJECTS, step, type Who } from './model.js';

/** The same trail for real: who calls, the ids of its projects, and what is checked after each command. */
export interface Real {
  as(who: Who): OptimizationClient;
  projectId(at: At): string;
  /** Compares what the model holds of a run with what is stored. */
  compare(model: Model, at: At): Promise<void>;
  outcomeOf(work: Promise<unknown>): Promise<unknown>;
}

export const idOf = (run: number): string => `01900000-0000-7000-8000-00000000000${run}`;
const iterationIdOf = ({ run }: At, number: number): string => `01900000-0000-7000-8000-0000000${run}0${number}00`;

/** One command: what it does to the model, and what it asks of a client. Both answer with what came of it, or a code. */
interface Kind<Input> {
  name: string;
  input: fc.Arbitrary<Input>;
  onModel(model: Model, who: Who, at: At, input: Input): unknown;
  onClient(client: OptimizationClient, ids: { projectId: string; runId: string }, at: At, input: Input): Promise<unknown>;
}

class Command<Input> implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly kind: Kind<Input>,
    private readonly who: Who,
    private readonly at: At,
    private readonly input: Input,
  ) {}

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    const expected = this.kind.onModel(model, this.who, this.at, this.input);
    const ids = { projectId: real.projectId(this.at), runId: idOf(this.at.run) };
    const found = await real.outcomeOf(this.kind.onClient(real.as(this.who), ids, this.at, this.input));
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      throw new Error(`${this}: the model says ${JSON.stringify(expected)}, the trail ${JSON.stringify(found)}`);
    }
    await real.compare(model, this.at);
  }

  toString(): string {
    return `${this.who}: ${this.kind.name} of ${keyOf(this.at)} ${JSON.stringify(this.input)}`;
  }
}

function command<Input>(kind: Kind<Input>): fc.Arbitrary<fc.AsyncCommand<Model, Real>> {
  const at = fc.record({ project: fc.constantFrom(...PROJECTS), run: fc.integer({ min: 1, max: 2 }) });
  // Whoever may write does so more often than whoever may not.
  const who = fc.constantFrom<Who>(...CALLERS, 'trusted', 'trusted', 'editor', 'owner');
  return fc.tuple(who, at, kind.input).map(([caller, place, input]) => new Command(kind, caller, place, input));
}

const status = fc.constantFrom('pending', 'running', 'completed', 'failed', 'cancelled', 'stale');
const score = fc.option(fc.constantFrom(0, 0.25, 0.5, -3));
const number = fc.integer({ min: 0, max: 3 });
const decision = fc.option(fc.constantFrom('accepted', 'rejected'));
const DONE = 'done';

export const COMMANDS = [
  command({
    name: 'create',
    input: fc.record({ status, direction: fc.constantFrom('maximize', 'minimize'), tags: fc.subarray(['a', 'b']) }),
    onModel(model, who, at, input) {
      const role = Model.role(who, at.project);
      if (role === undefined || role === 'viewer') return 'forbidden';
      const rest = { attempt: 1, declaredFinal: null, declaredIterations: 0, iterations: new Map() };
      if (!model.runs.has(keyOf(at))) model.runs.set(keyOf(at), { ...at, ...input, ...rest });
      return DONE;
    },
    onClient: (client, { projectId, runId }, _, input) =>
      client.createOptimizationRun({ id: runId, projectId, runName: 'run', optimizerType: 'gepa', ...input }),
  }),
  command({
    name: 'step',
    input: fc.record({ status, finalScore: score }),
    onModel(model, who, at, { status: to, finalScore }) {
      const run = model.writable(who, at);
      if (typeof run === 'string') return run;
      if (!step(run, to)) return 'invalid_status_transition';
      run.declaredFinal = finalScore;
      return DONE;
    },
    onClient: (client, { projectId, runId }, _, changes) => client.updateOptimizationRun(runId, changes, { projectId }),
  }),
  command({
    name: 'progress',
    input: fc.nat(5),
    onModel(model, who, at, iterations) {
      const run = model.writable(who, at);
      if (typeof run === 'string') return run;
      run.declaredIterations = iterations;
      // A sign of life brings a stale run back, as the same attempt.
      if (run.status === 'stale') run.status = 'running';
      return DONE;
    },
    onClient: (client, { projectId, runId }, _, iterations) => client.updateRunProgress(runId, { iterations }, { projectId }),
  }),
  command({
    name: 'delete',
    input: fc.constant(null),
    onModel(model, who, at) {
      const run = model.writable(who, at);
      if (run === 'forbidden') return run;
      return run === 'not_found' ? false : model.runs.delete(keyOf(at));
    },
    onClient: (client, { projectId, runId }) => client.deleteOptimizationRun(runId, { projectId }),
  }),
  ...Array(2).fill(
    command({
      name: 'iteration',
      input: fc.record({
        ...{ number, score, decision, hasOwnId: fc.boolean(), evalKind: fc.constantFrom('full', 'minibatch') },
        ...{ isBaseline: fc.boolean(), tokens: fc.nat(9) },
      }),
      onModel(model, who, at, { number: place, ...input }) {
        const run = model.writable(who, at);
        if (typeof run === 'string') return run;
        const old = run.iterations.get(place) ?? emptyIteration();
        if (!old.isPlaceholder) return old.hasOwnId && input.hasOwnId ? DONE : 'conflict';
        const said = { status: input.score === null ? 'running' : 'completed', isPlaceholder: false } as const;
        run.iterations.set(place, { ...old, ...input, ...said });
        return DONE;
      },
      onClient: (client, ids, at, { number: iteration, hasOwnId, tokens: totalTokens, ...input }) => {
        const id = hasOwnId ? { id: iterationIdOf(at, iteration) } : {};
        return client.createOptimizationIteration({ ...ids, ...id, iteration, totalTokens, ...input });
      },
    }),
  ),
  command({
    name: 'iteration changed',
    input: fc.record({ number, changes: fc.record({ score, decision }) }),
    onModel(model, who, at, { number: place, changes }) {
      const run = model.writable(who, at);
      if (run === 'not_found') return run;
      const old = model.runs.get(keyOf(at))?.iterations.get(place);
      if (old === undefined) return 'not_found';
      if (run === 'forbidden') return run;
      Object.assign(old, changes, { isPlaceholder: false });
      if (changes.score !== null) old.status = 'completed';
      return DONE;
    },
    onClient: (client, { projectId, runId }, _, { number: iteration, changes }) =>
      client.updateOptimizationIteration(runId, iteration, changes, { projectId }),
  }),
  ...Array(2).fill(
    command({
      name: 'samples',
      input: fc.record({ number, indexes: fc.array(fc.nat(4), { minLength: 1, maxLength: 4 }), failed: fc.boolean(), tokens: fc.nat(9) }),
      onModel(model, who, at, { number: place, indexes, failed, tokens }) {
        const run = model.writable(who, at);
        if (typeof run === 'string') return run;
        const iteration = run.iterations.get(place) ?? emptyIteration();
        run.iterations.set(place, iteration);
        const fresh = new Set(indexes.filter((index) => !iteration.samples.has(index)));
        for (const index of fresh) iteration.samples.set(index, { failed, tokens });
        return { stored: fresh.size, existing: indexes.length - fresh.size };
      },
      onClient: (client, ids, _, { number: iteration, indexes, failed, tokens: totalTokens }) =>
        client.batchCreateOptimizationSamples(
          indexes.map((sampleIndex) => ({ ...ids, iteration, sampleIndex, success: !failed, totalTokens, input: { sampleIndex } })),
        ),
    }),
  ),
] as fc.Arbitrary<fc.AsyncCommand<Model, Real>>[];
