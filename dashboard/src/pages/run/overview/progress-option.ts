import type { EChartsOption, SeriesOption } from 'echarts';
import { axisLook } from '../../../charts/Chart.js';
import { score } from '../../../format/number.js';
import type { Progress, ProgressPoint, Verdict } from '../../../model/progress.js';
import type { Colors } from '../../../theme/colors.js';
import { KINDS, VERDICTS } from '../search.js';

/** A shape for each kind of evaluation. */
export const SYMBOLS: Record<ProgressPoint['kind'], 'circle' | 'triangle' | 'diamond' | 'rect'> = {
  full: 'circle',
  minibatch: 'triangle',
  bootstrap: 'diamond',
  test: 'rect',
};

/** A fill for each decision: full, tinted, or none. */
function fillOf(verdict: Verdict, { good, bad, accent, surface, selected }: Colors) {
  if (verdict === 'accepted') return { color: good, borderColor: good };
  if (verdict === 'rejected') return { color: surface, borderColor: bad };
  return { color: selected, borderColor: accent };
}

/** Beyond this, motion and large marks only cost. */
const MANY = 400;

/** The iterations of a run over their numbers, with the best so far as a line of steps. */
export function progressOption({ points, baseline, best }: Progress, isLive: boolean, palette: Colors): EChartsOption {
  const isMany = points.length > MANY;
  const shown = points.filter(({ score: value }) => value !== null);
  const marks = KINDS.flatMap((kind) =>
    VERDICTS.flatMap((verdict): SeriesOption[] => {
      const data = shown
        .filter((point) => point.kind === kind && point.verdict === verdict)
        .map(({ iteration, score: value }) => [iteration, value]);
      if (data.length === 0) return [];
      const itemStyle = { ...fillOf(verdict, palette), borderWidth: 1.5, opacity: kind === 'full' ? 1 : 0.75 };
      const symbolSize = (kind === 'full' ? 10 : 8) - (isMany ? 3 : 0);
      return [{ type: 'scatter', name: `${kind}, ${verdict}`, symbol: SYMBOLS[kind], symbolSize, itemStyle, data, cursor: 'pointer' }];
    }),
  );
  const line: SeriesOption = {
    type: 'line',
    name: 'best so far',
    step: 'end',
    symbol: 'none',
    silent: true,
    z: 1,
    lineStyle: { color: palette.accent, width: 2 },
    data: points.filter(({ bestSoFar }) => bestSoFar !== null).map(({ iteration, bestSoFar }) => [iteration, bestSoFar]),
    ...(baseline === null ? {} : { markLine: baselineMark(baseline, palette) }),
  };
  const crown: SeriesOption = {
    type: 'scatter',
    name: 'best',
    symbol: 'circle',
    symbolSize: 18,
    silent: true,
    z: 3,
    itemStyle: { color: 'transparent', borderColor: palette.ink, borderWidth: 1.5 },
    label: { show: true, formatter: 'best', position: 'top', color: palette.ink, fontWeight: 600 },
    data: best === null ? [] : [[best.iteration, best.score]],
  };
  const look = axisLook(palette);
  return {
    animation: !isLive && !isMany,
    grid: { left: 8, right: 28, top: 28, bottom: 8, containLabel: true },
    xAxis: {
      type: 'value',
      name: 'iteration',
      nameLocation: 'middle',
      nameGap: 24,
      minInterval: 1,
      min: 'dataMin',
      max: 'dataMax',
      ...look,
      splitLine: { show: false },
    },
    yAxis: { type: 'value', scale: true, ...look },
    tooltip: { trigger: 'item', formatter: (given) => tooltip(given, points) },
    series: [line, ...marks, crown],
  };
}

function baselineMark(baseline: number, { muted }: Colors) {
  return {
    symbol: 'none' as const,
    silent: true,
    animation: false,
    lineStyle: { color: muted, type: 'dashed' as const, width: 1 },
    label: { formatter: 'baseline', position: 'insideStartTop' as const, color: muted, fontSize: 11 },
    data: [{ yAxis: baseline }],
  };
}

/** Numbers and our own words alone, since it is read as HTML. */
function tooltip(given: unknown, points: readonly ProgressPoint[]): string {
  const [number] = ((Array.isArray(given) ? given[0] : given) as { value?: readonly number[] }).value ?? [];
  const point = points.find(({ iteration }) => iteration === number);
  if (point === undefined) return '';
  return [
    `#${point.iteration} · ${score(point.score)}`,
    [point.kind, point.verdict, point.isBaseline ? 'baseline' : ''].filter((part) => part !== '').join(', '),
  ].join('<br>');
}
