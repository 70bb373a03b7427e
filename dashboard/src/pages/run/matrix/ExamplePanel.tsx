import { Button, IconButton } from '../../../components/Button.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { useShortcut } from '../../../keyboard/registry.js';
import { OutcomeCell } from '../../../marks/OutcomeCell.js';
import { programText } from '../../../model/prompt.js';
import { LineDiff, useLineDiff } from '../../../program/LineDiff.js';
import { lostAt, type Outcome, outcomeOf, parentOf, storyGroupOf } from '../../../story/outcome.js';
import type { Story, StoryCandidate } from '../../../story/story.js';
import { words } from '../../../strings.js';
import { JsonTree } from '../JsonTree.js';
import { ValueView } from '../samples/ValueView.js';
import { useAnswers, useTold } from '../story.js';
import { useView } from '../useRun.js';
import { GROUP_WORDS } from './group-words.js';

/** One example over all candidates: its input, each answer that changed something, and the edit that lost it. Its address is the page's. */
export function ExamplePanel({ exampleKey, className = '' }: { exampleKey: string; className?: string }) {
  const { story, answers } = useTold();
  const [{ iteration: open }, change] = useView();
  const index = story.examples.findIndex(({ key }) => key === exampleKey);
  const example = story.examples[index];
  const close = () => change({ example: undefined });
  useShortcut({ key: 'Escape', does: 'Close the example', group: 'Example' }, close, open === undefined);
  if (example === undefined) {
    return (
      <section aria-label="Example" className={`panel p-4 ${className}`}>
        <p className="text-muted">The run has no such example.</p>
        <Button onClick={close}>Close</Button>
      </section>
    );
  }
  const sample = answers.winner.get(exampleKey) ?? answers.baseline.get(exampleKey);
  const outcomes = story.candidates.map((candidate) => outcomeOf(story, candidate, parentOf(story, candidate), index));
  const lost = lostAt(story, index);
  const group = storyGroupOf(story, index);
  const title = group === 'broken' && lost !== undefined ? `Broken by #${lost.iteration}` : GROUP_WORDS[group];
  return (
    <section aria-label={`Example ${example.label}`} className={`panel min-w-0 ${className}`}>
      <header className="flex flex-wrap items-center gap-2 px-4 pt-3 pb-1">
        <h2 className="plain-text min-w-0 truncate font-semibold">{example.label}</h2>
        <span className={`text-xs ${group === 'broken' ? 'font-semibold text-broke' : 'text-muted'}`}>{title.split(':')[0]}</span>
        <span className="ml-auto flex">
          <CopyButton small label="Copy the link to this example" text={() => window.location.href} />
          <IconButton label="Close" icon="close" onClick={close} />
        </span>
      </header>
      <div className="grid gap-3 px-4 pb-4">
        {sample !== undefined && (
          <div className="text-base">
            <ValueView value={sample.input} isText />
          </div>
        )}
        {sample?.expectedOutput !== undefined && sample.expectedOutput !== null && (
          <p className="flex min-w-0 gap-2">
            <span className="text-muted">Expected</span> <ValueView value={sample.expectedOutput} />
          </p>
        )}
      </div>
      <div className="border-line border-t px-4 py-3.5">
        <h3 className="mb-2.5 font-semibold">
          {words.plural(story.candidates.length, 'candidate')}{' '}
          <span className="font-normal text-muted">{historyOf(story, outcomes, lost)}</span>
        </h3>
        <ol
          className="grid gap-x-0.5 gap-y-2"
          style={{ gridTemplateColumns: `repeat(${Math.min(16, story.candidates.length)}, minmax(0, 1fr))` }}
          aria-label="Outcomes"
        >
          {story.candidates.map((candidate, place) => (
            <li key={candidate.iteration} className="grid gap-0.5 text-center">
              <button
                type="button"
                aria-label={`#${candidate.iteration}: ${words.outcome[outcomes[place] ?? 'none']}`}
                onClick={() => change({ iteration: candidate.iteration })}
              >
                <OutcomeCell outcome={outcomes[place] ?? 'none'} className="h-7 w-full" />
              </button>
              <span aria-hidden="true" className={`text-2xs ${story.spine.includes(candidate) ? 'font-semibold text-ink' : 'text-faint'}`}>
                {candidate.iteration}
              </span>
            </li>
          ))}
        </ol>
      </div>
      <TurningPoints story={story} index={index} exampleKey={exampleKey} />
      {lost !== undefined && <LostBy story={story} lost={lost} />}
    </section>
  );
}

