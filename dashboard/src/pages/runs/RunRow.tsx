import { type CSSProperties, memo } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Time } from '../../components/Figures.js';
import { optimizerName } from '../../format/names.js';
import { scaleOf, scoreWords } from '../../story/scale.js';
import { type RunColumn, RunName } from './columns.js';
import { RunBarCell, RunVerdict } from './RunVerdict.js';

interface RowProps {
  index: number;
  run: OptimizationRun;
  place: CSSProperties;
  current: boolean;
  selected: boolean;
  /** 1 for a step of the run above it. */
  depth: number;
  /** Steps that stand below it. */
  steps: number;
  onSelect: (runId: string) => void;
  onCurrent: (index: number) => void;
}

const looks = (current: boolean, selected: boolean) =>
  `${selected ? 'bg-trail-soft' : current ? 'bg-hover' : 'bg-surface group-hover:bg-hover'} ${current ? 'shadow-[inset_2px_0_var(--color-ink)]' : ''}`;

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
    <label className="flex h-full w-[var(--edge,2.5rem)] items-center justify-end pr-[9px]">
      <span className="sr-only">Select {run.runName}</span>
      <input type="checkbox" tabIndex={-1} checked={selected} onChange={() => onSelect(run.id)} className="check" />
    </label>
  );
}

const same = (a: RowProps, b: RowProps) =>
  a.run === b.run &&
  a.index === b.index &&
  a.current === b.current &&
  a.selected === b.selected &&
  a.depth === b.depth &&
  a.steps === b.steps &&
  a.place.transform === b.place.transform &&
  a.place.height === b.place.height;

interface WideRowProps extends RowProps {
  columns: readonly RunColumn[];
  template: string;
}

function WideRowView({ index, run, place, columns, template, current, selected, depth, steps, onSelect, onCurrent }: WideRowProps) {
  const look = looks(current, selected);
  return (
    <div
      {...lineOf({ index, selected, onCurrent })}
      className={`group absolute inset-x-0 top-0 grid items-center border-line border-b ${selected ? 'bg-trail-soft' : current ? 'bg-hover' : 'hover:bg-hover'}`}
      style={{ ...place, gridTemplateColumns: template }}
    >
      <span role="gridcell" className={`sticky left-0 z-10 h-full ${look}`}>
        <Check run={run} selected={selected} onSelect={onSelect} />
      </span>
      {columns.map(({ id, cell, align }) => (
        <span
          key={id}
          role="gridcell"
          className={`flex h-full min-w-0 items-center overflow-hidden px-2 ${align === 'right' ? 'justify-end' : ''} ${id === 'name' ? `sticky left-[var(--edge)] z-10 ${looks(false, selected).replace('bg-surface', current ? 'bg-hover' : 'bg-surface')}` : ''}`}
        >
          {id === 'name' ? <RunName run={run} depth={depth} steps={steps} /> : cell(run)}
        </span>
      ))}
    </div>
  );
}

export const WideRow = memo(WideRowView, (a, b) => same(a, b) && a.columns === b.columns && a.template === b.template);

/** A run in two lines, for screens too narrow for a table. */
function CardRowView({ index, run, place, current, selected, onSelect, onCurrent, depth, steps }: RowProps) {
  return (
    <div
      {...lineOf({ index, selected, onCurrent })}
      className={`group absolute inset-x-0 top-0 flex border-line border-b ${looks(current, selected)}`}
      style={place}
    >
      <span role="gridcell">
        <Check run={run} selected={selected} onSelect={onSelect} />
      </span>
      <span role="gridcell" className="grid min-w-0 flex-1 grid-cols-1 content-center gap-0.5 pr-4">
        <span className="flex items-center gap-2">
          <RunName run={run} depth={depth} steps={steps} />
          <span className="shrink-0 text-faint">{optimizerName(run.optimizerType)}</span>
          <b className="ml-auto">
            <span className="sr-only">Best score </span>
            {scoreWords(scaleOf(run), run.bestScore)}
          </b>
        </span>
        <span className="flex items-center gap-3">
          <RunBarCell run={run} width={108} />
          <span className="min-w-0 flex-1 truncate">
            <RunVerdict run={run} />
          </span>
          <span className="text-faint">
            <Time value={run.createdAt} />
          </span>
        </span>
      </span>
    </div>
  );
}

export const CardRow = memo(CardRowView, same);
