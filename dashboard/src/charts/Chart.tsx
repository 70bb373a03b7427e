import type { ECElementEvent, EChartsOption } from 'echarts';
import type { EChartsType } from 'echarts/core';
import { type RefObject, useEffect, useEffectEvent, useRef, useState } from 'react';
import { type Colors, colors } from '../theme/colors.js';
import { useResolvedTheme } from '../theme/theme.js';

export interface ChartProps {
  /** What is drawn, in the theme's colours. Keep the function the same while the data is: a new one draws anew. */
  option: (colors: Colors) => EChartsOption;
  height: number;
  /** What it shows, in a sentence: it is all that a screen reader has of the picture. */
  label: string;
  onClick?: ((event: ECElementEvent) => void) | undefined;
  /** Is given the chart once it is there: to export it, or to listen to more than clicks. */
  chartRef?: RefObject<EChartsType | null> | undefined;
  onReady?: ((chart: EChartsType) => void) | undefined;
}

const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');

const common = ({ ink, muted, surface, edge, series }: Colors): EChartsOption => ({
  animation: !reduced.matches,
  animationDuration: 250,
  animationDurationUpdate: 150,
  color: [...series],
  textStyle: { color: muted, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 11 },
  tooltip: {
    backgroundColor: surface,
    borderColor: edge,
    borderWidth: 1,
    padding: [6, 10],
    textStyle: { color: ink, fontSize: 12 },
    confine: true,
  },
});

/** Axes and grid lines as all charts here have them. */
export const axisLook = ({ muted, line, edge }: Colors) => ({
  axisLine: { lineStyle: { color: edge } },
  axisTick: { show: false },
  axisLabel: { color: muted, fontSize: 11, hideOverlap: true },
  nameTextStyle: { color: muted, fontSize: 11 },
  splitLine: { lineStyle: { color: line } },
});

/** A chart on a canvas. The library is loaded with the first one. */
export function Chart({ option, height, label, onClick, chartRef, onReady }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<EChartsType | null>(null);
  const theme = useResolvedTheme();
  const clicked = useEffectEvent((event: ECElementEvent) => onClick?.(event));
  const ready = useEffectEvent((made: EChartsType) => onReady?.(made));

  useEffect(() => {
    let ended = false;
    let made: EChartsType | undefined;
    const resize = new ResizeObserver(() => made?.resize());
    void import('./echarts.js').then(({ init }) => {
      if (ended || place.current === null) return;
      made = init(place.current);
      made.on('click', (event) => clicked(event as ECElementEvent));
      resize.observe(place.current);
      setChart(made);
    });
    return () => {
      ended = true;
      resize.disconnect();
      made?.dispose();
      setChart(null);
    };
  }, []);

  useEffect(() => {
    if (chart === null) return;
    if (chartRef !== undefined) chartRef.current = chart;
    ready(chart);
  }, [chart, chartRef]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what colors() gives
  useEffect(() => {
    if (chart === null) return;
    const palette = colors();
    const base = common(palette);
    const own = option(palette);
    chart.setOption({ ...base, ...own, tooltip: { ...base.tooltip, ...own.tooltip } }, { notMerge: true });
  }, [chart, option, theme]);

  return <div ref={place} role="img" aria-label={label} style={{ height }} className="w-full min-w-0" />;
}
