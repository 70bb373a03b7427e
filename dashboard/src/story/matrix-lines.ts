import { type Outcome, outcomesOf, STORIES, type StoryGroup, storyGroupOf } from './outcome.js';
import type { Story, StoryCandidate } from './story.js';

export type MatrixRows = 'all' | 'fixed' | 'broken' | 'never' | 'wrong';

export interface MatrixExampleLine {
  readonly kind: 'example';
  readonly example: number;
  readonly key: string;
  readonly label: string;
  /** One a candidate, against its parent: a row reads as a story. */
  readonly outcomes: readonly Outcome[];
}

export type MatrixLine = MatrixExampleLine | { readonly kind: 'heading'; readonly group: StoryGroup; readonly count: number };

export interface StoryMatrix {
  readonly columns: readonly StoryCandidate[];
  readonly lines: readonly MatrixLine[];
  /** Examples in each group. */
  readonly counts: Readonly<Record<StoryGroup, number>>;
  readonly shown: number;
}

const GROUPS_OF: Record<MatrixRows, readonly StoryGroup[]> = {
  all: STORIES,
  fixed: ['fixed'],
  broken: ['broken'],
  never: ['never'],
  wrong: ['broken', 'never', 'lost'],
};

/** Examples grouped by what became of them between the baseline and the winner. */
export function matrixLines(story: Story, rows: MatrixRows): StoryMatrix {
  const byCandidate = story.candidates.map((candidate) => outcomesOf(story, candidate));
  const groups = new Map<StoryGroup, number[]>(STORIES.map((group) => [group, []]));
  for (const example of story.examples.keys()) groups.get(storyGroupOf(story, example))?.push(example);
  const counts = Object.fromEntries(STORIES.map((group) => [group, groups.get(group)?.length ?? 0])) as Record<StoryGroup, number>;
  const lines = GROUPS_OF[rows].flatMap((group): MatrixLine[] => {
    const members = groups.get(group) ?? [];
    if (members.length === 0) return [];
    const examples = members.map((example): MatrixLine => {
      const { key, label } = story.examples[example] ?? { key: '', label: '' };
      return { kind: 'example', example, key, label, outcomes: byCandidate.map((outcomes) => outcomes[example] ?? 'none') };
    });
    return [{ kind: 'heading', group, count: members.length }, ...examples];
  });
  return { columns: story.candidates, lines, counts, shown: lines.filter(({ kind }) => kind === 'example').length };
}
