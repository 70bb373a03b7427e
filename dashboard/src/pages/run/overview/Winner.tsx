import { Button } from '../../../components/Button.js';
import { Score } from '../../../components/Figures.js';
import { readableParts } from '../../../model/prompt.js';
import { PlainText } from '../../../program/PlainText.js';
import { IterationLink } from '../IterationLink.js';
import { useRun, useView } from '../useRun.js';

/** Characters of the prompt that stand on the overview. */
const SHOWN = 4_000;

/** The best prompt so far. */
export function Winner() {
  const { run, byNumber } = useRun();
  const [, change] = useView();
  const best = run.bestIteration === null ? undefined : byNumber.get(run.bestIteration);
  if (best === undefined) {
    return (
      <section className="panel p-4" aria-label="Best prompt">
        <h2 className="font-semibold text-base">No best prompt yet</h2>
        <p className="mt-1 text-muted">
          Only a completed full evaluation that was not rejected can be the best; a minibatch decides nothing.
        </p>
      </section>
    );
  }
  const parts = readableParts(best.program);
  return (
    <section className="panel flex min-w-0 flex-col" aria-label="Best prompt">
      <header className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3 pb-2">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold text-base">{best.isBaseline ? 'Best prompt: the original' : 'Best prompt'}</h2>
          <p className="text-muted text-xs">
            Iteration <IterationLink iteration={best.iteration} />, score <Score value={best.score} />
            {run.bestDeclared && ', as the caller declared'}
          </p>
        </div>
        {parts.length > 0 && <Button onClick={() => change({ tab: 'prompts', of: undefined, against: 'baseline' })}>What changed</Button>}
      </header>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Its text"
        className="max-h-[max(20rem,40vh)] min-h-0 flex-1 overflow-auto px-4 pb-4 font-mono text-xs"
      >
        {parts.length === 0 && <p className="font-sans text-muted">Its program was not recorded.</p>}
        {parts.map(({ title, text }) => (
          <div key={title} className="mb-3">
            {parts.length > 1 && <h3 className="mb-1 font-sans font-medium text-muted">{title}</h3>}
            <PlainText text={text} shown={SHOWN} />
          </div>
        ))}
      </section>
    </section>
  );
}
