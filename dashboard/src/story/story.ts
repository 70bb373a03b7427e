import type { OptimizationIteration } from '../../../src/schemas/iteration.js';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import type { SampleMatrix } from '../../../src/schemas/views.js';
import { groupPrograms, type ProgramGroup } from './programs.js';
import { type Scale, scaleOf } from './scale.js';
import { type Spend, spendOf } from './spend.js';

/** An example of the run's evaluation set. */
export interface StoryExample {
  /** Its hash, or its index for samples without one. */
  readonly key: string;
  readonly hash: string | null;
  readonly label: string;
}

/** A program with a full evaluation. */
export interface StoryCandidate {
  readonly index: number;
  /** The iteration that stands for it: its first completed full evaluation. */
  readonly iteration: number;
  readonly iterations: readonly number[];
  readonly program: OptimizationIteration['program'];
  /** The program's recorded text, if JSON.stringify of the program would change it. */
  readonly programText: OptimizationIteration['programText'];
  /** The mean of its full evaluations, in the run's own scale. */
  readonly score: number;
  /** Indexes of the candidates it was made of. */
  readonly parents: readonly number[];
  readonly isBaseline: boolean;
  readonly isRejected: boolean;
  /** One value an example: the mean over its evaluations; null if it was not scored. */
  readonly values: readonly (number | null)[];
  /** Whether the example ended in an error in each of its evaluations. */
  readonly errors: readonly boolean[];
  readonly spent: Spend;
  readonly row: OptimizationIteration;
}

/** A proposal on a minibatch. */
export interface StoryProposal {
  readonly iteration: number;
  readonly score: number | null;
  readonly isAccepted: boolean;
  readonly spent: Spend;
}

/** What happened in a run, from the seed to the winner. */
export interface Story {
  readonly run: OptimizationRun;
  readonly scale: Scale;
  readonly examples: readonly StoryExample[];
  /** In the order of their first full evaluation. */
  readonly candidates: readonly StoryCandidate[];
  readonly proposals: readonly StoryProposal[];
  readonly baseline: StoryCandidate | null;
  readonly winner: StoryCandidate | null;
  /** From the oldest known ancestor of the winner to the winner. */
  readonly spine: readonly StoryCandidate[];
  /** Examples of a proposal's minibatch; null if no samples of one were recorded. */
  readonly minibatch: number | null;
  /** Whether scores are 0 and the perfect score alone. */
  readonly isBinary: boolean;
  readonly total: Spend;
  /** Completed evaluations of kind `test`. */
  readonly tests: readonly OptimizationIteration[];
  /** What a person calls an example, `tickets`, from the field of the input; else `examples`. */
  readonly unit: string;
  readonly candidateOf: ReadonlyMap<number, StoryCandidate>;
}

interface StoryInput {
  readonly run: OptimizationRun;
  readonly iterations: readonly OptimizationIteration[];
  readonly matrix: SampleMatrix | undefined;
  /** The iteration of the winner as the verdict names it; the run's best if there is no verdict. */
  readonly winner?: number | undefined;
}

/** Puts a run's iterations and its matrix together as the story that the page tells. */
export function storyOf({ run, iterations, matrix, winner }: StoryInput): Story {
  const scale = scaleOf(run);
  const spent = spendOf(iterations, matrix, run);
  const full = new Set(iterations.filter(isFull).map(({ iteration }) => iteration));
  const sheet = sheetOf(matrix, full);
  const groups = groupPrograms(iterations, isFull);
  const order = new Map(groups.map((group, index) => [group, index]));
  const candidates = groups.map((group, index) => candidateOf(group, index, { sheet, order, spent, scale }));
  const byIteration = new Map(candidates.flatMap((candidate) => candidate.iterations.map((iteration) => [iteration, candidate] as const)));
  const won = byIteration.get(winner ?? run.bestIteration ?? -1) ?? null;
  const values = candidates.flatMap((candidate) => candidate.values.filter((value) => value !== null));
  const proposals = iterations.flatMap((row): StoryProposal[] => {
    if (row.evalKind !== 'minibatch' || row.status === 'running') return [];
    return [{ iteration: row.iteration, score: row.score, isAccepted: row.decision === 'accepted', spent: spent.at(row.iteration) }];
  });
  return {
    run,
    scale,
    examples: sheet.examples,
    candidates,
    proposals,
    baseline: candidates.find(({ isBaseline }) => isBaseline) ?? null,
    winner: won,
    spine: won === null ? [] : spineOf(won, candidates),
    minibatch: minibatchOf(matrix),
    isBinary: values.length > 0 && values.every((value) => value === 0 || Math.abs(value - scale.max) <= scale.max * 1e-9),
    total: spent.total,
    tests: iterations.filter(({ evalKind, status, score }) => evalKind === 'test' && status === 'completed' && score !== null),
    unit: 'examples',
    candidateOf: byIteration,
  };
}

