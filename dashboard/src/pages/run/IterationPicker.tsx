import type { OptimizationIteration } from '../../../../src/schemas/iteration.js';
import { type Scale, scaleOf, scoreWords } from '../../story/scale.js';
import { useRun } from './useRun.js';

interface IterationPickerProps {
  label: string;
  value: number | undefined;
  onChange: (iteration: number) => void;
  /** Only those that pass; all if it is left out. */
  offers?: (iteration: OptimizationIteration) => boolean;
}

/** More than this are too many to choose from by eye: only the ones that matter are offered. */
const MOST = 500;

export function IterationPicker({ label, value, onChange, offers = () => true }: IterationPickerProps) {
  const { run, iterations } = useRun();
  const scale = scaleOf(run);
  const fitting = iterations.filter(offers);
  const matters = ({ iteration, evalKind, isBaseline }: OptimizationIteration) => isBaseline || evalKind === 'full' || iteration === value;
  const offered = fitting.length > MOST ? fitting.filter(matters).slice(-MOST) : fitting;
  return (
    <label className="flex min-w-0 items-center gap-2">
      <span className="text-muted text-xs">{label}</span>
      <select value={value ?? ''} onChange={(event) => onChange(Number(event.target.value))} className="field max-w-64">
        {value === undefined && <option value="">–</option>}
        {offered.map((each) => (
          <option key={each.iteration} value={each.iteration}>
            {nameOf(each, run.bestIteration, scale)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** An iteration in a few words: its number, what it was, and its score. */
export function nameOf(
  { iteration, isBaseline, evalKind, decision, score }: OptimizationIteration,
  best: number | null,
  scale: Scale,
): string {
  const what = [
    iteration === best ? 'winner' : null,
    isBaseline ? 'seed prompt' : null,
    evalKind === 'full' ? null : evalKind,
    decision === 'rejected' ? decision : null,
    score === null ? null : scoreWords(scale, score),
  ];
  return [`#${iteration}`, ...what.filter((part) => part !== null)].join(' · ');
}
