import { useCallback, useDeferredValue, useMemo } from 'react';
import { ChartFrame, type TwinTable } from '../../../charts/ChartFrame.js';
import { Button } from '../../../components/Button.js';
import { DataTable } from '../../../components/DataTable.js';
import { EmptyState } from '../../../components/States.js';
import { count, score } from '../../../format/number.js';
import { axisText, type Brush, brushed, type Parallel, type ParallelRow, parallelOf } from '../../../model/parallel.js';
import type { Colors } from '../../../theme/colors.js';
import { IterationLink } from '../IterationLink.js';
import { useRun, useView } from '../useRun.js';
import { brushOf, brushTexts } from './brush-text.js';
import { parallelOption } from './parallel-option.js';
import { Spans } from './Spans.js';
import { useBrushing } from './useBrushing.js';

/** Most rows of the table below the chart. */
const LISTED = 200;

/** Which parameters led to which scores. */
export function ParametersTab() {
  const { run, iterations } = useRun();
  const [{ brush: texts }, change] = useView();
  const settled = useDeferredValue(iterations);
  const parallel = useMemo(() => parallelOf(settled), [settled]);
  const brush = useMemo(() => brushOf(texts), [texts]);
  const rows = useMemo(() => brushed(parallel, brush), [parallel, brush]);
  const table = useMemo(() => twinOf(parallel, rows), [parallel, rows]);
  const option = useCallback((palette: Colors) => parallelOption(parallel, run.direction, palette), [parallel, run.direction]);
  const setBrush = useCallback((next: Brush) => change({ brush: brushTexts(next) }, { replace: true }), [change]);
  const onReady = useBrushing(parallel.axes, brush, setBrush, option);
  if (parallel.axes.length < 2) {
    return (
      <EmptyState title="No parameter differs between the iterations">
        <Constants constants={parallel.constants} />
      </EmptyState>
    );
  }
  const summary = `${count(rows.length)} of ${count(parallel.rows.length)} iterations over ${parallel.axes.length - 1} parameters. Drag along an axis to narrow it down.`;
  return (
    <div className="grid grid-cols-1 gap-4">
      <ChartFrame
        title="Parameters and score"
        summary={summary}
        table={table}
        fileName={`${run.runName}-parameters`}
        option={option}
        height={380}
        onReady={onReady}
        controls={
          texts !== undefined && (
            <Button look="ghost" icon="close" onClick={() => setBrush({})}>
              Clear the brush
            </Button>
          )
        }
      />
      <Spans axes={parallel.axes} brush={brush} onChange={setBrush} />
      <section className="panel overflow-hidden" aria-label="Iterations within the brush">
        <DataTable
          caption="Iterations within the brush"
          columns={columnsOf(parallel)}
          rows={byScore(rows, run.direction).slice(0, LISTED)}
          rowKey={({ iteration }) => iteration}
          empty="No iteration is within the brush. Clear it to see all."
        />
        {rows.length > LISTED && (
          <p className="px-4 py-2 text-muted text-xs">The best {LISTED} are listed; the table of the chart has all.</p>
        )}
      </section>
      <Constants constants={parallel.constants} />
      {parallel.leftOut.length > 0 && (
        <p className="plain-text text-muted text-xs">
          Without an axis, since they have too many different texts, or there is no room: {parallel.leftOut.join(', ')}.
        </p>
      )}
    </div>
  );
}

function byScore(rows: readonly ParallelRow[], direction: 'maximize' | 'minimize'): readonly ParallelRow[] {
  const sign = direction === 'minimize' ? 1 : -1;
  return rows.toSorted((one, other) => ((one.values.at(-1) ?? 0) - (other.values.at(-1) ?? 0)) * sign);
}

function columnsOf({ axes }: Parallel) {
  return [
    { id: '#', header: 'Iteration', cell: ({ iteration }: ParallelRow) => <IterationLink iteration={iteration} /> },
    ...axes.map((axis, index) => ({
      id: axis.key,
      header: axis.key,
      align: axis.kind === 'numeric' ? ('right' as const) : ('left' as const),
      className: 'numeric plain-text max-w-60 truncate',
      cell: ({ values }: ParallelRow) => (index === axes.length - 1 ? score(values[index]) : axisText(axis, values[index] ?? null)),
    })),
  ];
}

function twinOf({ axes }: Parallel, rows: readonly ParallelRow[]): TwinTable {
  return {
    header: ['Iteration', ...axes.map(({ key }) => key)],
    rows: rows.map(({ iteration, values }) => [
      iteration,
      ...axes.map((axis, index) => (axis.kind === 'numeric' ? values[index] : axisText(axis, values[index] ?? null))),
    ]),
  };
}

function Constants({ constants }: Pick<Parallel, 'constants'>) {
  if (constants.length === 0) return null;
  return (
    <p className="plain-text break-words text-muted text-xs">
      The same everywhere: {constants.map(({ key, value }) => `${key}=${value.slice(0, 100)}`).join(', ')}
    </p>
  );
}
