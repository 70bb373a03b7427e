import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OptimizationProject, ProjectRole } from '../../../../src/schemas/project.js';
import { keys } from '../../api/keys.js';
import type { Me } from '../../api/me.js';
import { createProject, deleteProject, renameProject } from '../../api/projects.js';
import { useProject } from '../../app/project.js';
import { Badge } from '../../components/Badge.js';
import { Button, IconButton } from '../../components/Button.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Dialog } from '../../components/Dialog.js';
import { Count, Time } from '../../components/Figures.js';
import { FormButtons } from '../../components/FormButtons.js';
import { count } from '../../format/number.js';
import { ConfirmDialog } from './ConfirmDialog.js';
import { Labelled, Section } from './Section.js';
import { useChange } from './useChange.js';

interface ProjectSettingsProps {
  projectId: string | undefined;
  me: Me;
  role: ProjectRole | undefined;
}

export function ProjectSettings({ projectId, me, role }: ProjectSettingsProps) {
  const { projects } = useProject();
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  const [renamed, setRenamed] = useState<OptimizationProject | null>(null);
  const [doomed, setDoomed] = useState<OptimizationProject | null>(null);
  const remove = useChange((id: string) => deleteProject(id), [keys.projects], 'The project is deleted');
  const may = (id: string) => me.projects === null || me.projects[id] === 'owner' || (id === projectId && role === 'owner');

  const columns: readonly Column<OptimizationProject>[] = [
    {
      id: 'name',
      header: 'Project',
      cell: ({ id, name }) => (
        <span className="flex items-center gap-2">
          <button
            type="button"
            onClick={() => void navigate({ to: '/settings', search: { project: id } })}
            className="plain-text max-w-64 truncate rounded font-medium hover:text-trail hover:underline"
          >
            {name}
          </button>
          {id === projectId && <Badge tone="accent">shown here</Badge>}
        </span>
      ),
    },
    { id: 'id', header: 'Id', className: 'font-mono text-muted text-xs', cell: ({ id }) => id },
    { id: 'runs', header: 'Runs', align: 'right', cell: ({ runs }) => <Count value={runs} /> },
    { id: 'created', header: 'Created', cell: ({ createdAt }) => <Time value={createdAt} /> },
    {
      id: 'actions',
      header: '',
      align: 'right',
      cell: (project) =>
        may(project.id) && (
          <span className="inline-flex">
            <IconButton label={`Rename ${project.name}`} icon="edit" onClick={() => setRenamed(project)} />
            <IconButton label={`Delete ${project.name}`} icon="trash" onClick={() => setDoomed(project)} />
          </span>
        ),
    },
  ];

  return (
    <Section
      title="Projects"
      text="A project keeps its runs, members and keys apart from all others."
      action={
        me.projects === null && (
          <Button icon="plus" onClick={() => setCreating(true)}>
            New project
          </Button>
        )
      }
    >
      <DataTable caption="Projects" columns={columns} rows={projects ?? []} rowKey={({ id }) => id} empty="No project yet" />
      <Dialog open={creating} onClose={() => setCreating(false)} title="New project">
        <CreateForm onClose={() => setCreating(false)} />
      </Dialog>
      <Dialog open={renamed !== null} onClose={() => setRenamed(null)} title="Rename the project">
        {renamed !== null && <RenameForm project={renamed} onClose={() => setRenamed(null)} />}
      </Dialog>
      <ConfirmDialog
        open={doomed !== null}
        title="Delete the project"
        confirm="Delete for good"
        typed={doomed?.id ?? ''}
        onClose={() => setDoomed(null)}
        onConfirm={() =>
          doomed !== null &&
          remove.mutate(doomed.id, { onSuccess: () => void navigate({ to: '/settings', search: { project: undefined } }) })
        }
      >
        “{doomed?.name}” goes with all of its {count(doomed?.runs)} runs, their iterations and samples, its members and keys. There is no
        way back.
      </ConfirmDialog>
    </Section>
  );
}

function CreateForm({ onClose }: { onClose: () => void }) {
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const create = useChange(createProject, [keys.projects], 'The project is there');
  return (
    <form
      className="grid grid-cols-1 gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        create.mutate(name.trim() === '' ? { id } : { id, name }, { onSuccess: onClose });
      }}
    >
      <Labelled label="Id" hint="What programs name it by, as in trackRun({ projectId }). It stays as it is.">
        <input
          required
          maxLength={200}
          value={id}
          onChange={(event) => setId(event.target.value)}
          className="field font-mono"
          placeholder="support-bot"
        />
      </Labelled>
      <Labelled label="Name" hint="For people; the id where it is left out.">
        <input maxLength={200} value={name} onChange={(event) => setName(event.target.value)} className="field" />
      </Labelled>
      <FormButtons does="Create" isPending={create.isPending} onCancel={onClose} />
    </form>
  );
}

function RenameForm({ project, onClose }: { project: OptimizationProject; onClose: () => void }) {
  const [name, setName] = useState(project.name);
  const rename = useChange((next: string) => renameProject(project.id, next), [keys.projects], 'The project is renamed');
  return (
    <form
      className="grid grid-cols-1 gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate(name, { onSuccess: onClose });
      }}
    >
      <Labelled label="Name">
        <input required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} className="field" />
      </Labelled>
      <FormButtons does="Rename" isPending={rename.isPending} onCancel={onClose} />
    </form>
  );
}
