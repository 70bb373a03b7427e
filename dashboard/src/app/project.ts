import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { OptimizationProject } from '../../../src/schemas/project.js';
import { projectsQuery } from '../api/projects.js';
import { newestRunQuery } from '../api/runs.js';

const PLACE = 'optrail.project';

export interface CurrentProject {
  /** The one in the address, else the one looked at last, else the one written last. Undefined while they load, or if there is none. */
  projectId: string | undefined;
  projects: readonly OptimizationProject[] | undefined;
  error: Error | null;
  refetch: () => void;
}

/** The project that the page is about. */
export function useProject(): CurrentProject {
  const { project } = useSearch({ strict: false });
  const { data: projects, error, refetch } = useQuery(projectsQuery);
  const last = localStorage.getItem(PLACE);
  const known = projects?.find(({ id }) => id === last);
  const isFirstVisit = project === undefined && projects !== undefined && known === undefined;
  const newest = useQuery({ ...newestRunQuery, enabled: isFirstVisit && projects.length > 1 });
  const written = projects?.find(({ id }) => id === newest.data?.projectId) ?? (newest.isLoading ? undefined : projects?.[0]);
  const projectId = project ?? known?.id ?? (isFirstVisit ? written?.id : undefined);
  useEffect(() => {
    if (projectId !== undefined) localStorage.setItem(PLACE, projectId);
  }, [projectId]);
  return { projectId, projects: isFirstVisit && newest.isLoading ? undefined : projects, error, refetch: () => void refetch() };
}
