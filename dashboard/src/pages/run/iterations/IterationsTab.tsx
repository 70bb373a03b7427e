import { useMemo } from 'react';
import type { OptimizationIteration } from '../../../../../src/schemas/iteration.js';
import { Button } from '../../../components/Button.js';
import { Compact, Cost, Duration } from '../../../components/Figures.js';
import { Popover } from '../../../components/Popover.js';
import { type VirtualColumn, VirtualTable } from '../../../components/VirtualTable.js';
import { downloadCsv } from '../../../export/csv.js';
import { count } from '../../../format/number.js';
import { type IterationOrder, iterationRows } from '../../../model/iteration-rows.js';
import { type Scale, scaleOf, scoreWords } from '../../../story/scale.js';
import { ITERATION_ORDERS, KINDS, STATES, VERDICTS } from '../search.js';
import { useRun, useView } from '../useRun.js';
import { DecisionBadge, RoleBadges, StateBadge } from './IterationBadges.js';
import { paramsText } from './params-text.js';
import { iterationsSheet } from './sheet.js';

export function IterationsTab() {
  const { run, iterations } = useRun();
  const [view, change] = useView();
  const { iteration: open, kind, decision, state, order = 'iteration', direction = 'asc' } = view;
  const descending = direction === 'desc';
  const rows = useMemo(
    () => iterationRows(iterations, { kind, decision, state }, { by: order, descending }),
    [iterations, kind, decision, state, order, descending],
  );
  const columns = useMemo(() => columnsFor(run.bestIteration, scaleOf(run)), [run]);
  const isFiltered = (kind ?? decision ?? state) !== undefined;
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Filter name="Kind" values={KINDS} chosen={kind} onChange={(next) => change({ kind: next })} />
        <Filter name="Decision" values={VERDICTS} chosen={decision} onChange={(next) => change({ decision: next })} />
        <Filter name="Status" values={STATES} chosen={state} onChange={(next) => change({ state: next })} />
        {isFiltered && (
          <Button look="ghost" icon="close" onClick={() => change({ kind: undefined, decision: undefined, state: undefined })}>
            Clear
          </Button>
        )}
        <p className="numeric text-muted text-xs" role="status">
          {rows.length === iterations.length ? count(rows.length) : `${count(rows.length)} of ${count(iterations.length)}`} iterations
        </p>
        <span className="flex-1" />
        <Button icon="download" onClick={() => downloadCsv(`${run.runName}-iterations`, ...iterationsSheet(rows))}>
          CSV
        </Button>
      </div>
      <VirtualTable
        label="Iterations"
        columns={columns}
        rows={rows}
        rowKey={({ iteration }) => iteration}
        openKey={open}
        onOpen={({ iteration }) => change({ iteration })}
        order={{ by: order, descending }}
        orders={ITERATION_ORDERS}
        onOrder={({ by, descending: down }) => change({ order: isOrder(by) ? by : undefined, direction: down ? 'desc' : 'asc' })}
        height="max(24rem, calc(100vh - 15rem))"
        empty={isFiltered ? 'No iteration is like that. Clear the filters to see all.' : 'No iteration was recorded yet.'}
      />
    </div>
  );
}

const isOrder = (text: string): text is IterationOrder => ITERATION_ORDERS.some((known) => known === text);

function columnsFor(best: number | null, scale: Scale): readonly VirtualColumn<OptimizationIteration>[] {
  return [
    {
      id: 'iteration',
      header: '#',
      width: '4.5rem',
      align: 'right',
      cell: ({ iteration }) => <span className="numeric">{iteration}</span>,
    },
    { id: 'score', header: 'Score', width: '6rem', align: 'right', cell: ({ score }) => scoreWords(scale, score) },
    { id: 'kind', header: 'Kind', width: '6.5rem', cell: ({ evalKind }) => evalKind },
    {
      id: 'decision',
      header: 'Decision',
      width: '11rem',
      cell: (row) => (
        <span className="flex items-center gap-1">
          <DecisionBadge decision={row.decision} reason={row.decisionReason} />
          <StateBadge status={row.status} />
          <RoleBadges {...row} best={best} />
        </span>
      ),
    },
    {
      id: 'parents',
      header: 'Parents',
      width: '6rem',
      cell: ({ parentIterations }) => parentIterations.map((parent) => `#${parent}`).join(' '),
    },
    {
      id: 'params',
      header: 'Parameters',
      width: 'minmax(14rem, 1fr)',
      cell: ({ params, errorMessage }) => (
        <span className={`plain-text ${errorMessage === null ? 'text-muted' : 'text-broke'}`}>
          {errorMessage?.slice(0, 200) ?? paramsText(params)}
        </span>
      ),
    },
    { id: 'cost', header: 'Cost', width: '6rem', align: 'right', cell: ({ costUsd }) => <Cost value={costUsd} /> },
    {
      id: 'tokens',
      header: 'Tokens',
      width: '6rem',
      align: 'right',
      cell: ({ totalTokens }) => <Compact value={totalTokens} />,
    },
    {
      id: 'duration',
      header: 'Duration',
      width: '7rem',
      align: 'right',
      cell: ({ durationMs }) => <Duration value={durationMs} />,
    },
  ];
}

interface FilterProps<T extends string> {
  name: string;
  values: readonly T[];
  chosen: readonly T[] | undefined;
  onChange: (chosen: T[] | undefined) => void;
}

function Filter<T extends string>({ name, values, chosen = [], onChange }: FilterProps<T>) {
  const toggle = (value: T) => {
    const next = values.filter((each) => (each === value ? !chosen.includes(value) : chosen.includes(each)));
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <Popover isChip isOn={chosen.length > 0} label={chosen.length === 0 ? name : `${name}: ${chosen.join(', ')}`}>
      {() =>
        values.map((value) => (
          <label key={value} className="flex h-8 cursor-pointer items-center gap-2 rounded px-2 hover:bg-hover">
            <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} /> {value}
          </label>
        ))
      }
    </Popover>
  );
}
