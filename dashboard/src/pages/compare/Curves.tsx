import { useQueries } from '@tanstack/react-query';
import type { EChartsOption } from 'echarts';
import { useCallback } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { curveQuery } from '../../api/curves.js';
import { iterationsQuery } from '../../api/iterations.js';
import { matrixQuery } from '../../api/views.js';
import { axisLook } from '../../charts/Chart.js';
import { ChartFrame } from '../../charts/ChartFrame.js';
import { cost, count, score } from '../../format/number.js';
import { duration } from '../../format/time.js';
import type { Colors } from '../../theme/colors.js';
import { type Point, pointsOn } from './axis.js';
import { letterOf } from './RunKeys.js';
import type { Axis } from './search.js';

const AXIS: Record<Axis, { label: string; unit: string; show: (value: number) => string }> = {
  iteration: { label: 'Iteration', unit: 'iteration', show: count },
  calls: { label: 'Metric calls', unit: 'samples evaluated', show: count },
  cost: { label: 'Cost', unit: 'US dollars', show: cost },
  time: { label: 'Time', unit: 'seconds since the start', show: (seconds) => duration(seconds * 1000) },
};

const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle', 'emptyRect'];

interface CurvesProps {
  runs: readonly OptimizationRun[];
  axis: Axis;
  onAxis: (axis: Axis) => void;
}

/** The best score so far of each run, along what was spent on it. */
export function Curves({ runs, axis, onAxis }: CurvesProps) {
  const needs = { iterations: axis === 'cost' || axis === 'time', matrix: axis === 'calls' };
  const references = runs.map(({ id, projectId }) => ({ runId: id, projectId }));
  const curves = useQueries({ queries: references.map(curveQuery) });
  const iterations = useQueries({ queries: references.map((run) => ({ ...iterationsQuery(run), enabled: needs.iterations })) });
  const matrices = useQueries({ queries: references.map((run) => ({ ...matrixQuery(run), enabled: needs.matrix })) });

  const series = runs.map((run, index) => ({
    run,
    name: `${letterOf(index)} ${run.runName}`,
    points: pointsOn(axis, { run, curve: curves[index]?.data, iterations: iterations[index]?.data, matrix: matrices[index]?.data }),
  }));
  const drawn = JSON.stringify(series.map(({ name, points }) => [name, points ?? []]));
  const { label, unit, show } = AXIS[axis];

  const option = useCallback(
    (colors: Colors): EChartsOption => {
      const lines = JSON.parse(drawn) as [string, Point[]][];
      return {
        grid: { left: 48, right: 24, top: 36, bottom: 40 },
        legend: { top: 4, left: 8, type: 'scroll', textStyle: { color: colors.muted, width: 220, overflow: 'truncate' } },
        tooltip: { trigger: 'item' },
        xAxis: { type: 'value', name: unit, nameLocation: 'middle', nameGap: 26, min: 0, ...axisLook(colors) },
        yAxis: { type: 'value', scale: true, ...axisLook(colors) },
        series: lines.map(([name, data], index) => ({
          type: 'line',
          name,
          step: 'end',
          data,
          symbol: SYMBOLS[index % SYMBOLS.length] ?? 'circle',
          symbolSize: 7,
          lineStyle: { width: 2 },
          endLabel: { show: true, formatter: name.slice(0, 1), color: colors.ink, fontWeight: 'bold' },
          tooltip: { valueFormatter: (value) => score(Number(value)) },
        })),
      };
    },
    [drawn, unit],
  );

  return (
    <ChartFrame
      title="Best score so far"
      summary={summaryOf(series, label.toLowerCase(), show)}
      fileName={`compare-by-${axis}`}
      height={320}
      option={option}
      table={{
        header: ['Run', label, 'Best so far'],
        rows: series.flatMap(({ name, points }) => (points ?? []).map(([at, best]) => [name, at, best])),
        show: (cell, column) => (typeof cell === 'number' ? (column === 1 ? show(cell) : score(cell)) : cell),
      }}
      controls={
        <label className="flex items-center gap-1.5 text-muted text-xs">
          By
          <select value={axis} onChange={(event) => onAxis(event.target.value as Axis)} className="field text-ink">
            {Object.entries(AXIS).map(([id, { label: name }]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
      }
    />
  );
}

function summaryOf(
  series: readonly { name: string; points: Point[] | undefined }[],
  axis: string,
  show: (value: number) => string,
): string {
  if (series.some(({ points }) => points === undefined)) return 'Loading the curves';
  const ends = series.flatMap(({ name, points }) => {
    const last = points?.at(-1);
    return last === undefined ? [] : [`${name.slice(0, 1)} ends at ${score(last[1])} (${axis}: ${show(last[0])})`];
  });
  const without = series.filter(({ points }) => points?.length === 0).map(({ name }) => name.slice(0, 1));
  return [ends.join('; '), without.length === 0 ? '' : `no ${axis} recorded for ${without.join(', ')}`].filter(Boolean).join('; ');
}
