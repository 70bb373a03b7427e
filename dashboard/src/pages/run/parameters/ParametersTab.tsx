import type { EChartsType } from 'echarts/core';
import { useCallback, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { ChartFrame, type TwinTable } from '../../../charts/ChartFrame.js';
import { Button } from '../../../components/Button.js';
import { DataTable } from '../../../components/DataTable.js';
import { EmptyState } from '../../../components/States.js';
import { count, score } from '../../../format/number.js';
import { axisText, type Brush, brushed, type Parallel, type ParallelAxis, type ParallelRow, parallelOf } from '../../../model/parallel.js';
import type { Colors } from '../../../theme/colors.js';
import { IterationLink } from '../IterationLink.js';
import { useRun, useView } from '../useRun.js';
import { brushOf, brushTexts } from './brush-text.js';
import { parallelOption } from './parallel-option.js';

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
      <EmptyState icon="columns" title="No parameter differs between the iterations">
        <Constants constants={parallel.constants} />
      </EmptyState>
    );
  }
  const summary = `${count(rows.length)} of ${count(parallel.rows.length)} iterations over ${parallel.axes.length - 1} parameters. Drag along an axis to narrow it down.`;
  return (
    <div className="grid gap-4">
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

/** Keeps the chart's spans and the address's the same. */
function useBrushing(axes: readonly ParallelAxis[], brush: Brush, setBrush: (brush: Brush) => void, option: unknown) {
  const [chart, setChart] = useState<EChartsType | null>(null);
  useEffect(() => {
    if (chart === null) return;
    const selected = (event: unknown) => {
      const { parallelAxisId, intervals, axesInfo } = event as AxisSelection;
      const changed = axesInfo ?? [{ parallelAxisId, intervals }];
      let next = brush;
      for (const { parallelAxisId: id, intervals: spans } of changed) {
        const axis = axes[Number(String(id).replace('axis-', ''))];
        if (axis === undefined) continue;
        const { [axis.key]: _, ...others } = next;
        const [span] = spans ?? [];
        next = span === undefined ? others : { ...others, [axis.key]: [rounded(span[0]), rounded(span[1])] };
      }
      if (JSON.stringify(next) !== JSON.stringify(brush)) setBrush(next);
    };
    chart.on('axisareaselected', selected);
    return () => {
      if (!chart.isDisposed()) chart.off('axisareaselected', selected);
    };
  }, [chart, axes, brush, setBrush]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new option has drawn the chart anew, without its spans
  useEffect(() => {
    if (chart === null || chart.isDisposed()) return;
    for (const [dim, { key }] of axes.entries()) {
      const span = Object.hasOwn(brush, key) ? brush[key] : undefined;
      chart.dispatchAction(
        { type: 'axisAreaSelect', parallelAxisId: `axis-${dim}`, intervals: span === undefined ? [] : [[...span]] },
        { silent: true },
      );
    }
  }, [chart, axes, brush, option]);
  return setChart;
}

interface AxisSelection {
  parallelAxisId?: string;
  intervals?: [number, number][];
  axesInfo?: { parallelAxisId?: string; intervals?: [number, number][] }[];
}

/** Four digits are as fine as a hand can drag, and keep the address short. */
const rounded = (value: number) => Number(value.toPrecision(4));

/** The same brush by keyboard: the ends of each axis's span. */
function Spans({ axes, brush, onChange }: { axes: readonly ParallelAxis[]; brush: Brush; onChange: (brush: Brush) => void }) {
  const set = (key: string, low: number, high: number) => onChange({ ...brush, [key]: [low, high] });
  return (
    <details className="panel px-4 py-2">
      <summary className="w-fit font-medium">Spans by number</summary>
      <div className="mt-2 grid gap-2 sm:grid-cols-2 xl:grid-cols-3">
        {axes.map((axis) => {
          const [least, most] = axis.kind === 'numeric' ? [axis.min, axis.max] : [0, axis.categories.length - 1];
          const [low, high] = (Object.hasOwn(brush, axis.key) ? brush[axis.key] : undefined) ?? [least, most];
          return (
            <fieldset key={axis.key} className="flex min-w-0 items-center gap-2">
              <legend className="plain-text float-left mr-2 max-w-40 truncate text-muted text-xs">{axis.key}</legend>
              <End axis={axis} label={`Least ${axis.key}`} value={low} onChange={(value) => set(axis.key, value, high)} />
              <span className="text-muted">to</span>
              <End axis={axis} label={`Most ${axis.key}`} value={high} onChange={(value) => set(axis.key, low, value)} />
            </fieldset>
          );
        })}
      </div>
    </details>
  );
}

function End({ axis, label, value, onChange }: { axis: ParallelAxis; label: string; value: number; onChange: (value: number) => void }) {
  if (axis.kind === 'numeric') {
    return (
      <input
        type="number"
        step="any"
        aria-label={label}
        value={value}
        onChange={(event) => Number.isFinite(event.target.valueAsNumber) && onChange(event.target.valueAsNumber)}
        className="field numeric w-24"
      />
    );
  }
  return (
    <select aria-label={label} value={Math.round(value)} onChange={(event) => onChange(Number(event.target.value))} className="field w-32">
      {axis.categories.map((category, place) => (
        <option key={category} value={place}>
          {category}
        </option>
      ))}
    </select>
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
