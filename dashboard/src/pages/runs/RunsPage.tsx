import type { ReactNode } from 'react';
import { useProject } from '../../app/project.js';
import { ErrorState, Skeleton } from '../../components/States.js';
import { RunsOfProject } from './RunsOfProject.js';
import { Welcome } from './Welcome.js';

export function RunsPage(): ReactNode {
  const { projectId, projects, error, refetch } = useProject();
  if (projectId !== undefined) return <RunsOfProject key={projectId} projectId={projectId} />;
  if (error !== null) return <ErrorState error={error} retry={refetch} />;
  return projects === undefined ? <Skeleton rows={12} /> : <Welcome projectId={undefined} />;
}
