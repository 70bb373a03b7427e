import { CopyButton } from '../../components/CopyButton.js';
import { DataTable } from '../../components/DataTable.js';
import { JsonTree } from './JsonTree.js';
import { useRun } from './useRun.js';

/** What the run was started with, and everything else that is known of it. */
export function ConfigurationTab() {
  const { run } = useRun();
  const facts = [
    ['id', run.id],
    ['project', run.projectId],
    ['optimizer', run.optimizerType],
    ['model', run.model],
    ['metric', run.metric],
    ['direction', run.direction],
    ['perfect score', run.scoreMax],
    ['evaluation set', run.evalSetHash],
    ['created', run.createdAt],
    ['started', run.startTime],
    ['ended', run.endTime],
    ['created by', run.createdBy],
  ].flatMap(([name, value]) => (value === null || value === undefined ? [] : [{ name: String(name), value: String(value) }]));
  const columns = [
    { id: 'name', header: 'Name', cell: ({ name }: { name: string }) => <span className="text-muted">{name}</span>, className: 'w-40' },
    { id: 'value', header: 'Value', cell: ({ value }: { value: string }) => <span className="plain-text break-all">{value}</span> },
  ];
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <JsonPanel title="Configuration" value={run.config} />
      <div className="grid content-start gap-4">
        <section className="panel">
          <DataTable caption="Facts" columns={columns} rows={facts} rowKey={({ name }) => name} />
        </section>
        <JsonPanel title="Metadata" value={run.metadata} />
      </div>
    </div>
  );
}

function JsonPanel({ title, value }: { title: string; value: Record<string, unknown> }) {
  return (
    <section className="panel min-w-0" aria-label={title}>
      <header className="flex items-center justify-between gap-2 border-line border-b px-4 py-2">
        <h2 className="font-semibold">{title}</h2>
        <CopyButton small label={`Copy the ${title.toLowerCase()}`} text={() => JSON.stringify(value, null, 2)} />
      </header>
      <div className="overflow-x-auto p-4">
        {Object.keys(value).length === 0 ? <p className="text-muted">Nothing was recorded.</p> : <JsonTree value={value} />}
      </div>
    </section>
  );
}
