import dagre from '@dagrejs/dagre';
import type { CandidateTree } from '../../../model/candidate-tree.js';

export const NODE = { width: 132, height: 52 };

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where each candidate stands: parents above their children. */
export function placesOf({ nodes, edges }: CandidateTree): ReadonlyMap<string, Place> {
  const graph = new dagre.graphlib.Graph().setDefaultEdgeLabel(() => ({})).setGraph({ rankdir: 'TB', nodesep: 20, ranksep: 48 });
  for (const { id } of nodes) graph.setNode(id, { ...NODE });
  for (const { source, target } of edges) graph.setEdge(source, target);
  dagre.layout(graph);
  return new Map(
    nodes.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id) as Partial<Place>;
      return [id, { x: x - NODE.width / 2, y: y - NODE.height / 2 }];
    }),
  );
}

const AHEAD: Record<string, (from: Place, to: Place) => { ahead: number; aside: number }> = {
  ArrowUp: (from, to) => ({ ahead: from.y - to.y, aside: Math.abs(from.x - to.x) }),
  ArrowDown: (from, to) => ({ ahead: to.y - from.y, aside: Math.abs(from.x - to.x) }),
  ArrowLeft: (from, to) => ({ ahead: from.x - to.x, aside: Math.abs(from.y - to.y) }),
  ArrowRight: (from, to) => ({ ahead: to.x - from.x, aside: Math.abs(from.y - to.y) }),
};

/** The nearest candidate in the direction of an arrow key; undefined where there is none, or the key is another. */
export function neighbour(places: ReadonlyMap<string, Place>, id: string, key: string): string | undefined {
  const from = places.get(id);
  const measure = AHEAD[key];
  if (from === undefined || measure === undefined) return undefined;
  let nearest: { id: string; distance: number } | undefined;
  for (const [other, place] of places) {
    const { ahead, aside } = measure(from, place);
    if (ahead <= 1) continue;
    // Straight ahead counts for more than near.
    const distance = ahead + 2 * aside;
    if (nearest === undefined || distance < nearest.distance) nearest = { id: other, distance };
  }
  return nearest?.id;
}
