import type { OptimizationIteration } from '../../../../../src/schemas/iteration.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { FilterChip } from '../../../components/FilterChip.js';
import { Segmented } from '../../../components/Segmented.js';
import { EmptyState } from '../../../components/States.js';
import { programText, promptPairs } from '../../../model/prompt.js';
import { scaleOf } from '../../../story/scale.js';
import { IterationPicker, nameOf } from '../IterationPicker.js';
import { useTold } from '../story.js';
import { type RunData, shownIteration, useRun, useView } from '../useRun.js';
import { PromptPairView } from './PromptPairView.js';
import { StructureCard } from './StructureCard.js';

/** Two prompts of the run held against each other: the baseline, the parent, or any other. */
export function PromptDiff() {
  const data = useRun();
  const { run } = data;
  const { story } = useTold();
  const [{ of, against = 'baseline', layout = 'inline' }, change] = useView();
  const after = shownIteration(data, of);
  if (after === undefined) return <EmptyState title="No prompts were recorded" />;
  const before = counterpart(data, after, against);
  const kind = against === 'baseline' || against === 'parent' ? against : 'other';
  const pairs = promptPairs(before?.program ?? null, after.program);
  const scale = scaleOf(run);
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <IterationPicker
          label="Prompt of"
          value={after.iteration}
          offers={hasProgram}
          onChange={(iteration) => change({ of: iteration })}
        />
        <fieldset className="flex flex-wrap items-center gap-1.5">
          <legend className="sr-only">Held against</legend>
          <span className="mr-1 text-muted text-xs">against</span>
          <FilterChip isOn={kind === 'baseline'} onClick={() => change({ against: undefined })}>
            Baseline
          </FilterChip>
          <FilterChip isOn={kind === 'parent'} onClick={() => change({ against: 'parent' })}>
            Parent
          </FilterChip>
          <IterationPicker
            label="or"
            value={before?.iteration}
            offers={hasProgram}
            onChange={(iteration) => change({ against: String(iteration) })}
          />
        </fieldset>
        <Segmented
          label="Layout"
          choices={[
            { id: 'inline', label: 'Inline' },
            { id: 'side', label: 'Side by side' },
          ]}
          value={layout}
          onChange={(next) => change({ layout: next === 'side' ? 'side' : undefined })}
        />
        <span className="flex-1" />
        <CopyButton label="Copy" text={() => programText(after.program).text} />
        <CopyButton label="Copy JSON" text={() => JSON.stringify(after.program, null, 2)} />
      </div>
      <p className="text-muted" data-testid="prompt-verdict">
        {before === undefined
          ? whyAlone(after, kind)
          : `${nameOf(before, run.bestIteration, scale)} → ${nameOf(after, run.bestIteration, scale)}`}
      </p>
      {after.program === null && <p className="panel p-4 text-muted">The program of iteration {after.iteration} was not recorded.</p>}
      {pairs.map((pair) => (
        <PromptPairView key={pair.title} pair={pair} layout={layout} isAlone={before === undefined} isOnly={pairs.length === 1} />
      ))}
      {before !== undefined && <StructureCard before={before.program} after={after.program} spine={story.spine} />}
    </div>
  );
}

const hasProgram = ({ program }: OptimizationIteration) => program !== null;

function counterpart({ iterations, byNumber }: RunData, after: OptimizationIteration, against: string): OptimizationIteration | undefined {
  if (against === 'parent') {
    // An evaluation of the same program is no parent: the program that it was made of is.
    let parent = byNumber.get(after.parentIterations[0] ?? -1);
    while (parent?.programHash && parent.programHash === after.programHash && parent.parentIterations[0] !== undefined) {
      const next = byNumber.get(parent.parentIterations[0]);
      if (next === undefined || next.iteration >= parent.iteration) break;
      parent = next;
    }
    return parent;
  }
  const other = against === 'baseline' ? iterations.find(({ isBaseline }) => isBaseline) : byNumber.get(Number(against));
  return other?.iteration === after.iteration ? undefined : other;
}

function whyAlone(after: OptimizationIteration, kind: 'baseline' | 'parent' | 'other'): string {
  if (after.isBaseline && kind !== 'other') return 'This is the seed prompt: there is nothing before it.';
  if (kind === 'baseline') return 'No baseline was recorded; the prompt stands alone.';
  return kind === 'parent' ? 'It has no recorded parent; the prompt stands alone.' : 'The prompt stands alone.';
}
