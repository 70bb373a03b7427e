import type { TrustWord } from '../../../../../src/schemas/trust.js';
import { IconButton } from '../../../components/Button.js';
import { Icon } from '../../../components/Icon.js';
import { VerdictChip } from '../../../components/VerdictChip.js';
import { valueText } from '../../../format/values.js';
import { FixedBroke } from '../../../marks/FixedBroke.js';
import { programText } from '../../../model/prompt.js';
import { LineDiff, useLineDiff } from '../../../program/LineDiff.js';
import { type Outcome, outcomesOf, parentOf, tallyOf } from '../../../story/outcome.js';
import { scoreWords } from '../../../story/scale.js';
import type { Story, StoryCandidate } from '../../../story/story.js';
import { words } from '../../../strings.js';
import { Card } from '../Card.js';
import { type Told, useTold } from '../story.js';
import { useView } from '../useRun.js';

interface EditCardProps {
  selected: StoryCandidate | undefined;
  onSelect: (candidate: StoryCandidate) => void;
}

/** What one step of the trail changed in the prompt, and what it fixed and broke. */
export function EditCard({ selected, onSelect }: EditCardProps) {
  const { story } = useTold();
  const [, change] = useView();
  const at = selected === undefined ? -1 : story.spine.indexOf(selected);
  const parent = selected === undefined ? undefined : parentOf(story, selected);
  if (selected === undefined || at < 1 || parent === undefined) return <SeedCard story={story} />;
  const steps = story.spine.length - 1;
  const walk = (by: number) => {
    const next = story.spine[at + by];
    if (next !== undefined) onSelect(next);
  };
  return (
    <Card
      title={words.edit.title(selected.iteration)}
      aside={
        <>
          <span className="text-faint text-xs">{words.edit.step(at, steps)}</span>
          <IconButton label="Step before" icon="chevronLeft" disabled={at <= 1} onClick={() => walk(-1)} className="h-7! w-7!" />
          <IconButton label="Step after" icon="chevronRight" disabled={at >= steps} onClick={() => walk(1)} className="h-7! w-7!" />
        </>
      }
      foot={
        <button
          type="button"
          className="inline-flex items-center gap-1 rounded-sm hover:text-ink"
          onClick={() => change({ tab: 'prompts', as: 'diff', of: selected.iteration, against: String(parent.iteration) })}
        >
          {words.edit.all(story.examples.length)} <Icon name="arrowRight" />
        </button>
      }
    >
      <EditBody selected={selected} parent={parent} most={9} />
    </Card>
  );
}

/** Score, fixed and broke, the diff, the reflection and the examples of a candidate against its parent. */
export function EditBody({ selected, parent, most }: { selected: StoryCandidate; parent: StoryCandidate; most?: number }) {
  const { story, edits, answers } = useTold();
  const tally = tallyOf(story, selected, parent);
  const evidence = edits?.edits.find(({ iteration }) => selected.iterations.includes(iteration))?.full;
  const lines = useLineDiff(programText(parent.program).text, programText(selected.program).text);
  const reflection = reflectionOf(selected);
  return (
    <div className="grid grid-cols-1 gap-3 px-4 pt-1 pb-3.5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <span className="inline-flex items-center gap-1 font-semibold text-lg">
          {scoreWords(story.scale, parent.score)}
          <Icon name="arrowRight" className="text-faint" />
          {scoreWords(story.scale, selected.score)}
        </span>
        {tally.n > 0 && <FixedBroke {...tally} />}
        {evidence && (
          <span className="ml-auto">
            <EditChip word={evidence.word} />
          </span>
        )}
      </p>
      {selected.program === null || parent.program === null ? (
        <p className="text-muted">The programs were not recorded.</p>
      ) : (
        lines && <LineDiff label="What changed in the prompt" lines={lines} {...(most === undefined ? {} : { most })} />
      )}
      {reflection !== null && (
        <blockquote className="line-clamp-4 border-edge border-l-2 pl-3 text-muted">
          “{reflection}” <span className="text-faint">{words.edit.reflection}</span>
        </blockquote>
      )}
      <Flips story={story} selected={selected} parent={parent} answers={answers} />
    </div>
  );
}

/** An edit alone is seldom certain, however the run came out. */
function EditChip({ word }: { word: TrustWord }) {
  if (word === 'real' || word === 'likely' || word === 'worse') return <VerdictChip word={word} />;
  return <VerdictChip word="not distinguishable">{words.edit.notAlone}</VerdictChip>;
}

/** What the optimizer wrote about the edit, if it did. */
export function reflectionOf({ row }: StoryCandidate): string | null {
  const { reflection } = row.metadata;
  if (typeof reflection === 'string' && reflection.trim() !== '') return reflection.trim().slice(0, 600);
  return null;
}

const MARKS: Partial<Record<Outcome, string>> = { fixed: 'bg-fixed-fill', broke: 'bg-broke-fill', error: 'bg-broke-fill' };

interface FlipsProps {
  story: Story;
  selected: StoryCandidate;
  parent: StoryCandidate;
  answers: Told['answers'];
  most?: number;
}

/** The examples that an edit fixed and broke. */
function Flips({ story, selected, parent, answers, most = 5 }: FlipsProps) {
  const [, change] = useView();
  const flips = outcomesOf(story, selected, parent)
    .map((outcome, index) => ({ outcome, example: story.examples[index] }))
    .filter(({ outcome }) => MARKS[outcome] !== undefined)
    .sort((a, b) => Number(a.outcome !== 'fixed') - Number(b.outcome !== 'fixed'));
  if (flips.length === 0) return null;
  const broke = flips.filter(({ outcome }) => outcome !== 'fixed');
  const fixed = flips.filter(({ outcome }) => outcome === 'fixed');
  const shown = [...fixed.slice(0, Math.max(1, most - Math.min(2, broke.length))), ...broke].slice(0, most);
  return (
    <ul aria-label="Newly right and newly wrong" className="grid grid-cols-1 gap-2">
      {shown.map(({ outcome, example }) => (
        <li key={example?.key}>
          <button
            type="button"
            onClick={() => change({ tab: 'matrix', example: example?.key })}
            className="flex w-full items-center gap-2.5 rounded-sm text-left text-xs hover:underline"
          >
            <span aria-hidden="true" className={`size-[9px] shrink-0 rounded-xs ${MARKS[outcome] ?? ''}`} />
            <span className="sr-only">{outcome === 'fixed' ? words.outcome.fixed : words.outcome.broke}: </span>
            <span className="plain-text min-w-0 truncate">{exampleText(story, answers, example?.key)}</span>
          </button>
        </li>
      ))}
      {flips.length > shown.length && <li className="text-faint text-xs">{flips.length - shown.length} more</li>}
    </ul>
  );
}

/** An example by its input; by its label while the input is being read. */
export function exampleText({ examples }: Story, { winner, baseline }: Told['answers'], key: string | undefined): string {
  const sample = key === undefined ? undefined : (winner.get(key) ?? baseline.get(key));
  const text = sample === undefined ? '' : valueText(sample.input);
  return text === '' ? (examples.find((example) => example.key === key)?.label ?? '') : text.slice(0, 300).toWellFormed();
}

function SeedCard({ story }: { story: Story }) {
  const text =
    story.spine.length > 1 ? 'This is the seed prompt. Choose a step of the trail to see its edit.' : 'The winner has no recorded parent.';
  return (
    <Card title={story.winner?.isBaseline ? 'The original stays' : 'The seed prompt'}>
      <p className="px-4 pb-4 text-muted">{text}</p>
    </Card>
  );
}
