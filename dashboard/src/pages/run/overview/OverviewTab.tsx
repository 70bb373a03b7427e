import { EmptyState } from '../../../components/States.js';
import { isEnded } from '../../../model/progress.js';
import { useRun } from '../useRun.js';
import { ProgressChart } from './ProgressChart.js';
import { Winner } from './Winner.js';

export function OverviewTab() {
  const { run, iterations } = useRun();
  if (iterations.length === 0) {
    return (
      <EmptyState icon="chart" title={isEnded(run) ? 'This run recorded no iterations' : 'Waiting for the first iteration'}>
        {isEnded(run)
          ? 'Record each evaluation with run.record(), or createOptimizationIteration().'
          : 'It appears here as soon as it is recorded.'}
      </EmptyState>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-4 xl:grid-cols-[3fr_2fr]">
      <ProgressChart />
      <Winner />
    </div>
  );
}
