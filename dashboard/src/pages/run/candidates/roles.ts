import type { IconName } from '../../../components/Icon.js';
import type { CandidateRole } from '../../../model/candidate-tree.js';

interface RoleLook {
  readonly icon: IconName;
  readonly text: string;
  /** Its edge in the tree. */
  readonly edge: string;
}

/** How a candidate of each role looks: a word and a picture beside the colour. */
export const ROLES: Record<CandidateRole, RoleLook> = {
  best: { icon: 'star', text: 'text-accent', edge: 'border-accent border-2' },
  baseline: { icon: 'dot', text: 'text-muted', edge: 'border-ink' },
  accepted: { icon: 'check', text: 'text-good', edge: 'border-good' },
  rejected: { icon: 'close', text: 'text-bad', edge: 'border-edge border-dashed' },
  failed: { icon: 'warning', text: 'text-bad', edge: 'border-bad border-dashed' },
  running: { icon: 'play', text: 'text-accent', edge: 'border-accent border-dotted' },
  undecided: { icon: 'dash', text: 'text-muted', edge: 'border-edge' },
};
