import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ProjectMember, ProjectRole } from '../../../../src/schemas/project.js';
import { keys } from '../../api/keys.js';
import { membersQuery, removeMember, setMember } from '../../api/projects.js';
import { Button, IconButton } from '../../components/Button.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Time } from '../../components/Figures.js';
import { ErrorState, Skeleton } from '../../components/States.js';
import { ConfirmDialog } from './ConfirmDialog.js';
import { Section } from './Section.js';
import { useChange } from './useChange.js';

const ROLES: Record<ProjectRole, string> = {
  viewer: 'viewer: looks',
  editor: 'editor: records too',
  owner: 'owner: manages too',
};

function RoleSelect({ label, role, onChange }: { label: string; role: ProjectRole; onChange: (role: ProjectRole) => void }) {
  return (
    <select aria-label={label} value={role} onChange={(event) => onChange(event.target.value as ProjectRole)} className="field">
      {Object.entries(ROLES).map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** Who may come in with a token, by its `sub`. */
export function MemberSettings({ projectId, owner }: { projectId: string; owner: boolean }) {
  const { data, error, refetch } = useQuery(membersQuery(projectId));
  const [leaving, setLeaving] = useState<ProjectMember | null>(null);
  const stale = [keys.members(projectId)];
  const set = useChange(
    ({ userId, role }: { userId: string; role: ProjectRole }) => setMember(projectId, userId, role),
    stale,
    'The member is saved',
  );
  const remove = useChange((userId: string) => removeMember(projectId, userId), stale, 'The member is removed');

  const columns: readonly Column<ProjectMember>[] = [
    { id: 'user', header: 'User', className: 'font-mono text-xs', cell: ({ userId }) => userId },
    {
      id: 'role',
      header: 'Role',
      cell: ({ userId, role }) =>
        owner ? (
          <RoleSelect label={`Role of ${userId}`} role={role} onChange={(next) => set.mutate({ userId, role: next })} />
        ) : (
          ROLES[role]
        ),
    },
    { id: 'since', header: 'Since', cell: ({ createdAt }) => <Time value={createdAt} /> },
    {
      id: 'actions',
      header: '',
      align: 'right',
      cell: (member) => owner && <IconButton label={`Remove ${member.userId}`} icon="trash" onClick={() => setLeaving(member)} />,
    },
  ];
  return (
    <Section title="Members" text="Users who come in with a token of your sign-in service, by the token's sub.">
      {error !== null && <ErrorState error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton rows={2} label="Loading members" />}
      {data !== undefined && (
        <DataTable caption="Members" columns={columns} rows={data} rowKey={({ userId }) => userId} empty="No members" />
      )}
      {owner && <AddMember onAdd={(userId, role) => set.mutateAsync({ userId, role })} />}
      <ConfirmDialog
        open={leaving !== null}
        title="Remove the member"
        confirm="Remove"
        onClose={() => setLeaving(null)}
        onConfirm={() => leaving !== null && remove.mutate(leaving.userId)}
      >
        <b className="font-mono">{leaving?.userId}</b> will see nothing of this project any more.
      </ConfirmDialog>
    </Section>
  );
}

function AddMember({ onAdd }: { onAdd: (userId: string, role: ProjectRole) => Promise<unknown> }) {
  const [userId, setUserId] = useState('');
  const [role, setRole] = useState<ProjectRole>('viewer');
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    await onAdd(userId.trim(), role).then(
      () => setUserId(''),
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2 border-line border-t p-3">
      <input
        aria-label="User id"
        required
        maxLength={200}
        value={userId}
        onChange={(event) => setUserId(event.target.value)}
        placeholder="User id (sub)"
        className="field min-w-48 flex-1 font-mono"
      />
      <RoleSelect label="Role" role={role} onChange={setRole} />
      <Button icon="plus" submit>
        Add member
      </Button>
    </form>
  );
}
