import { useQuery } from '@tanstack/react-query';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import type { RunAssessment } from '../../../../src/schemas/trust.js';
import { keys } from '../../api/keys.js';
import { Time } from '../../components/Figures.js';
import { VerdictChip } from '../../components/VerdictChip.js';
import { count } from '../../format/number.js';
import { ScoreBar } from '../../marks/ScoreBar.js';
import { budgetOf } from '../../story/claim.js';
import { pointsOf, scaleOf } from '../../story/scale.js';
import { words } from '../../strings.js';
import type { Findings } from '../../verdict/compute.js';

const BAR = 168;

/** The verdict of a completed run, if it is known. */
function useVerdict(run: OptimizationRun): RunAssessment | undefined {
  return useQuery<Findings>({ queryKey: keys.trust(run.id), enabled: false }).data?.assessment;
}

/** From the baseline to the best, on the scale of the run. */
export function RunBarCell({ run, width = BAR }: { run: OptimizationRun; width?: number }) {
  const assessment = useVerdict(run);
  const scale = scaleOf(run);
  const { initialScore: baseline, bestScore: best } = run;
  if (best === null) return null;
  const band = assessment?.interval && baseline !== null ? bandOf(baseline, scale.sign, assessment.interval) : null;
  const values = [baseline ?? best, best, ...(band ?? [])];
  const isWithin = Math.min(baseline ?? best, best) >= 0 && Math.max(baseline ?? best, best) <= scale.max;
  const air = (Math.max(...values) - Math.min(...values) || 1) * 0.1;
  const span: readonly [number, number] = isWithin ? [0, scale.max] : [Math.min(...values) - air, Math.max(...values) + air];
  return (
    <ScoreBar
      scale={scale}
      baseline={baseline}
      best={best}
      band={band}
      span={span}
      width={width}
      word={assessment?.word}
      isLive={run.status === 'running' || run.status === 'pending'}
    />
  );
}

const bandOf = (baseline: number, sign: 1 | -1, [low, high]: readonly [number, number]): readonly [number, number] => [
  baseline + sign * low,
  baseline + sign * high,
];

/** The gain with its sign in the direction of the score; teal or orange only if the verdict allows it. */
export function RunPoints({ run }: { run: OptimizationRun }) {
  const assessment = useVerdict(run);
  const scale = scaleOf(run);
  if (run.initialScore === null || run.bestScore === null) return <span className="text-faint">–</span>;
  const word = assessment?.word;
  const tone = word === 'real' || word === 'likely' ? 'text-fixed' : word === 'worse' ? 'text-broke' : 'text-muted';
  return <span className={`numeric font-medium ${tone}`}>{pointsOf(scale, run.bestScore - run.initialScore)}</span>;
}

/** The verdict of a completed run; for any other how far it is, or why it ended. */
export function RunVerdict({ run }: { run: OptimizationRun }) {
  const assessment = useVerdict(run);
  if (run.status === 'completed')
    return assessment === undefined || run.bestScore === run.initialScore ? null : <VerdictChip word={assessment.word} />;
  if (run.status === 'failed')
    return (
      <span className="plain-text truncate text-broke" title={run.errorMessage?.slice(0, 500)}>
        {run.errorMessage?.slice(0, 120).toWellFormed() ?? words.status.failed}
      </span>
    );
  if (run.status === 'stale')
    return (
      <span className="truncate text-muted">
        silent, last write <Time value={run.heartbeatAt ?? run.updatedAt} />
      </span>
    );
  if (run.status === 'running') return <Progress run={run} />;
  return <span className="text-muted">{words.status[run.status]}</span>;
}

/** Calls of a run that goes on, against its budget if it has one. */
function Progress({ run }: { run: OptimizationRun }) {
  const budget = budgetOf(run);
  const used = run.samplesEvaluated;
  return (
    <span className="flex min-w-0 items-center gap-2">
      {budget !== null && (
        <span aria-hidden="true" className="h-1 w-11 shrink-0 overflow-hidden rounded-full bg-track">
          <span className="block h-full bg-trail-fill" style={{ width: `${Math.min(100, (used / budget) * 100)}%` }} />
        </span>
      )}
      <span className="truncate text-muted">{budget === null ? `${count(used)} calls` : `${count(used)} of ${count(budget)}`}</span>
    </span>
  );
}
