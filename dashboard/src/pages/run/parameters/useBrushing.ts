import type { EChartsType } from 'echarts/core';
import { useEffect, useState } from 'react';
import type { Brush, ParallelAxis } from '../../../model/parallel.js';

/** What ECharts says of the axes that were brushed, together or alone. */
interface AxisSelection {
  parallelAxisId?: string;
  intervals?: readonly (readonly [number, number])[];
  axesInfo?: readonly Pick<AxisSelection, 'parallelAxisId' | 'intervals'>[];
}

/** Keeps the chart's spans and the address's the same. `option` is what the chart was drawn by. Returns who takes the chart. */
export function useBrushing(axes: readonly ParallelAxis[], brush: Brush, setBrush: (brush: Brush) => void, option: unknown) {
  const [chart, setChart] = useState<EChartsType | null>(null);
  useEffect(() => {
    if (chart === null) return;
    const selected = (event: unknown) => {
      const next = brushAfter(brush, axes, event as AxisSelection);
      if (JSON.stringify(next) !== JSON.stringify(brush)) setBrush(next);
    };
    chart.on('axisareaselected', selected);
    return () => {
      if (!chart.isDisposed()) chart.off('axisareaselected', selected);
    };
  }, [chart, axes, brush, setBrush]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new option has drawn the chart anew, without its spans
  useEffect(() => {
    if (chart !== null && !chart.isDisposed()) showBrush(chart, axes, brush);
  }, [chart, axes, brush, option]);
  return setChart;
}

function brushAfter(brush: Brush, axes: readonly ParallelAxis[], { axesInfo, ...alone }: AxisSelection): Brush {
  const next = new Map(Object.entries(brush));
  for (const { parallelAxisId, intervals = [] } of axesInfo ?? [alone]) {
    const axis = axes[Number(parallelAxisId?.replace('axis-', ''))];
    const [span] = intervals;
    if (axis === undefined) continue;
    if (span === undefined) next.delete(axis.key);
    else next.set(axis.key, [rounded(span[0]), rounded(span[1])]);
  }
  return Object.fromEntries(next);
}

/** Four digits are as fine as a hand can drag, and keep the address short. */
const rounded = (value: number) => Number(value.toPrecision(4));

function showBrush(chart: EChartsType, axes: readonly ParallelAxis[], brush: Brush): void {
  const show = (parallelAxisId: string, intervals: readonly (readonly number[])[]) =>
    chart.dispatchAction({ type: 'axisAreaSelect', parallelAxisId, intervals }, { silent: true });
  for (const [dim, { key }] of axes.entries()) {
    const span = Object.hasOwn(brush, key) ? brush[key] : undefined;
    show(`axis-${dim}`, span === undefined ? [] : [[...span]]);
  }
  // ECharts draws no span of the axis that an action names: one that names none draws all of them.
  show('none', []);
}