function historyOf(story: Story, outcomes: readonly Outcome[], lost: StoryCandidate | undefined): string {
  const right = outcomes.filter((outcome) => outcome === 'right' || outcome === 'fixed').length;
  const first = story.candidates[outcomes.findIndex((outcome) => outcome === 'right' || outcome === 'fixed')];
  if (right === 0) return 'right for none';
  const solved = first === undefined || first.isBaseline ? '' : `; first solved by #${first.iteration}`;
  return `right for ${right}${solved}${lost === undefined ? '' : `; lost at #${lost.iteration}`}`;
}

/** Answers that are told at most: the seed's, each that flipped, and the winner's. */
const MOST_ANSWERS = 5;

function TurningPoints({ story, index, exampleKey }: { story: Story; index: number; exampleKey: string }) {
  const flips = story.spine.filter((candidate, place) => {
    const parent = story.spine[place - 1];
    return (
      parent === undefined ||
      place === story.spine.length - 1 ||
      ['fixed', 'broke', 'error'].includes(outcomeOf(story, candidate, parent, index))
    );
  });
  const shown = flips.length > MOST_ANSWERS ? [...flips.slice(0, MOST_ANSWERS - 1), flips.at(-1) as StoryCandidate] : flips;
  return (
    <ul aria-label="Answers" className="px-4">
      {shown.map((candidate) => (
        <li key={candidate.iteration} className="border-line border-t py-2.5">
          <Answer story={story} candidate={candidate} index={index} exampleKey={exampleKey} />
        </li>
      ))}
    </ul>
  );
}

function Answer({ story, candidate, index, exampleKey }: { story: Story; candidate: StoryCandidate; index: number; exampleKey: string }) {
  const [, change] = useView();
  const sample = useAnswers(candidate.iteration).get(exampleKey);
  const outcome = outcomeOf(story, candidate, undefined, index);
  return (
    <div className="grid grid-cols-[3rem_minmax(0,1fr)] gap-x-3">
      <button
        type="button"
        onClick={() => change({ iteration: candidate.iteration })}
        className="self-start rounded-sm text-left font-semibold hover:underline"
      >
        #{candidate.iteration}
      </button>
      <div className="grid min-w-0 gap-1">
        <div className={`flex min-w-0 flex-wrap items-baseline gap-x-2 ${outcome === 'right' ? 'text-fixed' : 'text-broke'}`}>
          {sample !== undefined &&
            (sample.errorMessage === null ? <ValueView value={sample.predictedOutput} /> : <ValueView value={sample.errorMessage} />)}
          <span className="text-muted text-xs">{words.outcome[outcome]}</span>
        </div>
        {sample?.feedback && (
          <div className="line-clamp-4 text-muted text-xs">
            <ValueView value={sample.feedback} isText />
          </div>
        )}
        {sample?.scores && <JsonTree value={sample.scores} />}
      </div>
    </div>
  );
}

function LostBy({ story, lost }: { story: Story; lost: StoryCandidate }) {
  const parent = parentOf(story, lost);
  const lines = useLineDiff(programText(parent?.program).text, programText(lost.program).text, 0);
  if (parent === undefined || lines === null || lost.program === null) return null;
  return (
    <div className="grid gap-2 border-line border-t px-4 py-3.5">
      <h3 className="text-muted text-xs">The edit that lost it</h3>
      <LineDiff lines={lines} most={10} label="The edit that lost it" />
    </div>
  );
}
