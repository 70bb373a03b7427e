import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo, useState } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { Button } from '../../components/Button.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/States.js';
import { count } from '../../format/number.js';
import { columnsOf } from './columns.js';
import { FilterBar } from './FilterBar.js';
import { activeFilters, NO_FILTERS } from './filters.js';
import { LabelsDialog } from './LabelsDialog.js';
import { ColumnMenu, ExportMenu } from './menus.js';
import { RunsTable } from './RunsTable.js';
import { SelectionBar } from './SelectionBar.js';
import type { RunsView } from './search.js';
import { useRunKeys } from './useRunKeys.js';
import { useRunList } from './useRunList.js';
import { WeekLine } from './WeekLine.js';
import { Welcome } from './Welcome.js';

export function RunsOfProject({ projectId }: { projectId: string }) {
  const view = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const list = useRunList(projectId, view);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  // By its id: lines move as runs arrive.
  const [currentId, setCurrentId] = useState<string | null>(null);
  const [labelled, setLabelled] = useState<OptimizationRun | null>(null);
  const columns = useMemo(() => columnsOf(view.columns), [view.columns]);
  const runs = useMemo(() => list.lines.flatMap((line) => (line.kind === 'run' ? [line.run] : [])), [list.lines]);

  const current = useMemo(() => list.lines.findIndex((line) => line.kind === 'run' && line.run.id === currentId), [list.lines, currentId]);
  const setCurrent = (index: number) => {
    const line = list.lines[index];
    if (line?.kind === 'run') setCurrentId(line.run.id);
  };
  const change = (changes: Partial<RunsView>) => {
    setCurrentId(null);
    void navigate({ search: (before) => ({ ...before, ...changes }) });
  };
  const select = useCallback((runId: string) => {
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(runId)) after.add(runId);
      return after;
    });
  }, []);
  const compare = () => void navigate({ to: '/compare', search: { project: projectId, runs: [...selected].join(',') } });
  useRunKeys({ lines: list.lines, current, setCurrent, selected, setSelected, select, compare, edit: setLabelled });

  const filtered = activeFilters(view).length > 0;
  if (list.error !== null && runs.length === 0) return <ErrorState error={list.error} retry={list.refetch} />;
  if (!list.isPending && runs.length === 0 && !filtered) return <Welcome projectId={projectId} />;
  return (
    <div className="relative flex h-full flex-col bg-surface">
      <h1 className="sr-only">Runs</h1>
      <WeekLine projectId={projectId} runs={runs} />
      <FilterBar view={view} runs={runs} onChange={change}>
        <span role="status" className="numeric mr-1 whitespace-nowrap text-muted">
          {list.total === null ? '' : `${count(list.total)} ${list.total === 1 ? 'run' : 'runs'}`}
        </span>
        <ColumnMenu shown={columns.map(({ id }) => id)} onChange={(ids) => change({ columns: ids })} />
        <ExportMenu runs={runs} columns={columns} projectId={projectId} />
      </FilterBar>
      {list.isPending && <Skeleton rows={14} label="Loading runs" />}
      {!list.isPending && runs.length === 0 && (
        <EmptyState title="No run matches">
          <p>Take a filter away, or all of them.</p>
          <Button className="mt-4" onClick={() => change(NO_FILTERS)}>
            Clear all filters
          </Button>
        </EmptyState>
      )}
      {!list.isPending && runs.length > 0 && (
        <RunsTable
          lines={list.lines}
          columns={columns}
          view={view}
          onOrder={change}
          current={current}
          onMove={setCurrent}
          selected={selected}
          onSelect={select}
          hasMore={list.hasMore}
          onNearEnd={list.loadMore}
        />
      )}
      <SelectionBar
        runs={runs.filter(({ id }) => selected.has(id))}
        count={selected.size}
        onCompare={compare}
        onEdit={setLabelled}
        onClear={() => setSelected(new Set())}
      />
      <LabelsDialog run={labelled} onClose={() => setLabelled(null)} />
    </div>
  );
}
