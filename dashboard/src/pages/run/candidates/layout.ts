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

interface Way {
  /** How far a place lies in the direction of the key. */
  readonly ahead: number;
  /** What decides between places that lie there, the first thing first. */
  readonly order: readonly [first: number, then: number];
}

const down = (from: Place, to: Place, sign: 1 | -1): Way => {
  const ahead = (to.y - from.y) * sign;
  // The next rank first, and of it who stands nearest.
  return { ahead, order: [ahead, Math.abs(from.x - to.x)] };
};
const across = (from: Place, to: Place, sign: 1 | -1): Way => {
  const ahead = (to.x - from.x) * sign;
  // The own rank first.
  return { ahead, order: [Math.abs(from.y - to.y), ahead] };
};

const WAYS = new Map<string, (from: Place, to: Place) => Way>([
  ['ArrowUp', (from, to) => down(from, to, -1)],
  ['ArrowDown', (from, to) => down(from, to, 1)],
  ['ArrowLeft', (from, to) => across(from, to, -1)],
  ['ArrowRight', (from, to) => across(from, to, 1)],
]);

/** The nearest candidate in the direction of an arrow key; undefined where there is none, or the key is another. */
export function neighbour(places: ReadonlyMap<string, Place>, id: string, key: string): string | undefined {
  const from = places.get(id);
  const wayTo = WAYS.get(key);
  if (from === undefined || wayTo === undefined) return undefined;
  const ways = [...places].map(([other, place]) => ({ other, ...wayTo(from, place) })).filter(({ ahead }) => ahead > 1);
  ways.sort((one, two) => one.order[0] - two.order[0] || one.order[1] - two.order[1]);
  return ways[0]?.other;
}