const isFull = ({ evalKind, status, score }: OptimizationIteration) => evalKind === 'full' && status === 'completed' && score !== null;

interface Sheet {
  readonly examples: readonly StoryExample[];
  /** Mean value and error of each example in an iteration. */
  readonly column: (iterations: readonly number[]) => { values: (number | null)[]; errors: boolean[] };
}

/** The rows of the matrix that a full evaluation scored, an example once. */
function sheetOf(matrix: SampleMatrix | undefined, full: ReadonlySet<number>): Sheet {
  const places = new Map(matrix?.iterations.flatMap(({ iteration }, place) => (full.has(iteration) ? [[iteration, place] as const] : [])));
  const rows = new Map<string, SampleMatrix['examples'][number][]>();
  const used = [...places.values()];
  for (const example of matrix?.examples ?? []) {
    if (!used.some((place) => example.outcomes[place] !== null && example.outcomes[place] !== undefined)) continue;
    const key = example.exampleHash ?? `#${example.sampleIndex}`;
    const known = rows.get(key);
    if (known === undefined) rows.set(key, [example]);
    else known.push(example);
  }
  const entries = [...rows];
  return {
    examples: entries.map(([key, [first]]) => ({
      key,
      hash: first?.exampleHash ?? null,
      label: first?.exampleId ?? `#${first?.sampleIndex ?? key}`,
    })),
    column: (iterations) => {
      const columns = iterations.flatMap((iteration) => places.get(iteration) ?? []);
      const cells = entries.map(([, examples]) => cellOf(examples, columns));
      return { values: cells.map(({ value }) => value), errors: cells.map(({ isError }) => isError) };
    },
  };
}

function cellOf(examples: readonly SampleMatrix['examples'][number][], columns: readonly number[]) {
  const cells = examples
    .flatMap(({ scores, outcomes }) => columns.map((place) => ({ score: scores[place] ?? null, outcome: outcomes[place] ?? null })))
    .filter(({ outcome }) => outcome !== null);
  const values = cells.flatMap(({ score }) => score ?? []);
  return {
    value: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
    isError: cells.length > 0 && cells.every(({ score, outcome }) => score === null && outcome === 0),
  };
}

interface Parts {
  readonly sheet: Sheet;
  readonly order: ReadonlyMap<ProgramGroup, number>;
  readonly spent: ReturnType<typeof spendOf>;
  readonly scale: Scale;
}

function candidateOf(group: ProgramGroup, index: number, { sheet, order, spent, scale }: Parts): StoryCandidate {
  const evaluations = group.rows.filter(isFull);
  const first = (evaluations[0] ?? group.rows[0]) as OptimizationIteration;
  const scores = evaluations.flatMap(({ score }) => score ?? []);
  const { values, errors } = sheet.column(evaluations.map(({ iteration }) => iteration));
  const worst = scale.sign > 0 ? 0 : scale.max;
  return {
    index,
    iteration: first.iteration,
    iterations: group.rows.map(({ iteration }) => iteration),
    program: first.program,
    programText: first.programText,
    score: scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length),
    parents: group.parents.flatMap((parent) => order.get(parent) ?? []),
    isBaseline: group.rows.some(({ isBaseline }) => isBaseline),
    isRejected: evaluations.every(({ decision }) => decision === 'rejected'),
    values: values.map((value, place) => (value === null && errors[place] ? worst : value)),
    errors,
    spent: spent.at(first.iteration),
    row: first,
  };
}

/** Follows the first parent back to the seed. */
function spineOf(winner: StoryCandidate, candidates: readonly StoryCandidate[]): StoryCandidate[] {
  const spine = [winner];
  for (let parent = candidates[winner.parents[0] ?? -1]; parent !== undefined; parent = candidates[parent.parents[0] ?? -1]) {
    if (spine.includes(parent)) break;
    spine.unshift(parent);
  }
  return spine;
}

function minibatchOf(matrix: SampleMatrix | undefined): number | null {
  const place = matrix?.iterations.findIndex(({ evalKind }) => evalKind === 'minibatch') ?? -1;
  if (matrix === undefined || place < 0) return null;
  return matrix.examples.filter(({ outcomes }) => outcomes[place] !== null && outcomes[place] !== undefined).length;
}
