import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { OptimizationProject } from '../../../src/schemas/project.js';
import { projectsQuery } from '../api/projects.js';

const PLACE = 'optrail.project';

export interface CurrentProject {
  /** The one in the address, else the one looked at last, else the first; undefined while they load and where there is none. */
  projectId: string | undefined;
  projects: readonly OptimizationProject[] | undefined;
  error: Error | null;
  refetch: () => void;
}

/** Which project the page is about. */
export function useProject(): CurrentProject {
  const { project } = useSearch({ strict: false });
  const { data: projects, error, refetch } = useQuery(projectsQuery);
  const last = localStorage.getItem(PLACE);
  const known = projects?.find(({ id }) => id === last) ?? projects?.[0];
  const projectId = project ?? known?.id;
  useEffect(() => {
    if (projectId !== undefined) localStorage.setItem(PLACE, projectId);
  }, [projectId]);
  return { projectId, projects, error, refetch: () => void refetch() };
}
