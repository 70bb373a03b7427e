import { useMemo, useState } from 'react';
import { Icon } from '../../../components/Icon.js';
import { readableParts } from '../../../model/prompt.js';
import { BlameView } from '../../../program/BlameView.js';
import { PlainText } from '../../../program/PlainText.js';
import { blameSheet } from '../../../story/blame-lines.js';
import { words } from '../../../strings.js';
import { Card } from '../Card.js';
import { useTold } from '../story.js';
import { useView } from '../useRun.js';

/** Lines and characters of the prompt that stand on the overview. */
const LINES = 24;
const SHOWN = 4_000;

/** The winner's prompt in blame colours; as plain text if its lineage is unknown. */
export function PromptCard({ className = '' }: { className?: string }) {
  const { story } = useTold();
  const sheet = useBlame();
  const [, change] = useView();
  const [picked, setPicked] = useState<number>();
  const { winner } = story;
  if (winner === null) {
    return (
      <Card title="No best prompt yet" className={className}>
        <p className="px-4 pb-4 text-muted">
          Only a completed full evaluation that was not rejected can be the best. A minibatch decides nothing.
        </p>
      </Card>
    );
  }
  const isBlamed = sheet !== null && sheet.edits.length > 0;
  return (
    <Card
      title={isBlamed ? words.blame.title : winner.isBaseline ? 'The winning prompt: the original' : 'The winning prompt'}
      className={className}
      aside={isBlamed && <span className="text-muted">{words.blame.sub(story.unit)}</span>}
      foot={
        <button
          type="button"
          className="inline-flex items-center gap-1 rounded-sm hover:text-ink"
          onClick={() => change({ tab: 'prompts', as: undefined, of: undefined, against: undefined })}
        >
          Replay, diff and all parts <Icon name="arrowRight" />
        </button>
      }
    >
      <div className="mt-1 max-h-[36rem] overflow-auto pb-3">
        {isBlamed ? <BlameView sheet={sheet} picked={picked} onPick={setPicked} most={LINES} /> : <Plain program={winner.program} />}
      </div>
    </Card>
  );
}

function Plain({ program }: { program: unknown }) {
  const parts = readableParts(program);
  if (parts.length === 0) return <p className="px-4 text-muted">Its program was not recorded.</p>;
  return (
    <div className="px-4 font-mono text-xs">
      {parts.map(({ title, text }) => (
        <div key={title} className="mb-3">
          {parts.length > 1 && <h3 className="mb-1 font-medium font-sans text-muted">{title}</h3>}
          <PlainText text={text} shown={SHOWN} />
        </div>
      ))}
    </div>
  );
}

/** The blame of the winner's prompt; null while it is read, and if there is none. */
export function useBlame() {
  const { blame, story } = useTold();
  return useMemo(
    () => (blame === undefined ? null : blameSheet(blame, (iteration) => story.candidateOf.get(iteration)?.iteration ?? iteration)),
    [blame, story],
  );
}
