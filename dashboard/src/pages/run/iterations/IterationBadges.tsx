import type { OptimizationIteration } from '../../../../../src/schemas/iteration.js';
import { Badge, type Tone } from '../../../components/Badge.js';
import type { IconName } from '../../../components/Icon.js';

const DECISIONS: Record<NonNullable<OptimizationIteration['decision']>, { tone: Tone; icon: IconName }> = {
  accepted: { tone: 'neutral', icon: 'check' },
  rejected: { tone: 'neutral', icon: 'close' },
};

const STATES: Record<OptimizationIteration['status'], { tone: Tone; icon: IconName }> = {
  running: { tone: 'accent', icon: 'play' },
  completed: { tone: 'neutral', icon: 'check' },
  failed: { tone: 'broke', icon: 'cross' },
  pruned: { tone: 'neutral', icon: 'minus' },
};

export function DecisionBadge({ decision, reason }: { decision: OptimizationIteration['decision']; reason?: string | null }) {
  if (decision === null) return null;
  return (
    <Badge {...DECISIONS[decision]} {...(reason ? { title: reason.slice(0, 500) } : {})}>
      {decision}
    </Badge>
  );
}

/** Completed is what is expected, and is not said. */
export function StateBadge({ status }: Pick<OptimizationIteration, 'status'>) {
  return status === 'completed' ? null : <Badge {...STATES[status]}>{status}</Badge>;
}

export function RoleBadges({
  iteration,
  isBaseline,
  best,
}: Pick<OptimizationIteration, 'iteration' | 'isBaseline'> & { best: number | null }) {
  return (
    <>
      {iteration === best && (
        <Badge tone="accent" icon="star">
          winner
        </Badge>
      )}
      {isBaseline && <Badge>seed prompt</Badge>}
    </>
  );
}
