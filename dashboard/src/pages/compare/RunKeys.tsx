import { Link } from '@tanstack/react-router';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { IconButton } from '../../components/Button.js';
import { Cost, Delta, Score } from '../../components/Figures.js';
import { StatusWord } from '../../components/StatusDot.js';
import { seriesColor } from '../../theme/colors.js';

/** A to F: what a run is called beside its colour. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index);

export function Letter({ index }: { index: number }) {
  return (
    <span
      className="grid size-5 shrink-0 place-items-center rounded font-semibold text-2xs text-surface"
      style={{ backgroundColor: seriesColor(index) }}
    >
      {letterOf(index)}
    </span>
  );
}

/** The runs that are compared, each with its letter. */
export function RunKeys({ runs, onRemove }: { runs: readonly OptimizationRun[]; onRemove: (runId: string) => void }) {
  return (
    <ul aria-label="Runs" className="grid grid-cols-1 gap-2 sm:grid-cols-[repeat(auto-fill,minmax(260px,1fr))]">
      {runs.map((run, index) => (
        <li key={run.id} className="panel flex min-w-0 items-start gap-2 py-2 pr-1 pl-3">
          <Letter index={index} />
          <div className="grid min-w-0 flex-1 gap-1">
            <Link
              to="/runs/$runId"
              params={{ runId: run.id }}
              search={{ project: run.projectId }}
              className="plain-text truncate font-medium hover:text-trail hover:underline"
              title={run.runName}
            >
              {run.runName}
            </Link>
            <p className="flex flex-wrap items-center gap-x-2 text-muted text-xs">
              {run.status !== 'completed' && <StatusWord status={run.status} />}
              <span className="text-ink">
                <span className="sr-only">best </span>
                <Score value={run.bestScore} />
              </span>
              <Delta value={run.improvement} />
              <Cost value={run.totalCostUsd} />
            </p>
          </div>
          {runs.length > 2 && <IconButton label={`Leave ${run.runName} out`} icon="close" onClick={() => onRemove(run.id)} />}
        </li>
      ))}
    </ul>
  );
}
