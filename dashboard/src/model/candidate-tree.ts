import type { OptimizationIteration, OptimizationRun } from '../../../src/schemas/index.js';

export type CandidateRole = 'best' | 'baseline' | 'accepted' | 'rejected' | 'failed' | 'running' | 'undecided';

/** A candidate: one program, wherever it was evaluated. */
export interface CandidateNode {
  /** Its first iteration's number as text. */
  readonly id: string;
  /** Every evaluation of it, in order. */
  readonly iterations: readonly number[];
  /** What it is first of all; a baseline that is the best is `best`, and `isBaseline` too. */
  readonly role: CandidateRole;
  readonly isBaseline: boolean;
  /** The best score of its full evaluations, or else of the others. */
  readonly score: number | null;
  readonly isFullScore: boolean;
  /** Ids of the candidates it was made of: two for a merge. */
  readonly parents: readonly string[];
  /** The iteration to open: the full evaluation with the score, or the first one. */
  readonly shown: number;
}

export interface CandidateTree {
  readonly nodes: readonly CandidateNode[];
  readonly edges: readonly { readonly id: string; readonly source: string; readonly target: string }[];
  readonly merges: number;
}

type RunFacts = Pick<OptimizationRun, 'direction' | 'bestIteration'>;

/**
 * The candidates of a run and what each was made of. Evaluations of the same program, by its hash, are one candidate: a
 * minibatch and the full evaluation that follows it. A parent always comes before its children, so that there is no circle
 * where an optimizer finds the same text again.
 */
export function candidateTree(iterations: readonly OptimizationIteration[], run: RunFacts): CandidateTree {
  const groups = new Map<string, OptimizationIteration[]>();
  const groupOf = new Map<number, OptimizationIteration[]>();
  for (const each of iterations) {
    const key = each.programHash ?? `#${each.iteration}`;
    const group = groups.get(key) ?? [];
    group.push(each);
    groups.set(key, group);
    groupOf.set(each.iteration, group);
  }
  const nodes = [...groups.values()].map((group) => nodeOf(group, parentsOf(group, groupOf), run));
  const edges = nodes.flatMap(({ id, parents }) => parents.map((source) => ({ id: `${source}>${id}`, source, target: id })));
  return { nodes, edges, merges: nodes.filter(({ parents }) => parents.length > 1).length };
}

const firstOf = (group: readonly OptimizationIteration[]) => group[0]?.iteration ?? 0;

function parentsOf(group: readonly OptimizationIteration[], groupOf: ReadonlyMap<number, readonly OptimizationIteration[]>): string[] {
  const found = group
    .flatMap(({ parentIterations }) => parentIterations)
    .flatMap((parent) => groupOf.get(parent) ?? [])
    .map((parent) => groupOf.get(parent.iteration) ?? [])
    .map(firstOf)
    .filter((parent) => parent < firstOf(group));
  return [...new Set(found)].sort((one, other) => one - other).map(String);
}

function nodeOf(group: readonly OptimizationIteration[], parents: readonly string[], run: RunFacts): CandidateNode {
  const scored = group.filter(({ score, status }) => score !== null && status === 'completed');
  const full = scored.filter(({ evalKind }) => evalKind === 'full');
  const sign = run.direction === 'minimize' ? -1 : 1;
  const better = (one: OptimizationIteration, other: OptimizationIteration) => ((other.score ?? 0) - (one.score ?? 0)) * sign;
  const shown = [...full].sort(better)[0] ?? scored.at(-1) ?? group[0];
  return {
    id: String(firstOf(group)),
    iterations: group.map(({ iteration }) => iteration),
    role: roleOf(group, run.bestIteration),
    isBaseline: group.some(({ isBaseline }) => isBaseline),
    score: scored.length === 0 ? null : (shown?.score ?? null),
    isFullScore: full.length > 0,
    parents,
    shown: shown?.iteration ?? firstOf(group),
  };
}

function roleOf(group: readonly OptimizationIteration[], best: number | null): CandidateRole {
  if (group.some(({ iteration }) => iteration === best)) return 'best';
  if (group.some(({ isBaseline }) => isBaseline)) return 'baseline';
  if (group.some(({ decision }) => decision === 'accepted')) return 'accepted';
  if (group.some(({ decision }) => decision === 'rejected')) return 'rejected';
  if (group.every(({ status }) => status === 'failed')) return 'failed';
  return group.some(({ status }) => status === 'running') ? 'running' : 'undecided';
}
