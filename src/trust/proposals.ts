import type { ParentLists } from './lineage.js';
import { Ranking } from './ranking.js';

/** One completely scored program as the optimizer proposed it. */
export interface Proposal {
  /** Row of the program among the complete ones. */
  program: number;
  /** Ranks that its parents had when they were chosen, 0 the best. */
  parentRanks: number[];
  /** Rows of its parents among the complete ones. */
  parents: number[];
}

export interface History {
  proposals: Proposal[];
  /** Share of proposals whose parent was the best so far; null if fewer than three programs were scored before each. */
  chase: number | null;
}

/** Programs that must be scored before the choice of a parent says how the optimizer climbs. */
const SCORED_BEFORE = 3;

/**
 * How the optimizer chose its parents.
 *
 * @param order programs, rejected ones too, in the order they were proposed
 * @param parents by program; an empty list is unknown
 * @param means mean score of each completely scored program, null otherwise; program 0 is the baseline
 */
export function historyOf(order: readonly number[], parents: ParentLists, means: readonly (number | null)[], tolerance: number): History {
  const [ranking, rows] = [new Ranking(), new Map<number, number>()];
  let [chased, counted] = [0, 0];
  const proposals: Proposal[] = [];
  for (const [row, program] of [...means.keys()].filter((each) => means[each] !== null).entries()) rows.set(program, row);
  for (const program of order) {
    const scored = scoredAncestors(program, parents, ranking);
    if (program !== 0 && (parents[program] ?? []).length > 0 && ranking.size >= SCORED_BEFORE) {
      counted++;
      const top = ranking.top as number;
      if (scored.some((each) => (means[each] as number) >= top - tolerance)) chased++;
    }
    const mean = means[program] ?? null;
    if (mean === null) continue;
    if (program !== 0) {
      proposals.push({
        program: rows.get(program) as number,
        parentRanks: scored.map((each) => ranking.rankOf(each)),
        parents: scored.map((each) => rows.get(each) as number),
      });
    }
    ranking.add(program, mean);
  }
  return { proposals, chase: counted === 0 ? null : chased / counted };
}

/** Nearest ancestors that were scored completely before; the baseline if there are none. */
function scoredAncestors(program: number, parents: ParentLists, ranking: Ranking): number[] {
  const found: number[] = [];
  const seen = new Set<number>([program]);
  const waiting = [...(parents[program] ?? [])];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (ranking.rankOf(next) >= 0) found.push(next);
    else waiting.push(...(parents[next] ?? []));
  }
  return found.length === 0 ? [0] : found;
}
