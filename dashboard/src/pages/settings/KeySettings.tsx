import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKey, ApiKeyScope, CreateApiKeyInput, CreatedApiKey } from '../../../../src/schemas/key.js';
import { keys } from '../../api/keys.js';
import { apiKeysQuery, createApiKey, revokeApiKey } from '../../api/projects.js';
import { Badge } from '../../components/Badge.js';
import { Button } from '../../components/Button.js';
import { CopyButton } from '../../components/CopyButton.js';
import { type Column, DataTable } from '../../components/DataTable.js';
import { Dialog } from '../../components/Dialog.js';
import { Time } from '../../components/Figures.js';
import { FormButtons } from '../../components/FormButtons.js';
import { ErrorState, Skeleton } from '../../components/States.js';
import { ConfirmDialog } from './ConfirmDialog.js';
import { Labelled, Section } from './Section.js';
import { useChange } from './useChange.js';

const SCOPES: Record<ApiKeyScope, string> = {
  read: 'read: look',
  write: 'write: record runs too',
  admin: 'admin: manage members and keys too',
};

/** Keys for programs. A secret is shown when its key is made, and never again: only its hash is stored. */
export function KeySettings({ projectId }: { projectId: string }) {
  const { data, error, refetch } = useQuery(apiKeysQuery(projectId));
  const [creating, setCreating] = useState(false);
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const revoke = useChange((keyId: string) => revokeApiKey(projectId, keyId), [keys.apiKeys(projectId)], 'The key is revoked');

  const columns: readonly Column<ApiKey>[] = [
    { id: 'name', header: 'Name', className: 'plain-text max-w-56 truncate font-medium', cell: ({ name }) => name },
    { id: 'prefix', header: 'Key', className: 'font-mono text-muted text-xs', cell: ({ prefix }) => `${prefix}…` },
    { id: 'scope', header: 'Scope', cell: ({ scope }) => scope },
    { id: 'used', header: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : <Time value={lastUsedAt} />) },
    { id: 'state', header: 'State', cell: (key) => <KeyState apiKey={key} /> },
    {
      id: 'actions',
      header: '',
      align: 'right',
      cell: (key) =>
        key.revokedAt === null && (
          <Button look="danger" aria-label={`Revoke ${key.name}`} onClick={() => setDoomed(key)}>
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <Section
      title="API keys"
      text="For programs and for this page on a server that asks for one. A key belongs to this project alone."
      action={
        <Button icon="key" onClick={() => setCreating(true)}>
          New key
        </Button>
      }
    >
      {error !== null && <ErrorState error={error} retry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton rows={2} label="Loading keys" />}
      {data !== undefined && <DataTable caption="API keys" columns={columns} rows={data} rowKey={({ id }) => id} empty="No keys yet" />}
      <Dialog open={creating} onClose={() => setCreating(false)} title="New API key">
        <CreateForm
          projectId={projectId}
          onClose={() => setCreating(false)}
          onCreated={(key) => {
            setCreating(false);
            setCreated(key);
          }}
        />
      </Dialog>
      <Dialog open={created !== null} onClose={() => setCreated(null)} title={`The key “${created?.name}”`}>
        <p>Copy it now: it is shown this once. Only its hash is stored.</p>
        <p className="my-3 select-all break-all rounded-md bg-sunk p-3 font-mono text-xs">{created?.secret}</p>
        <div className="flex justify-end gap-2">
          <CopyButton label="Copy the key" text={created?.secret ?? ''} look="primary" />
          <Button onClick={() => setCreated(null)}>Done</Button>
        </div>
      </Dialog>
      <ConfirmDialog
        open={doomed !== null}
        title="Revoke the key"
        confirm="Revoke"
        onClose={() => setDoomed(null)}
        onConfirm={() => doomed !== null && revoke.mutate(doomed.id)}
      >
        Whoever uses “{doomed?.name}” is refused from now on. A revoked key stays revoked.
      </ConfirmDialog>
    </Section>
  );
}

function KeyState({ apiKey: { revokedAt, expiresAt } }: { apiKey: ApiKey }) {
  if (revokedAt !== null) return <Badge icon="cross">revoked</Badge>;
  if (expiresAt === null)
    return (
      <Badge tone="neutral" icon="check">
        active
      </Badge>
    );
  if (Date.parse(expiresAt) <= Date.now()) return <Badge icon="clock">expired</Badge>;
  return (
    <span className="inline-flex items-center gap-2">
      <Badge tone="neutral" icon="check">
        active
      </Badge>
      <span className="text-muted text-xs">
        until <Time value={expiresAt} />
      </span>
    </span>
  );
}

interface CreateFormProps {
  projectId: string;
  onClose: () => void;
  onCreated: (key: CreatedApiKey) => void;
}

function CreateForm({ projectId, onClose, onCreated }: CreateFormProps) {
  const [name, setName] = useState('');
  const [scope, setScope] = useState<ApiKeyScope>('write');
  const [until, setUntil] = useState('');
  const create = useChange((input: CreateApiKeyInput) => createApiKey(projectId, input), [keys.apiKeys(projectId)], 'The key is made');
  return (
    <form
      className="grid grid-cols-1 gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        // The day itself is included, as its reader counts it.
        const expiresAt = until === '' ? null : new Date(`${until}T23:59:59`).toISOString();
        create.mutate({ name, scope, expiresAt }, { onSuccess: onCreated });
      }}
    >
      <Labelled label="Name" hint="Who or what uses it.">
        <input
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
          className="field"
          placeholder="nightly job"
        />
      </Labelled>
      <Labelled label="Scope">
        <select value={scope} onChange={(event) => setScope(event.target.value as ApiKeyScope)} className="field">
          {Object.entries(SCOPES).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </Labelled>
      <Labelled label="Last day" hint="Without one it does not end.">
        <input type="date" value={until} onChange={(event) => setUntil(event.target.value)} className="field" />
      </Labelled>
      <FormButtons does="Make the key" isPending={create.isPending} onCancel={onClose} />
    </form>
  );
}
