import type { ECElementEvent } from 'echarts';
import { useCallback, useMemo } from 'react';
import type { OptimizationRun } from '../../../../../src/schemas/run.js';
import { ChartFrame, type TwinTable } from '../../../charts/ChartFrame.js';
import { useMedia } from '../../../components/useMedia.js';
import { count, score } from '../../../format/number.js';
import { isEnded, type Progress, progressOf } from '../../../model/progress.js';
import type { Colors } from '../../../theme/colors.js';
import { IterationLink } from '../IterationLink.js';
import { useRun, useView } from '../useRun.js';
import { ProgressLegend } from './ProgressLegend.js';
import { progressOption } from './progress-option.js';

/** How the run got on, iteration by iteration. */
export function ProgressChart() {
  const { run, iterations } = useRun();
  const [, change] = useView();
  const progress = useMemo(() => progressOf(iterations, run), [iterations, run]);
  const isTall = useMedia('(min-height: 1100px)');
  const isLive = !isEnded(run);
  const option = useCallback((palette: Colors) => progressOption(progress, isLive, palette), [progress, isLive]);
  const table = useMemo(() => twinOf(progress), [progress]);
  const open = ({ value }: ECElementEvent) => {
    if (Array.isArray(value) && typeof value[0] === 'number') change({ iteration: value[0] });
  };
  return (
    <div className="panel min-w-0 [&>section]:border-0">
      <ChartFrame
        title="Progress"
        summary={summaryOf(progress, run)}
        table={table}
        fileName={`${run.runName}-progress`}
        option={option}
        height={isTall ? 520 : 320}
        onClick={open}
      />
      <ProgressLegend points={progress.points} />
    </div>
  );
}

function twinOf({ points }: Progress): TwinTable {
  return {
    header: ['Iteration', 'Score', 'Best so far', 'Kind', 'Decision', 'Status'],
    rows: points.map((point) => [point.iteration, point.score, point.bestSoFar, point.kind, point.verdict, point.status]),
    show: (cell, column) => {
      if (column === 0) return <IterationLink iteration={Number(cell)} />;
      return typeof cell === 'number' ? score(cell) : String(cell ?? '–');
    },
  };
}

function summaryOf({ points, baseline, best, withoutScore }: Progress, { direction }: OptimizationRun): string {
  const evaluated = `${count(points.length)} iteration${points.length === 1 ? '' : 's'}`;
  const lower = direction === 'minimize' ? ', lower is better' : '';
  const reached = best === null ? 'no completed full evaluation yet' : `best ${score(best.score)} at iteration ${best.iteration}${lower}`;
  const began = baseline === null ? '' : `; began at ${score(baseline)}`;
  return `${evaluated}; ${reached}${began}${withoutScore === 0 ? '' : `; ${count(withoutScore)} without a score`}.`;
}
