import { useMemo } from 'react';
import { EmptyState, ErrorState } from '../../../components/States.js';
import { isEnded } from '../../../model/progress.js';
import type { StoryCandidate } from '../../../story/story.js';
import { ErrorPanel } from '../header/ErrorPanel.js';
import { Notes } from '../header/Notes.js';
import { Tags } from '../header/Tags.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';
import { EditCard } from './EditCard.js';
import { FacetCard } from './FacetCard.js';
import { BrokenCard, FailsCard, NeverCard } from './FindingCards.js';
import { PromptCard } from './PromptCard.js';
import { TrailCard } from './TrailCard.js';

/** The findings of the run: the trail, one edit of it, what broke and fails, and the prompt. */
export function OverviewTab() {
  const { run, iterations } = useRun();
  const { story, matrixError, retryMatrix } = useTold();
  const [{ step }, change] = useView();
  const selected = useMemo(() => selectedStep(story.spine, step), [story.spine, step]);
  const onSelect = (candidate: StoryCandidate) => {
    if (candidate !== selected) change({ step: candidate.iteration }, { replace: true });
  };
  if (iterations.length === 0) {
    return (
      <>
        <ErrorPanel />
        <EmptyState title={isEnded(run) ? 'This run recorded no iterations' : 'Waiting for the first iteration'}>
          {isEnded(run)
            ? 'Record each evaluation with run.record(), or createOptimizationIteration().'
            : 'It appears here as soon as it is recorded.'}
        </EmptyState>
      </>
    );
  }
  const hasFindings = story.examples.length > 0 && story.winner !== null && story.baseline !== null;
  return (
    <div className="grid grid-cols-1 items-stretch gap-4 xl:grid-cols-12">
      <div className="empty:hidden xl:col-span-12">
        <ErrorPanel />
      </div>
      {matrixError !== null && (
        <div className="xl:col-span-12">
          <ErrorState error={matrixError} retry={retryMatrix} title="Could not read the matrix" />
        </div>
      )}
      <div className="grid min-w-0 xl:col-span-8 wide:col-span-6">
        <TrailCard selected={selected} onSelect={onSelect} />
      </div>
      <div className="grid min-w-0 xl:col-span-4 wide:col-span-3">
        <EditCard selected={selected} onSelect={onSelect} />
      </div>
      {hasFindings && (
        <>
          <div className="grid min-w-0 gap-4 md:grid-cols-2 xl:col-span-8 wide:col-span-3 wide:grid-cols-1">
            <BrokenCard />
            <NeverCard />
          </div>
          <div className="grid min-w-0 xl:col-span-4 wide:order-last wide:col-span-3">
            <FailsCard />
          </div>
        </>
      )}
      <PromptCard className={`xl:col-span-12 ${hasFindings ? 'wide:col-span-6' : ''}`} />
      {hasFindings && (
        <div className="hidden min-w-0 wide:order-last wide:col-span-3 wide:grid">
          <FacetCard />
        </div>
      )}
      <div className="order-last flex flex-wrap items-start gap-x-6 gap-y-2 xl:col-span-12">
        <Tags />
        <Notes />
      </div>
    </div>
  );
}

/** The step that the address names; else the last one. */
function selectedStep(spine: readonly StoryCandidate[], step: number | undefined): StoryCandidate | undefined {
  return spine.find(({ iteration }) => iteration === step) ?? spine.at(-1);
}
