import type { EChartsOption } from 'echarts';
import { useCallback } from 'react';
import { axisLook } from '../../charts/Chart.js';
import { ChartFrame } from '../../charts/ChartFrame.js';
import { cost, count, percent } from '../../format/number.js';
import type { Colors } from '../../theme/colors.js';
import type { Day } from './sums.js';

const dayFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const shown = (date: string) => dayFormat.format(new Date(`${date}T12:00:00`));

/** Runs and spend by day. */
export function Trend({ days, note }: { days: readonly Day[]; note: string }) {
  const drawn = JSON.stringify(days);
  const option = useCallback(
    (colors: Colors): EChartsOption => {
      const all = JSON.parse(drawn) as Day[];
      const look = axisLook(colors);
      return {
        grid: { left: 44, right: 60, top: 36, bottom: 28 },
        legend: { top: 4, left: 8, textStyle: { color: colors.muted } },
        tooltip: { trigger: 'axis' },
        xAxis: { type: 'category', data: all.map(({ date }) => shown(date)), ...look },
        yAxis: [
          { type: 'value', name: '', minInterval: 1, ...look },
          {
            type: 'value',
            ...look,
            splitLine: { show: false },
            axisLabel: { ...look.axisLabel, formatter: (value: number) => cost(value) },
          },
        ],
        series: [
          {
            type: 'bar',
            name: 'Runs',
            data: all.map(({ runs }) => runs),
            barMaxWidth: 28,
            itemStyle: { color: colors.edge, borderRadius: [2, 2, 0, 0] },
          },
          {
            type: 'line',
            name: 'Spend',
            yAxisIndex: 1,
            data: all.map(({ costUsd }) => costUsd),
            symbolSize: 6,
            itemStyle: { color: colors.trail },
            tooltip: { valueFormatter: (value) => cost(Number(value)) },
          },
        ],
      };
    },
    [drawn],
  );
  const runs = days.reduce((sum, day) => sum + day.runs, 0);
  const spend = days.reduce((sum, day) => sum + day.costUsd, 0);
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return null;
  const when = first === last ? `On ${shown(first.date)}` : `From ${shown(first.date)} to ${shown(last.date)}`;
  return (
    <ChartFrame
      title="Trend"
      summary={`${when}: ${runs === 1 ? '1 run' : `${count(runs)} runs`} for ${cost(spend)}.${note}`}
      fileName="trend"
      height={240}
      option={option}
      table={{
        header: ['Day', 'Runs', 'Spend', 'Success'],
        rows: days.map(({ date, runs: made, costUsd, completed, ended }) => [date, made, costUsd, ended === 0 ? null : completed / ended]),
        show: (cell, column) =>
          typeof cell === 'number' ? (column === 2 ? cost(cell) : column === 3 ? percent(cell, 0) : count(cell)) : (cell ?? '–'),
      }}
    />
  );
}
