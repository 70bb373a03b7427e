import { lazy, Suspense } from 'react';
import { isProblem } from '../../api/problem.js';
import { ErrorState, Skeleton } from '../../components/States.js';
import { type Tab, Tabs } from '../../components/Tabs.js';
import { compact } from '../../format/number.js';
import { objectivesOf } from '../../model/pareto.js';
import { NotFoundPage } from '../other/NotFoundPage.js';
import { ConfigurationTab } from './ConfigurationTab.js';
import { RunHeader } from './header/RunHeader.js';
import { IterationDrawer } from './iterations/IterationDrawer.js';
import { IterationsTab } from './iterations/IterationsTab.js';
import { OverviewTab } from './overview/OverviewTab.js';
import { PromptsTab } from './prompts/PromptsTab.js';
import { SamplesTab } from './samples/SamplesTab.js';
import type { RunTab } from './search.js';
import { type RunData, RunProvider, useRunData, useView } from './useRun.js';

const CandidatesTab = lazy(() => import('./candidates/CandidatesTab.js').then(({ CandidatesTab: Panel }) => ({ default: Panel })));
const MatrixTab = lazy(() => import('./matrix/MatrixTab.js').then(({ MatrixTab: Panel }) => ({ default: Panel })));
const ParametersTab = lazy(() => import('./parameters/ParametersTab.js').then(({ ParametersTab: Panel }) => ({ default: Panel })));
const ParetoTab = lazy(() => import('./pareto/ParetoTab.js').then(({ ParetoTab: Panel }) => ({ default: Panel })));

export function RunPage() {
  const { data, run, error, refetch } = useRunData();
  if (isProblem(error, 'not_found')) return <NotFoundPage what="run" />;
  // What is on the page stays there while the server is away.
  if (data === undefined && error !== null) return <ErrorState error={error} retry={refetch} />;
  if (data === undefined) return <Skeleton label={run === undefined ? 'Loading the run' : 'Loading its iterations'} />;
  return (
    <RunProvider value={data}>
      <title>{`${data.run.runName} · Optrail`}</title>
      {/* Positioned, so that what is for screen readers alone stays in it and does not lengthen the document. */}
      <div className="relative mx-auto flex max-w-[110rem] flex-col gap-4 p-4">
        <RunHeader />
        <RunTabs data={data} />
      </div>
      <IterationDrawer />
    </RunProvider>
  );
}

function tabsOf({ run, iterations }: RunData): readonly Tab<RunTab>[] {
  const hasSamples = run.samplesEvaluated > 0;
  const tabs: readonly (Tab<RunTab> & { shown?: boolean })[] = [
    { id: 'overview', label: 'Overview' },
    { id: 'iterations', label: 'Iterations', badge: compact(iterations.length) },
    { id: 'candidates', label: 'Candidates', shown: iterations.length > 0 },
    { id: 'prompts', label: 'Prompts', shown: iterations.length > 0 },
    { id: 'samples', label: 'Samples', badge: compact(run.samplesEvaluated), shown: hasSamples },
    { id: 'matrix', label: 'Matrix', shown: hasSamples },
    { id: 'parameters', label: 'Parameters', shown: iterations.some(({ params }) => Object.keys(params).length > 0) },
    { id: 'pareto', label: 'Trade-offs', shown: objectivesOf(iterations, run).length > 1 },
    { id: 'configuration', label: 'Configuration' },
  ];
  return tabs.filter(({ shown = true }) => shown);
}

function RunTabs({ data }: { data: RunData }) {
  const [{ tab = 'overview' }, change] = useView();
  const tabs = tabsOf(data);
  // A link to a tab that this run does not have shows what it has.
  const current = tabs.find(({ id }) => id === tab)?.id ?? 'overview';
  const Panel = PANELS[current];
  return (
    <div>
      <Tabs
        label="Views of the run"
        tabs={tabs}
        current={current}
        onChange={(next) => change({ tab: next === 'overview' ? undefined : next })}
      >
        <Suspense fallback={<Skeleton />}>
          <Panel />
        </Suspense>
      </Tabs>
    </div>
  );
}

const PANELS: Record<RunTab, React.ComponentType> = {
  overview: OverviewTab,
  iterations: IterationsTab,
  candidates: CandidatesTab,
  prompts: PromptsTab,
  samples: SamplesTab,
  matrix: MatrixTab,
  parameters: ParametersTab,
  pareto: ParetoTab,
  configuration: ConfigurationTab,
};
