import type { OptimizationIteration } from '../../../src/schemas/iteration.js';

/** All evaluations of one program. */
export interface ProgramGroup {
  readonly rows: OptimizationIteration[];
  /** The nearest ancestors that pass `counts`. */
  readonly parents: readonly ProgramGroup[];
}

/**
 * Programs of which an evaluation counts, in the order of the first that does. A proposal on a minibatch and the full evaluation
 * that follows it are one program, by its hash; an ancestor that does not count gives way to its own parents.
 */
export function groupPrograms(
  iterations: readonly OptimizationIteration[],
  counts: (row: OptimizationIteration) => boolean,
): readonly ProgramGroup[] {
  const groups = new Map<string, { rows: OptimizationIteration[]; parents: ProgramGroup[] }>();
  const groupOf = new Map<number, { rows: OptimizationIteration[]; parents: ProgramGroup[] }>();
  for (const row of iterations) {
    const key = row.programHash ?? `#${row.iteration}`;
    const group = groups.get(key) ?? { rows: [], parents: [] };
    group.rows.push(row);
    groups.set(key, group);
    groupOf.set(row.iteration, group);
  }
  const all = [...groups.values()];
  const first = (group: ProgramGroup) => group.rows[0]?.iteration ?? 0;
  const isCounted = (group: ProgramGroup) => group.rows.some(counts);
  const direct = (group: ProgramGroup) => [
    ...new Set(
      group.rows
        .flatMap(({ parentIterations }) => parentIterations)
        .flatMap((parent) => groupOf.get(parent) ?? [])
        .filter((parent) => parent !== group && first(parent) < first(group)),
    ),
  ];
  // Parents come before their children, so that a walk back always ends.
  for (const group of all) {
    const found = direct(group).flatMap((parent) => (isCounted(parent) ? [parent] : parent.parents));
    group.parents.push(...new Set(found));
  }
  const start = (group: ProgramGroup) => group.rows.find(counts)?.iteration ?? 0;
  return all.filter(isCounted).sort((one, other) => start(one) - start(other));
}
