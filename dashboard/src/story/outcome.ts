import { levelOf, toleranceOf } from './scale.js';
import type { Story, StoryCandidate } from './story.js';

/** How an example came out for a candidate, against its parent. */
export type Outcome = 'right' | 'fixed' | 'broke' | 'wrong' | 'error' | 'none';

export interface Tally {
  readonly right: number;
  readonly fixed: number;
  readonly broke: number;
  readonly wrong: number;
  /** Examples that were scored. */
  readonly n: number;
}

/** Whether a value is as good as the scale allows, or better than its middle for scores in between. */
function isRight({ scale, isBinary }: Pick<Story, 'scale' | 'isBinary'>, value: number): boolean {
  const level = levelOf(scale, value);
  return level !== null && (isBinary ? level > 0.5 : level >= 0.5);
}

/** Whether one value is better (1), worse (-1) than or equal (0) to another. */
export function compareValues({ scale }: Pick<Story, 'scale'>, from: number, to: number): -1 | 0 | 1 {
  const difference = scale.sign * (to - from);
  if (Math.abs(difference) <= toleranceOf(scale)) return 0;
  return difference > 0 ? 1 : -1;
}

/** The outcome of one example for a candidate, against another candidate or nothing. */
export function outcomeOf(story: Story, candidate: StoryCandidate, parent: StoryCandidate | undefined, example: number): Outcome {
  const value = candidate.values[example];
  if (value === null || value === undefined) return 'none';
  const before = parent?.values[example] ?? null;
  const change = before === null ? 0 : compareValues(story, before, value);
  if (change > 0) return 'fixed';
  if (change < 0) return candidate.errors[example] ? 'error' : 'broke';
  if (candidate.errors[example]) return 'error';
  return isRight(story, value) ? 'right' : 'wrong';
}

/** The outcomes of all examples for a candidate, against its first parent. */
export function outcomesOf(story: Story, candidate: StoryCandidate, parent = parentOf(story, candidate)): readonly Outcome[] {
  return story.examples.map((_, example) => outcomeOf(story, candidate, parent, example));
}

export const parentOf = ({ candidates }: Story, { parents }: StoryCandidate): StoryCandidate | undefined => candidates[parents[0] ?? -1];

/** The counts of a candidate against its parent, or against another candidate. */
export function tallyOf(story: Story, candidate: StoryCandidate, parent = parentOf(story, candidate)): Tally {
  const counts = { right: 0, fixed: 0, broke: 0, wrong: 0, n: 0 };
  for (const outcome of outcomesOf(story, candidate, parent)) {
    if (outcome === 'none') continue;
    counts.n += 1;
    counts[outcome === 'error' ? 'wrong' : outcome] += 1;
  }
  if (story.examples.length > 0) return counts;
  const level = levelOf(story.scale, candidate.score) ?? 0;
  return { right: level, fixed: 0, broke: 0, wrong: 1 - level, n: 0 };
}

/** The groups of the matrix, told as stories. */
export const STORIES = ['broken', 'never', 'lost', 'fixed', 'always', 'other'] as const;
export type StoryGroup = (typeof STORIES)[number];

/** What became of an example between the baseline and the winner. */
export function storyGroupOf(story: Story, example: number): StoryGroup {
  const { baseline, winner, candidates } = story;
  const right = (candidate: StoryCandidate) => {
    const value = candidate.values[example];
    return value !== null && value !== undefined && isRight(story, value);
  };
  const solved = candidates.filter(right).length;
  if (solved === 0) return 'never';
  const [before, after] = [baseline?.values[example] ?? null, winner?.values[example] ?? null];
  if (before === null || after === null) return 'other';
  const change = compareValues(story, before, after);
  if (change < 0) return 'broken';
  if (change > 0) return 'fixed';
  if (winner === null || !right(winner)) return 'lost';
  return candidates.every((candidate) => candidate.values[example] === null || right(candidate)) ? 'always' : 'other';
}

/** Examples that the winner fixed and broke, against the baseline. */
export function changesOf(story: Story): { fixed: number[]; broke: number[]; never: number[]; wrong: number[] } {
  const found = { fixed: [] as number[], broke: [] as number[], never: [] as number[], wrong: [] as number[] };
  for (const example of story.examples.keys()) {
    const group = storyGroupOf(story, example);
    if (group === 'fixed') found.fixed.push(example);
    if (group === 'broken') found.broke.push(example);
    if (group === 'never') found.never.push(example);
    const value = story.winner?.values[example];
    if (value !== null && value !== undefined && !isRight(story, value)) found.wrong.push(example);
  }
  return found;
}

/** The step of the spine at which an example was lost; undefined if it was not lost there. */
export function lostAt(story: Story, example: number): StoryCandidate | undefined {
  return story.spine.findLast((candidate, index) => {
    const parent = story.spine[index - 1];
    return parent !== undefined && ['broke', 'error'].includes(outcomeOf(story, candidate, parent, example));
  });
}
