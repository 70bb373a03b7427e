import type { ECElementEvent, EChartsOption } from 'echarts';
import { useCallback, useDeferredValue, useMemo } from 'react';
import { axisLook } from '../../../charts/Chart.js';
import { ChartFrame, type TwinTable } from '../../../charts/ChartFrame.js';
import { Button } from '../../../components/Button.js';
import { EmptyState } from '../../../components/States.js';
import { compact, cost, count, score } from '../../../format/number.js';
import { duration } from '../../../format/time.js';
import { type Objective, objectivesOf, type ParetoPoint, paretoOf } from '../../../model/pareto.js';
import type { Colors } from '../../../theme/colors.js';
import { IterationLink } from '../IterationLink.js';
import { useRun, useView } from '../useRun.js';

const FORMATS: Record<Objective['unit'], (value: number) => string> = { score, usd: cost, ms: duration, tokens: compact };

/** Which candidates are not beaten in two things at once. */
export function ParetoTab() {
  const { run, iterations } = useRun();
  const [{ x, y, lower }, change] = useView();
  const settled = useDeferredValue(iterations);
  const objectives = useMemo(() => objectivesOf(settled, run, new Set(lower)), [settled, run, lower]);
  const up = objectives.find(({ key }) => key === y) ?? objectives[0];
  const across = objectives.find(({ key }) => key === x && key !== up?.key) ?? preferred(objectives, up);
  if (up === undefined || across === undefined) {
    return (
      <EmptyState title="There is nothing to weigh">
        Record costs, or further objectives in `scores`, and candidates are compared here.
      </EmptyState>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Choice label="Vertical" value={up.key} objectives={objectives} onChange={(key) => change({ y: key })} />
        <Choice
          label="Horizontal"
          value={across.key}
          objectives={objectives.filter(({ key }) => key !== up.key)}
          onChange={(key) => change({ x: key })}
        />
      </div>
      <Front across={across} up={up} />
    </div>
  );
}

const preferred = (objectives: readonly Objective[], up: Objective | undefined) => {
  const others = objectives.filter(({ key }) => key !== up?.key);
  return others.find(({ key }) => key === 'cost') ?? others[0];
};

function Choice({
  label,
  value,
  objectives,
  onChange,
}: {
  label: string;
  value: string;
  objectives: readonly Objective[];
  onChange: (key: string) => void;
}) {
  const [{ lower = [] }, change] = useView();
  const chosen = objectives.find(({ key }) => key === value);
  const turn = () => {
    const next = lower.includes(value) ? lower.filter((key) => key !== value) : [...lower, value];
    change({ lower: next.length === 0 ? undefined : next });
  };
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-2">
      <label className="flex min-w-0 items-center gap-2">
        <span className="text-muted text-xs">{label}</span>
        <select value={value} onChange={(event) => onChange(event.target.value)} className="field max-w-60">
          {objectives.map(({ key, title }) => (
            <option key={key} value={key}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <Button look="ghost" onClick={turn} title="Turn the direction round">
        {chosen?.direction === 'minimize' ? 'lower is better' : 'higher is better'}
      </Button>
    </span>
  );
}

function Front({ across, up }: { across: Objective; up: Objective }) {
  const { run, iterations } = useRun();
  const [, change] = useView();
  const settled = useDeferredValue(iterations);
  const points = useMemo(() => paretoOf(settled, across, up), [settled, across, up]);
  const option = useCallback((palette: Colors) => frontOption(points, across, up, palette), [points, across, up]);
  const table = useMemo(() => twinOf(points, across, up), [points, across, up]);
  const front = points.filter(({ isOnFront }) => isOnFront);
  const summary = `${count(front.length)} of ${count(points.length)} full evaluations are on the front: nothing beats them in both ${up.title} and ${across.title}.`;
  const open = ({ value }: ECElementEvent) => {
    if (Array.isArray(value) && typeof value[2] === 'number') change({ iteration: value[2] });
  };
  return (
    <ChartFrame
      title={`${up.title} against ${across.title}`}
      summary={summary}
      table={table}
      fileName={`${run.runName}-front`}
      option={option}
      height={380}
      onClick={open}
    />
  );
}

function frontOption(points: readonly ParetoPoint[], across: Objective, up: Objective, palette: Colors): EChartsOption {
  const front = points.filter(({ isOnFront }) => isOnFront);
  const beaten = points.filter(({ isOnFront }) => !isOnFront);
  const data = (rows: readonly ParetoPoint[]) => rows.map(({ x, y, iteration }) => [x, y, iteration]);
  const look = axisLook(palette);
  const axis = ({ title, unit }: Objective) => ({ ...look, name: title, axisLabel: { ...look.axisLabel, formatter: FORMATS[unit] } });
  return {
    animation: points.length < 400,
    grid: { left: 16, right: 24, top: 32, bottom: 28, containLabel: true },
    xAxis: { type: 'value', scale: true, nameLocation: 'middle', nameGap: 28, ...axis(across) },
    yAxis: { type: 'value', scale: true, ...axis(up) },
    tooltip: {
      trigger: 'item',
      // Numbers alone, since it is read as HTML; names are in the axes.
      formatter: (given) => {
        const [x = 0, y = 0, iteration = 0] = ((Array.isArray(given) ? given[0] : given) as unknown as { value: readonly number[] }).value;
        return `#${iteration}<br>${FORMATS[up.unit](y)} · ${FORMATS[across.unit](x)}`;
      },
    },
    series: [
      {
        type: 'line',
        name: 'front',
        data: data(front),
        symbol: 'none',
        silent: true,
        lineStyle: { color: palette.trail, width: 1.5, type: 'dashed' },
      },
      {
        type: 'scatter',
        name: 'beaten',
        data: data(beaten),
        symbol: 'circle',
        symbolSize: 9,
        itemStyle: { color: palette.surface, borderColor: palette.muted, borderWidth: 1.5 },
      },
      {
        type: 'scatter',
        name: 'on the front',
        data: data(front),
        symbol: 'diamond',
        symbolSize: 13,
        itemStyle: { color: palette.trail, borderColor: palette.trail },
      },
    ],
  };
}

function twinOf(points: readonly ParetoPoint[], across: Objective, up: Objective): TwinTable {
  return {
    header: ['Iteration', up.title, across.title, 'On the front'],
    rows: points.map(({ iteration, x, y, isOnFront }) => [iteration, y, x, isOnFront ? 'yes' : 'no']),
    show: (cell, column) => {
      if (column === 0) return <IterationLink iteration={Number(cell)} />;
      if (typeof cell === 'number') return FORMATS[column === 1 ? up.unit : across.unit](cell);
      return String(cell);
    },
  };
}
