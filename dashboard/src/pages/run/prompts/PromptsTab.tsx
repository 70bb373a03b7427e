import { useState } from 'react';
import { CopyButton } from '../../../components/CopyButton.js';
import { Segmented } from '../../../components/Segmented.js';
import { EmptyState } from '../../../components/States.js';
import { programText, readableParts } from '../../../model/prompt.js';
import { BlameView } from '../../../program/BlameView.js';
import { PlainText } from '../../../program/PlainText.js';
import type { StoryCandidate } from '../../../story/story.js';
import { words } from '../../../strings.js';
import { editColor } from '../../../theme/colors.js';
import { Card } from '../Card.js';
import { useBlame } from '../overview/PromptCard.js';
import { useTold } from '../story.js';
import { useRun, useView } from '../useRun.js';
import { EditsPanel } from './EditsPanel.js';
import { PromptDiff } from './PromptDiff.js';
import { Replay } from './Replay.js';
import { StructureCard } from './StructureCard.js';

type Mode = 'blame' | 'diff' | 'plain';

/** The mode that was asked for; else blame or the plain line, and the diff for an iteration beside the line. */
function modeOf(as: string | undefined, isWinner: boolean, hasBlame: boolean, hasLine: boolean): Mode {
  if (as === 'diff' || as === 'plain') return as;
  if (!isWinner) return 'diff';
  return hasBlame ? 'blame' : hasLine ? 'plain' : 'diff';
}

/** The winner's prompt with who wrote what, any two prompts held against each other, or one as it is. */
export function PromptsTab() {
  const { iterations } = useRun();
  const { story } = useTold();
  const [{ as, of, step }, change] = useView();
  const sheet = useBlame();
  const hasBlame = sheet !== null && sheet.edits.length > 0;
  const mode = modeOf(as, of === undefined, hasBlame, story.spine.length > 1);
  if (!iterations.some(({ program }) => program !== null)) {
    return (
      <EmptyState title="No prompts were recorded">Pass `program` with each iteration, and they can be read and compared here.</EmptyState>
    );
  }
  const choices: readonly { id: Mode; label: string }[] = [
    ...(hasBlame ? [{ id: 'blame' as const, label: 'Blame' }] : []),
    { id: 'diff', label: 'Diff' },
    { id: 'plain', label: 'Plain' },
  ];
  const selected = story.spine.find(({ iteration }) => iteration === step) ?? story.winner ?? undefined;
  const colorOf = (iteration: number) =>
    hasBlame && sheet.edits.includes(iteration) ? sheet.colorOf(iteration) : spineColor(story.spine, iteration);
  const modes = (
    <Segmented
      label="Prompts shown as"
      choices={choices}
      value={mode}
      onChange={(next) =>
        change({ as: next === 'blame' ? undefined : next, ...(next === 'diff' ? {} : { of: undefined, against: undefined }) })
      }
    />
  );
  if (mode === 'diff') {
    return (
      <div className="grid grid-cols-1 gap-4">
        <div>{modes}</div>
        <PromptDiff />
      </div>
    );
  }
  const hasLine = selected !== undefined && story.spine.length > 1;
  return (
    <div className="grid grid-cols-1 gap-4">
      <section aria-label="Replay" className="panel min-w-0">
        <header className="flex flex-wrap items-center gap-2 px-4 pt-3">
          {modes}
          {hasLine && <span className="ml-auto text-muted max-sm:hidden">replay the line that led to the winner; arrow keys step</span>}
        </header>
        {hasLine ? (
          <Replay
            story={story}
            selected={selected}
            onSelect={({ iteration }) => change({ step: iteration }, { replace: true })}
            colorOf={colorOf}
          />
        ) : (
          <p className="px-4 pt-1 pb-3 text-muted">{words.blame.unknown}</p>
        )}
      </section>
      <OnTheLine mode={mode} selected={selected} sheet={hasBlame ? sheet : null} colorOf={colorOf} />
    </div>
  );
}

const spineColor = (spine: readonly StoryCandidate[], iteration: number) => {
  const at = spine.findIndex((candidate) => candidate.iteration === iteration);
  return at < 1 ? 'var(--color-edge)' : editColor(at - 1, spine.length - 1);
};

interface OnTheLineProps {
  mode: Mode;
  selected: StoryCandidate | undefined;
  sheet: ReturnType<typeof useBlame>;
  colorOf: (iteration: number) => string;
}

/** The prompt at one stop of the replay; blame is of the winner, so that the other stops are plain. */
function OnTheLine({ mode, selected, sheet, colorOf }: OnTheLineProps) {
  const { story } = useTold();
  const [picked, setPicked] = useState<number>();
  if (selected === undefined) return <EmptyState title="No best prompt yet">Choose Diff to read the prompt of any iteration.</EmptyState>;
  const isBlame = mode === 'blame' && sheet !== null && selected === story.winner;
  const seed = story.spine[0];
  return (
    <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-12">
      <div className="grid min-w-0 gap-4 xl:col-span-8">
        <Card
          title={`Prompt of #${selected.iteration}`}
          sub={isBlame ? 'the colour says which edit wrote it' : ''}
          aside={selected.program !== null && <CopyButton label="Copy" look="ghost" text={() => programText(selected.program).text} />}
        >
          <div className="mt-2 pb-4">
            {isBlame ? (
              <BlameView sheet={sheet} picked={picked} onPick={setPicked} />
            ) : (
              <div className="grid gap-4 px-4 font-mono text-[13px] leading-[21px]">
                {readableParts(selected.program).map(({ title, text }, _, all) => (
                  <section key={title} aria-label={title}>
                    {all.length > 1 && <h3 className="plain-text mb-1 font-medium font-sans text-muted">{title}</h3>}
                    <PlainText text={text} />
                  </section>
                ))}
                {selected.program === null && <p className="font-sans text-muted">Its program was not recorded.</p>}
              </div>
            )}
          </div>
        </Card>
        {seed !== undefined && seed !== selected && <StructureCard before={seed.program} after={selected.program} spine={story.spine} />}
      </div>
      <div className="min-w-0 xl:col-span-4">
        <EditsPanel colorOf={colorOf} picked={picked} onPick={setPicked} />
      </div>
    </div>
  );
}
