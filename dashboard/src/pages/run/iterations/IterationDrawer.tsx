import { useEffect, useEffectEvent, useRef } from 'react';
import type { OptimizationIteration } from '../../../../../src/schemas/iteration.js';
import { Button, IconButton } from '../../../components/Button.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { Compact, Cost, Duration, Time } from '../../../components/Figures.js';
import { useShortcut } from '../../../keyboard/registry.js';
import { gainOver } from '../../../model/progress.js';
import { programText, readableParts } from '../../../model/prompt.js';
import { PlainText } from '../../../program/PlainText.js';
import { gainWords, scaleOf, scoreWords } from '../../../story/scale.js';
import { IterationLink } from '../IterationLink.js';
import { JsonTree } from '../JsonTree.js';
import { useRun, useView } from '../useRun.js';
import { DecisionBadge, RoleBadges, StateBadge } from './IterationBadges.js';

/** The iteration that is open, beside whatever view it was opened from. */
export function IterationDrawer() {
  const { byNumber } = useRun();
  const [{ iteration: open }] = useView();
  return open === undefined ? null : <Drawer number={open} iteration={byNumber.get(open)} />;
}

function Drawer({ number, iteration }: { number: number; iteration: OptimizationIteration | undefined }) {
  const { run, iterations } = useRun();
  const [, change] = useView();
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<Element | null>(null);
  const close = () => change({ iteration: undefined });
  const walk = (by: 1 | -1) => {
    const at = iterations.findIndex((each) => each.iteration === number);
    const next = iterations[at + by];
    if (next !== undefined) change({ iteration: next.iteration }, { replace: true });
  };
  useShortcut({ key: 'Escape', does: 'Close the iteration', group: 'Iteration' }, close);
  useShortcut({ key: ']', does: 'Next iteration', group: 'Iteration' }, () => walk(1));
  useShortcut({ key: '[', does: 'Previous iteration', group: 'Iteration' }, () => walk(-1));
  useFocusWhileOpen(heading, opener);
  return (
    <aside
      aria-labelledby="iteration-heading"
      className="fixed inset-y-0 right-0 z-30 flex w-full max-w-2xl flex-col bg-surface shadow-pop"
    >
      <header className="flex flex-wrap items-center gap-2 border-line border-b py-2 pr-2 pl-4">
        <h2 id="iteration-heading" ref={heading} tabIndex={-1} className="numeric mr-1 px-1 font-semibold text-lg">
          Iteration {number}
        </h2>
        {iteration !== undefined && (
          <>
            <span className="text-muted">{iteration.evalKind}</span>
            <DecisionBadge decision={iteration.decision} />
            <StateBadge status={iteration.status} />
            <RoleBadges {...iteration} best={run.bestIteration} />
          </>
        )}
        <span className="flex-1" />
        <IconButton label="Previous iteration" icon="arrowUp" onClick={() => walk(-1)} />
        <IconButton label="Next iteration" icon="arrowDown" onClick={() => walk(1)} />
        <IconButton label="Close" icon="close" onClick={close} />
      </header>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={`Iteration ${number}, details`}
        className="grid min-h-0 flex-1 content-start gap-5 overflow-auto p-4 focus-visible:outline-offset-[-2px]"
      >
        {iteration === undefined ? (
          <p className="text-muted">This run has no iteration {number}. It may not be recorded yet.</p>
        ) : (
          <IterationDetails iteration={iteration} />
        )}
      </section>
    </aside>
  );
}

/** The drawer takes the focus when it opens, and gives it back to what opened it. */
function useFocusWhileOpen(heading: React.RefObject<HTMLElement | null>, opener: React.RefObject<Element | null>): void {
  const giveBack = useEffectEvent(() => {
    if (opener.current instanceof HTMLElement && opener.current.isConnected) opener.current.focus({ preventScroll: true });
  });
  useEffect(() => {
    opener.current = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    return () => giveBack();
  }, [heading, opener]);
}

