import { Icon } from '../components/Icon.js';
import type { Outcome } from '../story/outcome.js';
import { words } from '../strings.js';
import { CELL_LOOKS } from './Donut.js';

/** One example's outcome for one candidate. */
export function OutcomeCell({ outcome, className = '' }: { outcome: Outcome; className?: string }) {
  return (
    <span title={words.outcome[outcome]} className={`flex items-center justify-center rounded-sm ${CELL_LOOKS[outcome]} ${className}`}>
      {outcome === 'fixed' && <Icon name="chevronUp" className="size-3.5! stroke-2" />}
      {outcome === 'broke' && <Icon name="chevronDown" className="size-3.5! stroke-2" />}
      {outcome === 'none' && <span aria-hidden="true" className="size-1 rounded-full bg-edge" />}
      <span className="sr-only">{words.outcome[outcome]}</span>
    </span>
  );
}
