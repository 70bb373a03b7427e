import type { IconName } from '../../../components/Icon.js';
import type { CandidateRole } from '../../../model/candidate-tree.js';

interface RoleLook {
  readonly icon: IconName;
  readonly look: string;
  readonly word: string;
}

/** How a candidate of each role looks in the table: a word and a picture. */
export const ROLES: Record<CandidateRole, RoleLook> = {
  best: { icon: 'star', look: 'font-medium text-ink', word: 'winner' },
  baseline: { icon: 'minus', look: 'text-muted', word: 'seed prompt' },
  accepted: { icon: 'check', look: 'text-ink', word: 'accepted' },
  rejected: { icon: 'close', look: 'text-faint', word: 'rejected' },
  failed: { icon: 'warning', look: 'text-broke', word: 'failed' },
  running: { icon: 'play', look: 'text-trail', word: 'running' },
  undecided: { icon: 'dash', look: 'text-muted', word: 'evaluated' },
};
