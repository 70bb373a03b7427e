import type { StoryGroup } from '../../../story/outcome.js';

export const GROUP_WORDS: Record<StoryGroup, string> = {
  broken: 'Broken by the winner',
  never: 'Never solved',
  lost: 'Lost on the way: solved by another candidate',
  fixed: 'Fixed by the winner',
  always: 'Always right',
  other: 'Sometimes wrong, right for the winner',
};
