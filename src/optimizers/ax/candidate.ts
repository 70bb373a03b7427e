import type { AxProgram, ComponentMap } from './surface.js';

/**
 * A candidate as it is stored, and enough to build it again:
 * `program.applyOptimizedComponents(componentMap)`, then `program.setDemos(demos)`.
 */
export interface AxCandidate {
  readonly componentMap: ComponentMap;
  /** The demonstrations in the prompt, in the form that `setDemos` takes. */
  readonly demos: readonly { programId: string; traces: readonly unknown[] }[];
  /** Every program of the tree with its signature as text, where Ax tells it. */
  readonly programs: readonly { id: string; signature?: string }[];
}

/** Reads the candidate out of the program as it stands; the map names the texts that the optimizer is trying. */
export function describeCandidate(program: AxProgram, componentMap: ComponentMap = currentComponents(program)): AxCandidate {
  return {
    componentMap: { ...componentMap },
    demos: (program.namedProgramInstances?.() ?? []).flatMap(({ id, program: node }) => {
      const traces = (node as { demos?: unknown }).demos;
      return Array.isArray(traces) && traces.length > 0 ? [{ programId: id, traces }] : [];
    }),
    programs: program.namedPrograms?.().map(({ id, signature }) => (signature === undefined ? { id } : { id, signature })) ?? [],
  };
}

/** Whether two candidates have the same texts: Ax tells them apart by number only, and shows a recorder the texts. */
export function sameTexts(one: ComponentMap, other: ComponentMap): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** The components whose text differs from the parent's. */
export function changedComponents(parent: ComponentMap | undefined, child: ComponentMap): string[] {
  return Object.keys(child).filter((key) => parent?.[key] !== child[key]);
}

function currentComponents(program: AxProgram): ComponentMap {
  return Object.fromEntries(program.getOptimizableComponents?.().map(({ key, current }) => [key, current]) ?? []);
}
