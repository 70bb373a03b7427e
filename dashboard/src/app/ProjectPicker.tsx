import { useNavigate } from '@tanstack/react-router';
import { count } from '../format/number.js';
import { useProject } from './project.js';

/** The browser's own list: it works with every keyboard and on every telephone. */
export function ProjectPicker() {
  const { projectId, projects } = useProject();
  const navigate = useNavigate();
  if (projectId === undefined) return null;
  const known = projects?.some(({ id }) => id === projectId) ?? false;
  return (
    <select
      aria-label="Project"
      value={projectId}
      onChange={(event) => void navigate({ to: '/', search: { project: event.target.value } })}
      className="field max-w-40 truncate font-medium sm:max-w-56"
    >
      {!known && <option value={projectId}>{projectId}</option>}
      {projects?.map(({ id, name, runs }) => (
        <option key={id} value={id}>
          {runs === undefined ? name : `${name} (${count(runs)})`}
        </option>
      ))}
    </select>
  );
}
