import type { BlameSpan } from '../schemas/trust-edits.js';
import { equalPlaces, linesOf, piecesOf, rewrittenLines } from './line-match.js';
import { type ParentLists, topologicalOrder } from './lineage.js';

export interface BlameNode {
  iteration: number;
  text: string;
  /** Indexes of the texts it was made from; a merge has two. */
  parents: readonly number[];
}

/** Origin of each character: the index of the node that brought it. */
type Origins = Int32Array;

/** Not yet explained by a parent. */
const OWN = -1;

/**
 * Which iteration brought each piece of a text, along its lineage. Lines are compared first, and words only inside a
 * rewritten line. A merge takes what it shares with its first parent, then with its second; the rest is its own.
 *
 * @returns spans that are the text to the letter when they are joined
 */
export function blame(nodes: readonly BlameNode[], of: number): BlameSpan[] {
  const order = ancestorsFirst(nodes, of);
  const origins = new Map<number, Origins>();
  for (const at of order) origins.set(at, originsOf(nodes, at, origins));
  const node = nodes[of];
  return node === undefined ? [] : spansOf(node.text, origins.get(of) as Origins, nodes);
}

/** The ancestors of a node and the node itself, each after its parents. */
export function ancestorsFirst(nodes: readonly Pick<BlameNode, 'parents'>[], of: number): number[] {
  const wanted = new Set<number>();
  const waiting = [of];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (wanted.has(at) || nodes[at] === undefined) continue;
    wanted.add(at);
    waiting.push(...(nodes[at]?.parents ?? []));
  }
  const parents: ParentLists = nodes.map((each) => each.parents.filter((parent) => nodes[parent] !== undefined));
  const order = topologicalOrder(parents) ?? [...nodes.keys()];
  return order.filter((at) => wanted.has(at));
}

function originsOf(nodes: readonly BlameNode[], at: number, known: ReadonlyMap<number, Origins>): Origins {
  const node = nodes[at] as BlameNode;
  const own: Origins = new Int32Array(node.text.length).fill(OWN);
  for (const parent of node.parents) {
    const origins = known.get(parent);
    if (origins !== undefined) inherit(own, node.text, (nodes[parent] as BlameNode).text, origins);
  }
  keepLineEnds(own, node.text);
  return own.map((origin) => (origin === OWN ? at : origin));
}

/** The last line of a text has no line end: one that it got by a further line belongs to the line that it ends. */
function keepLineEnds(own: Origins, text: string): void {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\n' && own[at] === OWN && text[at - 1] !== '\n') own[at] = own[at - 1] as number;
  }
}

/** Fills what is not yet explained with the origins of the pieces that both texts share. */
function inherit(own: Origins, text: string, parentText: string, origins: Origins): void {
  const [before, after] = [linesOf(parentText), linesOf(text)];
  const [fromAt, toAt] = [starts(before), starts(after)];
  const copy = (from: number, to: number, length: number) => {
    for (let step = 0; step < length; step++) if (own[to + step] === OWN) own[to + step] = origins[from + step] as number;
  };
  const equal = equalPlaces(before.map(withoutEnd), after.map(withoutEnd));
  for (const [from, to] of equal) {
    copy(fromAt[from] as number, toAt[to] as number, Math.min((before[from] as string).length, (after[to] as string).length));
  }
  const removed = without(before.length, new Set(equal.map(([from]) => from)));
  const added = without(after.length, new Set(equal.map(([, to]) => to)));
  for (const [from, to] of rewrittenLines(before, after, removed, added)) {
    const [old, now] = [piecesOf(before[from] as string), piecesOf(after[to] as string)];
    const [oldAt, nowAt] = [starts(old), starts(now)];
    for (const [left, right] of equalPlaces(old, now)) {
      copy(
        (fromAt[from] as number) + (oldAt[left] as number),
        (toAt[to] as number) + (nowAt[right] as number),
        (now[right] as string).length,
      );
    }
  }
}

const withoutEnd = (line: string) => (line.endsWith('\n') ? line.slice(0, -1) : line);

/** Offset of each piece in the joined text. */
function starts(pieces: readonly string[]): number[] {
  let at = 0;
  return pieces.map((piece) => {
    const start = at;
    at += piece.length;
    return start;
  });
}

const without = (count: number, taken: ReadonlySet<number>) => [...Array(count).keys()].filter((at) => !taken.has(at));

function spansOf(text: string, origins: Origins, nodes: readonly BlameNode[]): BlameSpan[] {
  const spans: BlameSpan[] = [];
  let start = 0;
  for (let at = 1; at <= text.length; at++) {
    if (at < text.length && origins[at] === origins[start]) continue;
    spans.push({ text: text.slice(start, at), iteration: nodes[origins[start] as number]?.iteration ?? 0 });
    start = at;
  }
  return spans;
}
