import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Button } from '../../components/Button.js';
import { Kbd } from '../../components/Kbd.js';
import { useRunChanges } from './changes.js';

/** More curves than this are not told apart, and more columns not read. */
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
    <section aria-label="Selected runs" className="flex flex-wrap items-center gap-2 border-line border-t bg-surface px-3 py-2 sm:px-4">
      <span role="status" className="numeric font-medium">
        {count} selected
      </span>
      <Button look="primary" icon="compare" disabled={!comparable} onClick={onCompare}>
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
      <Button icon="pin" onClick={() => runs.forEach(pin)}>
        Pin or unpin
      </Button>
      <Button look="ghost" className="ml-auto" onClick={onClear}>
        Clear
      </Button>
    </section>
  );
}
