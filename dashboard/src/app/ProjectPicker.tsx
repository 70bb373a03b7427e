import { useNavigate } from '@tanstack/react-router';
import { Icon } from '../components/Icon.js';
import { count } from '../format/number.js';
import { useProject } from './project.js';

/** The browser's own list: it works with every keyboard and on every telephone. */
export function ProjectPicker() {
  const { projectId, projects } = useProject();
  const navigate = useNavigate();
  if (projectId === undefined) return null;
  const current = projects?.find(({ id }) => id === projectId);
  return (
    <span className="relative inline-flex h-8 min-w-0 items-center gap-1 rounded-lg px-1.5 text-muted hover:bg-hover">
      <span aria-hidden="true" className="max-w-32 truncate font-medium sm:max-w-48">
        {current?.name ?? projectId}
      </span>
      <Icon name="chevronDown" className="size-4!" />
      <select
        aria-label="Project"
        value={projectId}
        onChange={(event) => void navigate({ to: '/', search: { project: event.target.value } })}
        className="absolute inset-0 w-full cursor-pointer appearance-none rounded-lg bg-transparent text-transparent [&>option]:bg-surface [&>option]:text-ink"
      >
        {current === undefined && <option value={projectId}>{projectId}</option>}
        {projects?.map(({ id, name, runs }) => (
          <option key={id} value={id}>
            {runs === undefined ? name : `${name} (${count(runs)})`}
          </option>
        ))}
      </select>
    </span>
  );
}
