import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { isProblem } from '../../api/problem.js';
import { runQuery } from '../../api/runs.js';
import { StatusBadge } from '../../components/Badge.js';
import { Score } from '../../components/Figures.js';
import { ErrorState, Skeleton } from '../../components/States.js';
import { NotFoundPage } from '../other/NotFoundPage.js';

export function RunPage() {
  const { runId } = useParams({ from: '/runs/$runId' });
  const { project: projectId } = useSearch({ from: '/runs/$runId' });
  const { data: run, error, refetch } = useQuery(runQuery({ runId, projectId }));
  if (isProblem(error, 'not_found')) return <NotFoundPage what="run" />;
  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  if (run === undefined) return <Skeleton />;
  return (
    <header className="p-4">
      <h1 className="font-semibold text-xl">{run.runName}</h1>
      <p className="flex items-center gap-2">
        <StatusBadge status={run.status} /> best <Score value={run.bestScore} />
      </p>
    </header>
  );
}
