import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Button } from '../../components/Button.js';
import { Menu, MenuItem, Popover } from '../../components/Popover.js';
import { downloadCsv } from '../../export/csv.js';
import { downloadJson } from '../../export/download.js';
import { RUN_COLUMNS, type RunColumn } from './columns.js';

export function ColumnMenu({ shown, onChange }: { shown: readonly string[]; onChange: (ids: string[] | undefined) => void }) {
  const toggle = (id: string) =>
    onChange(RUN_COLUMNS.map((column) => column.id).filter((other) => shown.includes(other) !== (other === id)));
  return (
    <Popover look="ghost" icon="columns" label={<span className="hidden sm:inline">Columns</span>} name="Columns" align="right">
      {() => (
        <fieldset className="grid grid-cols-2">
          <legend className="sr-only">Columns</legend>
          {RUN_COLUMNS.slice(1).map(({ id, header }) => (
            <label key={id} className="flex h-8 items-center gap-2 whitespace-nowrap rounded px-2 hover:bg-hover">
              <input type="checkbox" checked={shown.includes(id)} onChange={() => toggle(id)} className="check" />
              {header}
            </label>
          ))}
          <div className="col-span-2">
            <Button look="ghost" icon="undo" onClick={() => onChange(undefined)}>
              Show the usual columns
            </Button>
          </div>
        </fieldset>
      )}
    </Popover>
  );
}

interface ExportMenuProps {
  runs: readonly OptimizationRun[];
  columns: readonly RunColumn[];
  projectId: string;
}

/** Exports the runs that were read so far; `optrail export` has all of them. */
export function ExportMenu({ runs, columns, projectId }: ExportMenuProps) {
  const name = `runs-${projectId}`;
  const asCsv = () => {
    const exported = columns.flatMap(({ header, value }) => (value === undefined ? [] : [{ header, value }]));
    downloadCsv(
      name,
      ['Id', ...exported.map(({ header }) => header)],
      runs.map((run) => [run.id, ...exported.map(({ value }) => value(run))]),
    );
  };
  return (
    <Menu look="ghost" icon="download" label={<span className="hidden sm:inline">Export</span>} name="Export" align="right">
      <MenuItem icon="table" onClick={asCsv}>
        CSV of these columns
      </MenuItem>
      <MenuItem icon="download" onClick={() => downloadJson(name, runs)}>
        JSON of the runs
      </MenuItem>
      <p className="max-w-56 px-2.5 py-1 text-muted text-xs">The {runs.length} runs that are loaded. Scroll to load more.</p>
    </Menu>
  );
}
