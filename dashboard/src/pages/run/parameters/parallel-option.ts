import type { EChartsOption } from 'echarts';
import type { Parallel, ParallelAxis } from '../../../model/parallel.js';
import type { Colors } from '../../../theme/colors.js';

const NAME_LENGTH = 18;

/** One line an iteration over the axes of its parameters; the score decides the colour. */
export function parallelOption({ axes, rows }: Parallel, direction: 'maximize' | 'minimize', palette: Colors): EChartsOption {
  const scale = axes.at(-1);
  const [low, high] = scale?.kind === 'numeric' ? [scale.min, scale.max] : [0, 1];
  const ramp = [palette.edge, palette.series[0] ?? palette.trail];
  return {
    animation: false,
    parallel: { left: 48, right: 72, top: 40, bottom: 24 },
    parallelAxis: axes.map((axis, dim) => ({ dim, id: `axis-${dim}`, ...axisOption(axis, palette) })) as never,
    visualMap: {
      show: false,
      type: 'continuous',
      dimension: axes.length - 1,
      min: low,
      max: high > low ? high : low + 1,
      inRange: { color: direction === 'minimize' ? ramp.toReversed() : ramp },
    },
    tooltip: { show: false },
    series: [
      {
        type: 'parallel',
        lineStyle: { width: 1.5, opacity: 0.7 },
        inactiveOpacity: 0.04,
        activeOpacity: 0.9,
        // A row is known by its place.
        data: rows.map(({ values }) => values.map((value) => value ?? '-')) as never,
      },
    ],
  };
}

function axisOption(axis: ParallelAxis, { ink, muted, edge, trail, trailSoft, surface }: Colors) {
  const name = axis.key.length > NAME_LENGTH ? `${axis.key.slice(0, NAME_LENGTH - 1)}…` : axis.key;
  const label = { color: muted, fontSize: 11, backgroundColor: surface, padding: [1, 3] };
  const look = {
    name,
    // The brush is taken when it is let go: what it lets through is drawn anew.
    realtime: false,
    nameTextStyle: { color: ink, fontSize: 11 },
    axisLine: { lineStyle: { color: edge } },
    axisTick: { lineStyle: { color: edge } },
    areaSelectStyle: { width: 18, borderWidth: 1, borderColor: trail, color: trailSoft, opacity: 0.6 },
  };
  if (axis.kind === 'categorical') {
    return {
      ...look,
      type: 'category',
      data: [...axis.categories],
      axisLabel: { ...label, width: 90, overflow: 'truncate' },
    };
  }
  return {
    ...look,
    type: 'value',
    scale: true,
    axisLabel: { ...label, formatter: shortNumber },
  };
}

/** Three digits are enough to find one's way along an axis. */
const shortNumber = (value: number) => String(Number(value.toPrecision(3)));
