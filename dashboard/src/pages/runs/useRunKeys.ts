import { useNavigate } from '@tanstack/react-router';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { useShortcut } from '../../keyboard/registry.js';
import { useRunChanges } from './changes.js';
import { MOST_COMPARED } from './SelectionBar.js';
import type { Line } from './useRunList.js';

interface RunKeys {
  lines: readonly Line[];
  current: number;
  setCurrent: (index: number) => void;
  selected: ReadonlySet<string>;
  setSelected: (selected: ReadonlySet<string>) => void;
  select: (runId: string) => void;
  compare: () => void;
  edit: (run: OptimizationRun) => void;
}

const group = 'Runs';

/** The list by keyboard. */
export function useRunKeys({ lines, current, setCurrent, selected, setSelected, select, compare, edit }: RunKeys): void {
  const navigate = useNavigate();
  const { pin } = useRunChanges();
  const step = (by: 1 | -1) => {
    let index = current + by;
    if (lines[index]?.kind === 'heading') index += by;
    if (lines[index]?.kind === 'run') setCurrent(index);
  };
  const withRun = (act: (run: OptimizationRun) => void) => () => {
    const line = lines[current];
    if (line?.kind === 'run') act(line.run);
  };
  useShortcut({ key: 'j', does: 'Next run', group }, () => step(1));
  useShortcut({ key: 'k', does: 'Previous run', group }, () => step(-1));
  useShortcut(
    { key: 'Enter', does: 'Open the run', group },
    withRun(({ id, projectId }) => void navigate({ to: '/runs/$runId', params: { runId: id }, search: { project: projectId } })),
  );
  useShortcut(
    { key: 'x', does: 'Select the run', group },
    withRun(({ id }) => select(id)),
  );
  useShortcut({ key: 'c', does: 'Compare the selected runs', group }, compare, selected.size >= 2 && selected.size <= MOST_COMPARED);
  useShortcut({ key: 'p', does: 'Pin the run', group }, withRun(pin));
  useShortcut({ key: 't', does: 'Edit tags and notes', group }, withRun(edit));
  useShortcut({ key: 'Escape', does: 'Select none', group }, () => setSelected(new Set()), selected.size > 0);
}
