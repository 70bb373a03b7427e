import type { RunStatus } from '../../src/schemas/index.js';

/** What a trail is, in memory: the rules of the database once more, small enough to be read at a glance. */
export class Model {
  readonly runs = new Map<string, Run>();

  /** What somebody may do in a project; a trusted caller everything. */
  static role(who: Who, project: Project): Role | undefined {
    return who === 'trusted' ? 'owner' : ROLES[who][project];
  }

  visibleTo(who: Who): Run[] {
    return [...this.runs.values()].filter(({ project }) => Model.role(who, project) !== undefined);
  }

  /** The run that somebody wants to write to, or why it may not be written to. */
  writable(who: Who, { project, run }: At): Run | 'not_found' | 'forbidden' {
    const found = this.runs.get(keyOf({ project, run }));
    const role = Model.role(who, project);
    if (found === undefined || role === undefined) return 'not_found';
    return role === 'viewer' ? 'forbidden' : found;
  }
}

export const PROJECTS = ['P', 'Q'] as const;
export type Project = (typeof PROJECTS)[number];
type Role = 'viewer' | 'editor' | 'owner';

export const CALLERS = ['trusted', 'owner', 'editor', 'viewer', 'stranger', 'nobody'] as const;
export type Who = (typeof CALLERS)[number];
/** The viewer of one project is an editor of the other. */
export const ROLES: Record<Exclude<Who, 'trusted'>, Partial<Record<Project, Role>>> = {
  owner: { P: 'owner' },
  editor: { P: 'editor' },
  viewer: { P: 'viewer', Q: 'editor' },
  stranger: { Q: 'owner' },
  nobody: {},
};

/** Which of the few runs there may be; the same number in two projects is two runs with one id. */
export interface At {
  project: Project;
  run: number;
}
export const keyOf = ({ project, run }: At): string => `${project}${run}`;

export interface Run extends At {
  status: RunStatus;
  attempt: number;
  direction: 'maximize' | 'minimize';
  tags: string[];
  declaredFinal: number | null;
  declaredIterations: number;
  iterations: Map<number, Iteration>;
}

export interface Iteration {
  /** Made by a sample that came first. It counts, and is filled in when it is recorded itself. */
  isPlaceholder: boolean;
  /** Whether it has the id that its recorder gives it every time. */
  hasOwnId: boolean;
  status: 'running' | 'completed';
  evalKind: 'full' | 'minibatch';
  decision: 'accepted' | 'rejected' | null;
  score: number | null;
  isBaseline: boolean;
  tokens: number;
  samples: Map<number, { failed: boolean; tokens: number }>;
}

const NEXT: Record<RunStatus, readonly RunStatus[]> = {
  pending: ['running', 'failed', 'cancelled'],
  running: ['completed', 'failed', 'cancelled', 'stale'],
  stale: ['running', 'completed', 'failed', 'cancelled'],
  failed: ['running'],
  cancelled: ['running'],
  completed: [],
};

/** Takes a step, or says that there is none. */
export function step(run: Run, to: RunStatus): boolean {
  if (to === run.status) return true;
  if (!NEXT[run.status].includes(to)) return false;
  if (to === 'running' && run.status !== 'pending') run.attempt += 1;
  run.status = to;
  return true;
}

export const emptyIteration = (): Iteration => ({
  ...{ isPlaceholder: true, hasOwnId: false, status: 'running', evalKind: 'full', decision: null, score: null },
  ...{ isBaseline: false, tokens: 0, samples: new Map() },
});

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

/** What is read of a run: all that follows from its rows, computed from scratch. */
export function reading(run: Run) {
  const numbered = [...run.iterations].sort(([one], [other]) => one - other);
  const recorded = numbered.filter(([, { isPlaceholder }]) => !isPlaceholder);
  const samples = numbered.flatMap(([, iteration]) => [...iteration.samples.values()]);
  const sign = run.direction === 'minimize' ? -1 : 1;
  const [best] = recorded
    .flatMap(([number, { status, evalKind, decision, score }]) =>
      status === 'completed' && evalKind === 'full' && decision !== 'rejected' && score !== null ? [{ number, score }] : [],
    )
    .sort((one, other) => (other.score - one.score) * sign || one.number - other.number);
  const baseline = recorded.find(([, { isBaseline, status, score }]) => isBaseline && status === 'completed' && score !== null);
  const initialScore = baseline?.[1].score ?? null;
  const finalScore = run.declaredFinal ?? (run.status === 'completed' ? (best?.score ?? null) : null);
  const failed = samples.filter((sample) => sample.failed).length;
  return {
    ...{ status: run.status, attempt: run.attempt, tags: run.tags, initialScore, finalScore },
    improvement: initialScore === null || finalScore === null ? null : sign === 1 ? finalScore - initialScore : initialScore - finalScore,
    bestScore: best?.score ?? null,
    bestIteration: best?.number ?? null,
    iterations: Math.max(run.declaredIterations, numbered.length),
    samplesEvaluated: samples.length,
    successfulSamples: samples.length - failed,
    failedSamples: failed,
    totalTokens: Math.max(sum(recorded.map(([, { tokens }]) => tokens)), sum(samples.map(({ tokens }) => tokens))),
    rows: numbered.map(([number, { status, score, decision, samples: own }]) => ({
      ...{ number, status, score, decision },
      samples: [...own].sort(([one], [other]) => one - other).map(([index, { failed: hasFailed }]) => ({ index, failed: hasFailed })),
    })),
  };
}