function IterationDetails({ iteration }: { iteration: OptimizationIteration }) {
  const { run } = useRun();
  const [, change] = useView();
  const scale = scaleOf(run);
  const { iteration: number, score, evalKind, scores, parentIterations } = iteration;
  const gain = score === null || run.initialScore === null || evalKind !== 'full' ? null : gainOver(run.initialScore, score, run.direction);
  const facts = [
    { name: 'Score', value: scoreWords(scale, score) },
    { name: 'Against the baseline', value: gain === null ? '–' : gainWords(scale, scale.sign * gain) },
    { name: 'Cost', value: <Cost value={iteration.costUsd} /> },
    { name: 'Tokens', value: <Compact value={iteration.totalTokens} /> },
    { name: 'Duration', value: <Duration value={iteration.durationMs} /> },
    { name: 'Recorded', value: <Time value={iteration.createdAt} /> },
  ];
  return (
    <>
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt className="text-muted text-xs">{name}</dt>
            <dd className="font-medium text-base">{value}</dd>
          </div>
        ))}
      </dl>
      {iteration.errorMessage !== null && (
        <div className="rounded-lg bg-broke-soft px-3 py-2 font-mono text-broke text-xs">
          <PlainText text={iteration.errorMessage} shown={5_000} />
        </div>
      )}
      {iteration.decisionReason !== null && (
        <Part title={iteration.decision === null ? 'Reason' : `Why it was ${iteration.decision}`}>
          <PlainText text={iteration.decisionReason} shown={5_000} />
        </Part>
      )}
      {parentIterations.length > 0 && (
        <Part title={parentIterations.length > 1 ? 'Merged from' : 'Made from'}>
          <p className="flex flex-wrap gap-2">
            {parentIterations.map((parent) => (
              <IterationLink key={parent} iteration={parent} />
            ))}
          </p>
        </Part>
      )}
      <div className="flex flex-wrap gap-2">
        <Button
          icon="compare"
          onClick={() =>
            change({
              tab: 'prompts',
              as: 'diff',
              of: number,
              against: parentIterations.length > 0 ? 'parent' : undefined,
              iteration: undefined,
            })
          }
        >
          What changed in the prompt
        </Button>
        <Button icon="table" onClick={() => change({ tab: 'samples', of: number, sample: undefined, iteration: undefined })}>
          Its answers
        </Button>
      </div>
      {scores !== null && (
        <Part title="Objectives">
          <JsonTree value={scores} />
        </Part>
      )}
      {Object.keys(iteration.params).length > 0 && (
        <Part title="Parameters">
          <JsonTree value={iteration.params} />
        </Part>
      )}
      <Prompts iteration={iteration} />
      {Object.keys(iteration.metadata).length > 0 && (
        <Part title="Metadata">
          <JsonTree value={iteration.metadata} />
        </Part>
      )}
    </>
  );
}

function Prompts({ iteration: { program } }: { iteration: OptimizationIteration }) {
  const parts = readableParts(program);
  return (
    <Part
      title={parts.length > 1 ? 'Prompts' : 'Prompt'}
      action={parts.length > 0 && <CopyButton small label="Copy the prompt" text={() => programText(program).text} />}
    >
      {parts.length === 0 && <p className="text-muted">Its program was not recorded.</p>}
      {parts.map(({ title, text }) => (
        <div key={title} className="mb-3 rounded-md bg-sunk p-3 font-mono text-xs">
          {parts.length > 1 && <h4 className="plain-text mb-1 font-medium font-sans text-muted">{title}</h4>}
          <PlainText text={text} shown={10_000} />
        </div>
      ))}
    </Part>
  );
}

function Part({ title, action, children }: { title: string; action?: React.ReactNode; children: React.ReactNode }) {
  return (
    <section className="min-w-0">
      <div className="mb-1 flex items-center justify-between gap-2">
        <h3 className="font-semibold text-muted text-xs">{title}</h3>
        {action}
      </div>
      {children}
    </section>
  );
}
