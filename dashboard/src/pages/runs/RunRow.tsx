import { type CSSProperties, memo } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { StatusBadge } from '../../components/Badge.js';
import { Cost, Count, Delta, Score, Time } from '../../components/Figures.js';
import { type RunColumn, RunName } from './columns.js';

interface RowProps {
  index: number;
  run: OptimizationRun;
  place: CSSProperties;
  current: boolean;
  selected: boolean;
  onSelect: (runId: string) => void;
  onCurrent: (index: number) => void;
}

const looks = (current: boolean, selected: boolean) =>
  `${selected ? 'bg-selected' : current ? 'bg-hover' : 'bg-surface group-hover:bg-hover'} ${current ? 'shadow-[inset_2px_0_var(--color-accent)]' : ''}`;

/** What a line of the grid is, however it looks. The keys act on the grid. */
const lineOf = ({ index, selected, onCurrent }: Pick<RowProps, 'index' | 'selected' | 'onCurrent'>) => ({
  role: 'row',
  id: `line-${index}`,
  'aria-rowindex': index + 2,
  'aria-selected': selected,
  tabIndex: -1,
  onClick: () => onCurrent(index),
});

function Check({ run, selected, onSelect }: Pick<RowProps, 'run' | 'selected' | 'onSelect'>) {
  return (
    <label className="grid h-full w-9 place-items-center">
      <span className="sr-only">Select {run.runName}</span>
      <input type="checkbox" tabIndex={-1} checked={selected} onChange={() => onSelect(run.id)} className="size-4 accent-accent" />
    </label>
  );
}

const same = (a: RowProps, b: RowProps) =>
  a.run === b.run &&
  a.index === b.index &&
  a.current === b.current &&
  a.selected === b.selected &&
  a.place.transform === b.place.transform &&
  a.place.height === b.place.height;

interface WideRowProps extends RowProps {
  columns: readonly RunColumn[];
  template: string;
}

function WideRowView({ index, run, place, columns, template, current, selected, onSelect, onCurrent }: WideRowProps) {
  const look = looks(current, selected);
  return (
    <div
      {...lineOf({ index, selected, onCurrent })}
      className={`group absolute inset-x-0 top-0 grid items-center border-line border-b ${selected ? 'bg-selected' : current ? 'bg-hover' : 'hover:bg-hover'}`}
      style={{ ...place, gridTemplateColumns: template }}
    >
      <span role="gridcell" className={`sticky left-0 z-10 h-full ${look}`}>
        <Check run={run} selected={selected} onSelect={onSelect} />
      </span>
      {columns.map(({ id, cell, align }) => (
        <span
          key={id}
          role="gridcell"
          className={`flex h-full min-w-0 items-center overflow-hidden px-2 ${align === 'right' ? 'justify-end' : ''} ${id === 'name' ? `sticky left-9 z-10 ${looks(false, selected).replace('bg-surface', current ? 'bg-hover' : 'bg-surface')}` : ''}`}
        >
          {cell(run)}
        </span>
      ))}
    </div>
  );
}

export const WideRow = memo(WideRowView, (a, b) => same(a, b) && a.columns === b.columns && a.template === b.template);

/** A run in two lines, for a telephone. */
function CardRowView({ index, run, place, current, selected, onSelect, onCurrent }: RowProps) {
  return (
    <div
      {...lineOf({ index, selected, onCurrent })}
      className={`group absolute inset-x-0 top-0 flex border-line border-b ${looks(current, selected)}`}
      style={place}
    >
      <span role="gridcell">
        <Check run={run} selected={selected} onSelect={onSelect} />
      </span>
      <span role="gridcell" className="grid min-w-0 flex-1 content-center gap-1 pr-3">
        <span className="flex items-center justify-between gap-2">
          <RunName run={run} />
          <StatusBadge status={run.status} />
        </span>
        <span className="flex items-center gap-3 text-muted text-xs">
          <span className="text-ink">
            <span className="sr-only">Best score </span>
            <Score value={run.bestScore} />
          </span>
          <Delta value={run.improvement} />
          <span>
            <Count value={run.iterations} /> it.
          </span>
          <Cost value={run.totalCostUsd} />
          <span className="ml-auto">
            <Time value={run.createdAt} />
          </span>
        </span>
      </span>
    </div>
  );
}

export const CardRow = memo(CardRowView, same);
