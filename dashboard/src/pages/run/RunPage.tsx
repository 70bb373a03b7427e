import { lazy, Suspense } from 'react';
import { isProblem } from '../../api/problem.js';
import { Segmented } from '../../components/Segmented.js';
import { ErrorState, Skeleton } from '../../components/States.js';
import { type Tab, Tabs } from '../../components/Tabs.js';
import { compact } from '../../format/number.js';
import { objectivesOf } from '../../model/pareto.js';
import { words } from '../../strings.js';
import { NotFoundPage } from '../other/NotFoundPage.js';
import { ConfigurationTab } from './ConfigurationTab.js';
import { CopyPrompt } from './header/CopyPrompt.js';
import { Hero, HeroLine } from './header/Hero.js';
import { RunBar } from './header/RunBar.js';
import { IterationDrawer } from './iterations/IterationDrawer.js';
import { IterationsTab } from './iterations/IterationsTab.js';
import { OverviewTab } from './overview/OverviewTab.js';
import type { RunTab } from './search.js';
import { ToldProvider, useTold } from './story.js';
import { type RunData, RunProvider, useRun, useRunData, useView } from './useRun.js';

const CandidatesTab = lazy(() => import('./candidates/CandidatesTab.js').then(({ CandidatesTab: Panel }) => ({ default: Panel })));
const MatrixTab = lazy(() => import('./matrix/MatrixTab.js').then(({ MatrixTab: Panel }) => ({ default: Panel })));
const SamplesTab = lazy(() => import('./samples/SamplesTab.js').then(({ SamplesTab: Panel }) => ({ default: Panel })));
const PromptsTab = lazy(() => import('./prompts/PromptsTab.js').then(({ PromptsTab: Panel }) => ({ default: Panel })));
const ParametersTab = lazy(() => import('./parameters/ParametersTab.js').then(({ ParametersTab: Panel }) => ({ default: Panel })));
const ParetoTab = lazy(() => import('./pareto/ParetoTab.js').then(({ ParetoTab: Panel }) => ({ default: Panel })));

export function RunPage() {
  const { data, run, error, refetch } = useRunData();
  if (isProblem(error, 'not_found')) return <NotFoundPage what="run" />;
  // The page stays as it is while the server is away.
  if (data === undefined && error !== null) return <ErrorState error={error} retry={refetch} />;
  if (data === undefined) return <Skeleton label={run === undefined ? 'Loading the run' : 'Loading its iterations'} />;
  return (
    <RunProvider value={data}>
      <ToldProvider>
        <title>{`${data.run.runName} · Optrail`}</title>
        <RunBar />
        {/* Positioned, so that text for screen readers stays in it and does not lengthen the document. */}
        <div className="relative min-h-full">
          <RunTabs />
        </div>
        <CopyPrompt isDock />
        <IterationDrawer />
      </ToldProvider>
    </RunProvider>
  );
}

type Group = keyof typeof words.tabs;

/** The views of each tab, the one that it opens with first. */
const GROUPS: Record<Group, readonly RunTab[]> = {
  overview: ['overview'],
  candidates: ['candidates'],
  examples: ['matrix', 'samples'],
  prompts: ['prompts'],
  details: ['iterations', 'parameters', 'pareto', 'configuration'],
};

const VIEW_NAMES: Partial<Record<RunTab, string>> = {
  matrix: 'Matrix',
  samples: 'Answers',
  iterations: 'Iterations',
  parameters: 'Parameters',
  pareto: 'Trade-offs',
  configuration: 'Configuration',
};

function viewsOf({ run, iterations }: RunData): ReadonlySet<RunTab> {
  const hasSamples = run.samplesEvaluated > 0;
  const shown: Record<RunTab, boolean> = {
    overview: true,
    candidates: iterations.length > 0,
    matrix: hasSamples,
    samples: hasSamples,
    prompts: iterations.length > 0,
    iterations: true,
    parameters: iterations.some(({ params }) => Object.keys(params).length > 0),
    pareto: objectivesOf(iterations, run).length > 1,
    configuration: true,
  };
  return new Set(Object.entries(shown).flatMap(([view, isShown]) => (isShown ? [view as RunTab] : [])));
}

function RunTabs() {
  const data = useRun();
  const { story } = useTold();
  const [{ tab = 'overview' }, change] = useView();
  const views = viewsOf(data);
  // A link to a view that this run does not have shows the overview.
  const view = views.has(tab) ? tab : 'overview';
  const groups = (Object.keys(GROUPS) as Group[]).filter((group) => GROUPS[group].some((each) => views.has(each)));
  const badges: Partial<Record<Group, number>> = { candidates: story.candidates.length, examples: story.examples.length };
  const tabs = groups.map((id): Tab<Group> => {
    const badge = badges[id];
    return { id, label: words.tabs[id], ...(badge ? { badge: compact(badge) } : {}) };
  });
  const current = groups.find((group) => GROUPS[group].includes(view)) ?? 'overview';
  const siblings = GROUPS[current].filter((each) => views.has(each));
  const Panel = PANELS[view];
  const open = (next: Group) => {
    const first = GROUPS[next].find((each) => views.has(each)) ?? 'overview';
    change({ tab: first === 'overview' ? undefined : first, as: undefined });
  };
  return (
    <>
      {view === 'overview' && <Hero />}
      <Tabs
        label="Views of the run"
        tabs={tabs}
        current={current}
        onChange={open}
        aside={view === 'overview' ? undefined : <HeroLine />}
        barClass="screen-only bg-surface px-2 sm:px-4 wide:px-[31px]"
        panelClass="gutter pt-4 pb-24 sm:pb-12"
      >
        {siblings.length > 1 && (
          <div className="mb-3">
            <Segmented
              label={words.tabs[current]}
              choices={siblings.map((id) => ({ id, label: VIEW_NAMES[id] ?? id }))}
              value={view}
              onChange={(next) => change({ tab: next, as: undefined })}
            />
          </div>
        )}
        <Suspense fallback={<Skeleton />}>
          <Panel />
        </Suspense>
      </Tabs>
    </>
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
