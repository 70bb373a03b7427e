import { diffArrays } from 'diff';

/** Share of the shorter line's words that a rewritten line keeps. */
const LIKENESS = 0.5;
/** Most pairs of lines that are compared by their words; more take over a second. */
const MOST_PAIRS = 250_000;
/** Most edits that the comparison of two texts looks for; beyond that everything counts as rewritten. */
const MOST_EDITS = 20_000;

const WORDS = new Intl.Segmenter('en', { granularity: 'word' });

/** Lines with their line ends: joined, they are the text to the letter. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Words, spaces and signs: joined, they are the line to the letter. */
export const piecesOf = (line: string): string[] => Array.from(WORDS.segment(line), ({ segment }) => segment);

/** Places of equal items in two lists, in order. */
export function equalPlaces(before: readonly string[], after: readonly string[]): [before: number, after: number][] {
  const changes = diffArrays([...before], [...after], { maxEditLength: MOST_EDITS });
  const places: [number, number][] = [];
  let [old, now] = [0, 0];
  for (const { value, added, removed } of changes ?? []) {
    if (added) now += value.length;
    else if (removed) old += value.length;
    else for (let at = 0; at < value.length; at++) places.push([old++, now++]);
  }
  return places;
}

/** Pairs each rewritten line with the line it was made from, by likeness and not by order. */
export function rewrittenLines(
  before: readonly string[],
  after: readonly string[],
  removed: readonly number[],
  added: readonly number[],
): [before: number, after: number][] {
  const old = new Map(removed.map((at) => [at, wordCounts(before[at] as string)]));
  const now = new Map(added.map((at) => [at, wordCounts(after[at] as string)]));
  const pairs: { from: number; to: number; likeness: number; common: number }[] = [];
  const few = removed.length * added.length <= MOST_PAIRS;
  for (const to of added) {
    for (const from of removed) {
      if (!few && before[from] !== after[to]) continue;
      const [left, right] = [old.get(from) as Words, now.get(to) as Words];
      const common = commonWords(left, right);
      const likeness = common / Math.min(left.total, right.total);
      if (common > 0 && likeness >= LIKENESS) pairs.push({ from, to, likeness, common });
    }
  }
  pairs.sort((left, right) => right.likeness - left.likeness || right.common - left.common || left.to - right.to || left.from - right.from);
  const [usedOld, usedNow] = [new Set<number>(), new Set<number>()];
  return pairs.flatMap(({ from, to }): [number, number][] => {
    if (usedOld.has(from) || usedNow.has(to)) return [];
    usedOld.add(from);
    usedNow.add(to);
    return [[from, to]];
  });
}

interface Words {
  counts: Map<string, number>;
  total: number;
}

function wordCounts(line: string): Words {
  const counts = new Map<string, number>();
  let total = 0;
  for (const { segment, isWordLike } of WORDS.segment(line)) {
    if (isWordLike !== true) continue;
    const word = segment.toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
    total++;
  }
  return { counts, total };
}

function commonWords(left: Words, right: Words): number {
  const [few, many] = left.counts.size <= right.counts.size ? [left, right] : [right, left];
  let common = 0;
  for (const [word, count] of few.counts) common += Math.min(count, many.counts.get(word) ?? 0);
  return common;
}
