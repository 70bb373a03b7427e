import { Button } from '../../../components/Button.js';
import { CopyButton } from '../../../components/CopyButton.js';
import { oneOf } from '../../../format/names.js';
import { compact } from '../../../format/number.js';
import { duration } from '../../../format/time.js';
import { Donut } from '../../../marks/Donut.js';
import { programText } from '../../../model/prompt.js';
import { compareValues, parentOf, type Tally, tallyOf } from '../../../story/outcome.js';
import { scoreWords } from '../../../story/scale.js';
import { spendWords } from '../../../story/spend.js';
import type { Story, StoryCandidate } from '../../../story/story.js';
import { Card } from '../Card.js';
import { Chip } from '../header/Hero.js';
import { EditBody } from '../overview/EditCard.js';
import { useTold } from '../story.js';
import { useView } from '../useRun.js';

/** One candidate: its ring, its edit, what it fixed and broke, and the ones that cannot be told apart from it. */
export function CandidatePanel({ candidate, className = '' }: { candidate: StoryCandidate; className?: string }) {
  const { story, assessment } = useTold();
  const [, change] = useView();
  const parent = parentOf(story, candidate);
  const tally = tallyOf(story, candidate);
  const isWinner = candidate === story.winner;
  return (
    <Card
      className={className}
      title={`#${candidate.iteration}`}
      sub={relationOf(story, candidate)}
      aside={isWinner ? <Chip /> : undefined}
      foot={<Foot candidate={candidate} />}
    >
      <div className="flex items-center gap-5 px-4 py-2">
        <Ring story={story} candidate={candidate} tally={tally} />
        <div className="grid gap-1 text-muted text-xs">
          {parent === undefined && <span className="font-semibold text-ink text-lg">{scoreWords(story.scale, candidate.score)}</span>}
          {factsOf(story, candidate, tally).map((line) => line !== '' && <span key={line}>{line}</span>)}
        </div>
      </div>
      {parent !== undefined && <EditBody selected={candidate} parent={parent} most={12} />}
      <Level story={story} candidate={candidate} level={isWinner ? (assessment?.level ?? []) : []} />
      <div className="px-4 pb-3">
        <Button onClick={() => change({ iteration: candidate.iteration })}>All that was recorded</Button>
      </div>
    </Card>
  );
}

/** What the candidate is, and what it was made of. */
function relationOf(story: Story, candidate: StoryCandidate): string {
  const made = candidate.parents.map((index) => `#${story.candidates[index]?.iteration}`);
  const role = candidate === story.winner ? 'winner' : candidate.isBaseline ? 'seed prompt' : candidate.isRejected ? 'rejected' : '';
  const from = made.length > 1 ? `merge of ${made.join(' and ')}` : made.length === 1 ? `child of ${made[0]}` : '';
  return [role, from].filter(Boolean).join(', ');
}

/** What was spent until it was evaluated, and what one example took. */
function factsOf({ unit }: Story, { spent: { calls, cost }, row }: StoryCandidate, { n }: Tally): string[] {
  const perExample = row.durationMs !== null && n > 0 ? `${duration(row.durationMs / n)} a ${oneOf(unit)}` : '';
  return [
    [cost === null ? '' : `${spendWords('cost', cost)} in`, calls === null ? '' : `call ${calls.toLocaleString('en-US')}`],
    [perExample, row.totalTokens === null ? '' : `${compact(row.totalTokens)} tokens`],
  ].map((line) => line.filter(Boolean).join(', '));
}

/** The ring of all examples with the count of right ones inside. */
function Ring({ story, candidate, tally }: { story: Story; candidate: StoryCandidate; tally: Tally }) {
  const isCounted = tally.n > 0 && story.isBinary;
  return (
    <svg width="108" height="108" aria-hidden="true" className="shrink-0">
      <Donut x={54} y={54} radius={43} width={15} counts={tally} isDetailed={isCounted && tally.n <= 120} />
      <text x="54" y={isCounted ? 57 : 60} textAnchor="middle" className="fill-ink font-semibold text-lg">
        {isCounted ? tally.right + tally.fixed : scoreWords(story.scale, candidate.score)}
      </text>
      {isCounted && (
        <text x="54" y="73" textAnchor="middle" className="fill-muted text-2xs">
          of {tally.n}
        </text>
      )}
    </svg>
  );
}

function Foot({ candidate }: { candidate: StoryCandidate }) {
  const [, change] = useView();
  return (
    <span className="flex flex-wrap gap-2">
      {candidate.program !== null && <CopyButton label="Copy prompt" text={() => programText(candidate.program).text} />}
      <Button onClick={() => change({ tab: 'prompts', as: 'diff', of: candidate.iteration, against: undefined })}>Compare with…</Button>
    </span>
  );
}

interface LevelProps {
  story: Story;
  candidate: StoryCandidate;
  level: readonly { iteration: number; score: number | null }[];
}

/** Candidates that the examples cannot tell apart from the winner, by the verdict. */
function Level({ story, candidate, level }: LevelProps) {
  const [, change] = useView();
  const others = level.flatMap(({ iteration }) => {
    const other = story.candidateOf.get(iteration);
    return other === undefined || other === candidate ? [] : [other];
  });
  if (others.length === 0) return null;
  const differ = (other: StoryCandidate) =>
    story.examples.filter((_, index) => {
      const [a, b] = [candidate.values[index] ?? null, other.values[index] ?? null];
      return a !== null && b !== null && compareValues(story, a, b) !== 0;
    }).length;
  return (
    <section aria-label="Cannot be told apart from it" className="border-line border-t px-4 pt-3 pb-2">
      <h3 className="mb-1.5 text-muted text-xs">Cannot be told apart from it</h3>
      <ul className="grid gap-1.5">
        {others.slice(0, 5).map((other) => (
          <li key={other.iteration} className="flex gap-5">
            <button
              type="button"
              onClick={() => change({ step: other.iteration })}
              className="w-10 rounded-sm text-left font-medium hover:underline"
            >
              #{other.iteration}
            </button>
            <span className="w-10">{scoreWords(story.scale, other.score)}</span>
            <span className="text-muted">
              {differ(other)} {story.unit} differ
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
