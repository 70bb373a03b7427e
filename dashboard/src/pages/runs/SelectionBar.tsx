import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Button, IconButton } from '../../components/Button.js';
import { Kbd } from '../../components/Kbd.js';
import { useRunChanges } from './changes.js';
import { PINNED } from './filters.js';

/** Runs in one comparison at most: more curves cannot be told apart. */
export const MOST_COMPARED = 6;

interface SelectionBarProps {
  runs: readonly OptimizationRun[];
  count: number;
  onCompare: () => void;
  onEdit: (run: OptimizationRun) => void;
  onClear: () => void;
}

/** What can be done with the selected runs. */
export function SelectionBar({ runs, count, onCompare, onEdit, onClear }: SelectionBarProps) {
  const { pin } = useRunChanges();
  const [only] = runs;
  if (count === 0) return null;
  const comparable = count >= 2 && count <= MOST_COMPARED;
  return (
    <section
      aria-label="Selected runs"
      className="absolute bottom-3 left-1/2 z-30 flex max-w-[calc(100vw-1.5rem)] -translate-x-1/2 flex-wrap items-center gap-2 rounded-xl bg-surface py-1.5 pr-1.5 pl-3.5 shadow-pop"
    >
      <span role="status" className="numeric text-muted">
        {count} {count === 1 ? 'run' : 'runs'}
        {sharedSet(runs)}
      </span>
      <Button look="primary" disabled={!comparable} onClick={onCompare}>
        Compare
        <span aria-hidden="true" className="hidden sm:inline-flex">
          <Kbd shortcut="c" />
        </span>
      </Button>
      {!comparable && (
        <span className="text-muted text-xs">{count < 2 ? 'Select another to compare' : `At most ${MOST_COMPARED} are compared`}</span>
      )}
      {only !== undefined && count === 1 && (
        <Button icon="tag" onClick={() => onEdit(only)}>
          Tags and notes
        </Button>
      )}
      <Button look="ghost" onClick={() => runs.forEach(pin)}>
        {runs.every(({ tags }) => tags.includes(PINNED)) ? 'Unpin' : 'Pin'}
      </Button>
      <IconButton label="Select none" icon="close" onClick={onClear} />
    </section>
  );
}

/** Whether the selected runs were evaluated on one set. */
function sharedSet(runs: readonly OptimizationRun[]): string {
  const sets = new Set(runs.map(({ evalSetHash }) => evalSetHash));
  if (runs.length < 2) return ' selected';
  return sets.size === 1 && !sets.has(null) ? ', the same evaluation set' : ' selected';
}
