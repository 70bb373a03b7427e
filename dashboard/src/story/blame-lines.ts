import type { BlamedPrompt, BlameSource } from '../../../src/schemas/trust-edits.js';
import { editColor } from '../theme/colors.js';

export interface BlameSegment {
  readonly text: string;
  readonly iteration: number;
}

/** A line of the prompt: the edit that owns it, and the others that wrote words in it. */
export interface BlameLine {
  readonly owner: number;
  readonly others: readonly number[];
  readonly segments: readonly BlameSegment[];
  /** The edit whose worth stands beside this line: each edit's worth stands once. */
  readonly worth: number | null;
  /** The edit that the line is counted with, if its worth stands at another line. */
  readonly counted: number | null;
}

export interface BlameSheet {
  readonly parts: readonly { readonly name: string | null; readonly lines: readonly BlameLine[] }[];
  readonly seed: number;
  /** Edits of the prompt, the oldest first. */
  readonly edits: readonly number[];
  readonly colorOf: (iteration: number) => string;
  readonly sourceOf: (iteration: number) => BlameSource | undefined;
}

/** The spans of a prompt as lines with their owners. `nameOf` gives the iteration that the page calls a program by. */
export function blameSheet(given: BlamedPrompt, nameOf: (iteration: number) => number): BlameSheet {
  const parts = given.parts.map((part) => ({ ...part, spans: part.spans.map((span) => ({ ...span, iteration: nameOf(span.iteration) })) }));
  const sources = given.sources.map((source) => ({ ...source, iteration: nameOf(source.iteration) }));
  const seed = nameOf(given.lineage[0] ?? 0);
  const edits = sources
    .map(({ iteration }) => iteration)
    .filter((iteration) => iteration !== seed)
    .sort((a, b) => a - b);
  const colors = new Map(edits.map((iteration, index) => [iteration, editColor(index, edits.length)]));
  const told = new Set<number>();
  return {
    seed,
    edits,
    parts: parts.map(({ name, spans }) => ({ name, lines: linesOf(spans).map((segments) => lineOf(segments, seed, told)) })),
    colorOf: (iteration) => colors.get(iteration) ?? 'var(--color-edge)',
    sourceOf: (iteration) => sources.find((source) => source.iteration === iteration),
  };
}

function linesOf(spans: readonly BlameSegment[]): BlameSegment[][] {
  const lines: BlameSegment[][] = [[]];
  for (const { text, iteration } of spans) {
    for (const [index, piece] of text.split('\n').entries()) {
      if (index > 0) lines.push([]);
      if (piece !== '') lines.at(-1)?.push({ text: piece, iteration });
    }
  }
  return lines;
}

function lineOf(segments: readonly BlameSegment[], seed: number, told: Set<number>): BlameLine {
  const lengths = new Map<number, number>();
  for (const { text, iteration } of segments) lengths.set(iteration, (lengths.get(iteration) ?? 0) + text.trim().length);
  const ranked = [...lengths].sort((a, b) => b[1] - a[1]).map(([iteration]) => iteration);
  const owner = ranked[0] ?? seed;
  const isFirst = owner !== seed && !told.has(owner);
  if (isFirst) told.add(owner);
  const others = ranked.filter((iteration) => iteration !== owner && (lengths.get(iteration) ?? 0) > 0);
  const counted = owner === seed ? (others[0] ?? null) : isFirst ? null : owner;
  return { owner, others, segments, worth: isFirst ? owner : null, counted };
}
