import type { OptimizationIteration } from '../../../../../src/schemas/iteration.js';
import { Button } from '../../../components/Button.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { EmptyState } from '../../../components/States.js';
import { programText, promptPairs } from '../../../model/prompt.js';
import { IterationPicker, nameOf } from '../IterationPicker.js';
import { type RunData, shownIteration, useRun, useView } from '../useRun.js';
import { PromptPairView } from './PromptPairView.js';

/** A prompt of the run, held against the baseline, its parent, or any other. */
export function PromptsTab() {
  const data = useRun();
  const { run, iterations } = data;
  const [{ of, against = 'baseline', layout = 'inline' }, change] = useView();
  const after = shownIteration(data, of);
  if (after === undefined || !iterations.some(hasProgram)) {
    return (
      <EmptyState title="No prompts were recorded">Pass `program` with each iteration, and they can be read and compared here.</EmptyState>
    );
  }
  const before = counterpart(data, after, against);
  const kind = against === 'baseline' || against === 'parent' ? against : 'other';
  const pairs = promptPairs(before?.program ?? null, after.program);
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <IterationPicker
          label="Prompt of"
          value={after.iteration}
          offers={hasProgram}
          onChange={(iteration) => change({ of: iteration })}
        />
        <fieldset className="flex flex-wrap items-center gap-1">
          <legend className="sr-only">Held against</legend>
          <span className="mr-1 text-muted text-xs">against</span>
          <Button
            aria-pressed={kind === 'baseline'}
            look={kind === 'baseline' ? 'primary' : 'plain'}
            onClick={() => change({ against: undefined })}
          >
            Baseline
          </Button>
          <Button
            aria-pressed={kind === 'parent'}
            look={kind === 'parent' ? 'primary' : 'plain'}
            onClick={() => change({ against: 'parent' })}
          >
            Parent
          </Button>
          <IterationPicker
            label="or"
            value={before?.iteration}
            offers={hasProgram}
            onChange={(iteration) => change({ against: String(iteration) })}
          />
        </fieldset>
        <fieldset className="flex items-center gap-1">
          <legend className="sr-only">Layout</legend>
          <Button
            aria-pressed={layout === 'inline'}
            look={layout === 'inline' ? 'primary' : 'plain'}
            onClick={() => change({ layout: undefined })}
          >
            Inline
          </Button>
          <Button
            aria-pressed={layout === 'side'}
            look={layout === 'side' ? 'primary' : 'plain'}
            onClick={() => change({ layout: 'side' })}
          >
            Side by side
          </Button>
        </fieldset>
        <span className="flex-1" />
        <CopyButton label="Copy" text={() => programText(after.program).text} />
        <CopyButton label="Copy JSON" text={() => JSON.stringify(after.program, null, 2)} />
      </div>
      <p className="text-muted" data-testid="prompt-verdict">
        {before === undefined ? whyAlone(after, kind) : `${nameOf(before, run.bestIteration)} → ${nameOf(after, run.bestIteration)}`}
      </p>
      {after.program === null && <p className="panel p-4 text-muted">The program of iteration {after.iteration} was not recorded.</p>}
      {pairs.map((pair) => (
        <PromptPairView key={pair.title} pair={pair} layout={layout} isAlone={before === undefined} isOnly={pairs.length === 1} />
      ))}
    </div>
  );
}

const hasProgram = ({ program }: OptimizationIteration) => program !== null;

function counterpart({ iterations, byNumber }: RunData, after: OptimizationIteration, against: string): OptimizationIteration | undefined {
  if (against === 'parent') {
    // An evaluation of the same program is no parent: what it was made of is.
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
  if (after.isBaseline && kind !== 'other') return 'This is the original: there is nothing before it.';
  if (kind === 'baseline') return 'No baseline was recorded; the prompt stands alone.';
  return kind === 'parent' ? 'It has no recorded parent; the prompt stands alone.' : 'The prompt stands alone.';
}
