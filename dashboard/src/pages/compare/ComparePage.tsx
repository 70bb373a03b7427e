import { useQueries } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useMemo } from 'react';
import type { OptimizationRun } from '../../../../src/schemas/run.js';
import { isProblem } from '../../api/problem.js';
import { runQuery } from '../../api/runs.js';
import { buttonClass } from '../../components/Button.js';
import { Icon } from '../../components/Icon.js';
import { EmptyState, ErrorState, Skeleton } from '../../components/States.js';
import { Tabs } from '../../components/Tabs.js';
import { Curves } from './Curves.js';
import { FieldTable } from './FieldTable.js';
import { PromptComparison } from './PromptComparison.js';
import { RunKeys } from './RunKeys.js';
import { SampleComparison } from './SampleComparison.js';
import type { CompareView } from './search.js';

const MOST = 6;

const TABS = [
  { id: 'overview', label: 'Overview' },
  { id: 'samples', label: 'Samples' },
  { id: 'prompts', label: 'Prompts' },
] as const;

/** Two to six runs beside each other; the first is what the others are measured by. */
export function ComparePage(): ReactNode {
  const view = useSearch({ from: '/compare' });
  const navigate = useNavigate({ from: '/compare' });
  const ids = useMemo(() => [...new Set((view.runs ?? '').split(',').filter(Boolean))].slice(0, MOST), [view.runs]);
  const queries = useQueries({ queries: ids.map((runId) => runQuery({ runId, projectId: view.project })) });
  const change = (changes: Partial<CompareView>) => void navigate({ search: (before: CompareView) => ({ ...before, ...changes }) });

  const failed = queries.find(({ error }) => error !== null);
  if (failed?.error) {
    const there = ids.filter((_, index) => !isProblem(queries[index]?.error, 'not_found'));
    if (there.length === ids.length) return <ErrorState error={failed.error} retry={() => void failed.refetch()} />;
    return <SomeMissing view={view} there={there} missing={ids.length - there.length} />;
  }
  const runs = queries.flatMap(({ data }) => data ?? []);
  if (runs.length < ids.length) return <Skeleton rows={12} label="Loading the runs" />;
  return runs.length < 2 ? <TooFew /> : <Comparison runs={runs} view={view} onChange={change} />;
}

function SomeMissing({ view, there, missing }: { view: CompareView; there: readonly string[]; missing: number }) {
  return (
    <EmptyState title={missing === 1 ? 'One of these runs is not there' : `${missing} of these runs are not there`}>
      <p>They may have been deleted, or belong to a project that you are no member of.</p>
      <Link to="/compare" search={{ ...view, runs: there.join(',') }} className={`${buttonClass()} mt-4`}>
        Go on without
      </Link>
    </EmptyState>
  );
}

function TooFew() {
  return (
    <EmptyState title="Nothing to compare yet">
      <p>Select two to six runs in the list with the key x, then press c.</p>
      <Link to="/" className={`${buttonClass()} mt-4`}>
        Choose runs
      </Link>
    </EmptyState>
  );
}

interface ComparisonProps {
  runs: readonly OptimizationRun[];
  view: CompareView;
  onChange: (changes: Partial<CompareView>) => void;
}

function Comparison({ runs, view, onChange: change }: ComparisonProps) {
  const tab = view.tab ?? 'overview';
  const incomparable = ['metric', 'evalSetHash', 'scoreMax', 'direction'].filter(
    (field) => new Set(runs.map((run) => run[field as keyof typeof run])).size > 1,
  );
  const pair = { from: runs.find(({ id }) => id === view.from) ?? runs[0], to: runs.find(({ id }) => id === view.to) ?? runs[1] };
  return (
    <div className="mx-auto grid max-w-[1800px] grid-cols-1 gap-4 p-3 sm:p-4">
      <h1 className="font-semibold text-xl">Compare {runs.length} runs</h1>
      <RunKeys runs={runs} onRemove={(id) => change({ runs: runs.flatMap((run) => (run.id === id ? [] : run.id)).join(',') })} />
      {incomparable.length > 0 && (
        <p className="flex items-start gap-2 rounded-md bg-sunk px-3 py-2 text-warn">
          <Icon name="warning" className="mt-0.5" />
          <span>
            These runs differ in {incomparable.map((field) => FIELD_NAMES[field]).join(' and ')}: their scores do not measure the same
            thing.
          </span>
        </p>
      )}
      <div>
        <Tabs
          label="What is compared"
          tabs={TABS}
          current={tab}
          onChange={(next) => change({ tab: next === 'overview' ? undefined : next })}
        >
          {tab === 'overview' && (
            <div className="grid grid-cols-1 gap-4">
              <Curves
                runs={runs}
                axis={view.axis ?? 'iteration'}
                onAxis={(axis) => change({ axis: axis === 'iteration' ? undefined : axis })}
              />
              <FieldTable runs={runs} all={view.columns === 'all'} onAll={(all) => change({ columns: all ? 'all' : undefined })} />
            </div>
          )}
          {tab === 'samples' && <SampleComparison runs={runs} pair={pair} show={view.show ?? 'all'} onChange={change} />}
          {tab === 'prompts' && <PromptComparison runs={runs} pair={pair} onChange={change} />}
        </Tabs>
      </div>
    </div>
  );
}

const FIELD_NAMES: Record<string, string> = {
  metric: 'metric',
  evalSetHash: 'evaluation set',
  scoreMax: 'scale',
  direction: 'direction',
};
