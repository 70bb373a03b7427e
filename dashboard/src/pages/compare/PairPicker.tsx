import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { IconButton } from '../../components/Button.js';
import { letterOf } from './RunKeys.js';
import type { CompareView } from './search.js';

export interface Pair {
  from: OptimizationRun | undefined;
  to: OptimizationRun | undefined;
}

interface PairPickerProps {
  runs: readonly OptimizationRun[];
  pair: Pair;
  onChange: (changes: Pick<CompareView, 'from' | 'to'>) => void;
}

/** Which two of the runs are told apart. */
export function PairPicker({ runs, pair: { from, to }, onChange }: PairPickerProps) {
  const select = (label: string, value: string | undefined, change: (id: string) => void) => (
    <select aria-label={label} value={value} onChange={(event) => change(event.target.value)} className="field max-w-56 truncate">
      {runs.map((run, index) => (
        <option key={run.id} value={run.id}>
          {letterOf(index)} {run.runName}
        </option>
      ))}
    </select>
  );
  return (
    <div className="flex flex-wrap items-center gap-2 text-muted">
      From {select('From', from?.id, (id) => onChange({ from: id, to: to?.id }))}
      to {select('To', to?.id, (id) => onChange({ from: from?.id, to: id }))}
      <IconButton label="The other way round" icon="compare" onClick={() => onChange({ from: to?.id, to: from?.id })} />
    </div>
  );
}
