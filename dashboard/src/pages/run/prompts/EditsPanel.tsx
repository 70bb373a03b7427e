import type { Edit } from '../../../../../src/schemas/trust-edits.js';
import { Icon } from '../../../components/Icon.js';
import { VerdictChip } from '../../../components/VerdictChip.js';
import { cost } from '../../../format/number.js';
import { FixedBroke } from '../../../marks/FixedBroke.js';
import { gainWords, type Scale } from '../../../story/scale.js';
import type { StoryCandidate } from '../../../story/story.js';
import { Card } from '../Card.js';
import { gistText } from '../candidates/gist.js';
import { reflectionOf } from '../overview/EditCard.js';
import { useTold } from '../story.js';
import { useView } from '../useRun.js';

interface EditsPanelProps {
  colorOf: (iteration: number) => string;
  picked: number | undefined;
  onPick: (iteration: number | undefined) => void;
}

/** Each edit of the winner's line with the 95% interval of its worth, and whether they are real alone and together. */
export function EditsPanel({ colorOf, picked, onPick }: EditsPanelProps) {
  const { story, edits, assessment } = useTold();
  const steps = story.spine
    .slice(1)
    .map((candidate) => ({ candidate, edit: edits?.edits.find(({ iteration }) => candidate.iterations.includes(iteration)) }));
  if (steps.length === 0) return null;
  const span = spanOf(
    steps.flatMap(({ edit }) => edit?.full?.interval ?? []),
    story.scale,
  );
  const certain = steps.filter(({ edit }) => edit?.full?.word === 'real').length;
  const judged = steps.some(({ edit }) => edit?.full);
  return (
    <Card title="What each edit was worth" aside={<span className="text-faint text-xs">95%, against its parent</span>}>
      <ul className="mt-1 divide-y divide-line">
        {steps.map(({ candidate, edit }) => (
          <li key={candidate.iteration} onPointerEnter={() => onPick(candidate.iteration)} onPointerLeave={() => onPick(undefined)}>
            <EditRow {...{ candidate, edit, span }} color={colorOf(candidate.iteration)} isPicked={picked === candidate.iteration} />
          </li>
        ))}
      </ul>
      {judged && (
        <div className="grid gap-2 border-line border-t px-4 pt-3 pb-4">
          <p className="flex flex-wrap items-center gap-2.5">
            <VerdictChip word={certain === 0 ? 'not distinguishable' : 'real'}>
              {certain === 0 ? 'None certain alone' : `${certain} certain alone`}
            </VerdictChip>
            {assessment !== undefined && (
              <>
                <Icon name="arrowRight" className="text-faint" />
                <VerdictChip word={assessment.word}>{together[assessment.word]}</VerdictChip>
              </>
            )}
          </p>
          {edits !== undefined && <p className="text-muted">{edits.sentence}</p>}
        </div>
      )}
    </Card>
  );
}

const together = {
  real: 'Real together',
  likely: 'Likely together',
  'not distinguishable': 'Not distinguishable together',
  'too few': 'Too few examples',
  worse: 'Worse together',
};

interface EditRowProps {
  candidate: StoryCandidate;
  edit: Edit | undefined;
  span: readonly [number, number];
  color: string;
  isPicked: boolean;
}

function EditRow({ candidate, edit, span, color, isPicked }: EditRowProps) {
  const { story } = useTold();
  const [, change] = useView();
  const evidence = edit?.full;
  const reflection = reflectionOf(candidate);
  const parent = story.candidates[candidate.parents[0] ?? -1];
  return (
    <div
      className="border-l-[3px] px-4 py-2.5"
      style={{
        borderColor: isPicked ? color : 'transparent',
        background: isPicked ? `color-mix(in oklch, ${color} 9%, transparent)` : undefined,
      }}
    >
      <div className="grid grid-cols-[2.75rem_minmax(0,1fr)_auto] items-center gap-x-2">
        <span className="font-medium font-mono text-xs" style={{ color }}>
          #{candidate.iteration}
        </span>
        <span className="plain-text truncate">{gistText(parent?.program, candidate.program) || 'no line of the prompt'}</span>
        {evidence ? <FixedBroke fixed={evidence.fixed} broke={evidence.broke} isShort /> : <span />}
        <span />
        {evidence?.interval ? (
          <Whisker interval={evidence.interval} middle={evidence.difference ?? 0} span={span} color={color} />
        ) : (
          <span />
        )}
        <span className="text-right text-faint text-xs">
          {evidence?.difference == null ? '' : gainWords(story.scale, evidence.difference)}
        </span>
      </div>
      {isPicked && (
        <div className="mt-1 ml-[3.25rem] grid gap-1 text-xs">
          {reflection !== null && <p className="line-clamp-3 text-muted">“{reflection}”</p>}
          {candidate.spent.cost !== null && <p className="text-muted">at {cost(candidate.spent.cost)}</p>}
          <p className="flex gap-4 font-medium">
            {parent !== undefined && (
              <button
                type="button"
                className="rounded-sm hover:underline"
                onClick={() => change({ as: 'diff', of: candidate.iteration, against: String(parent.iteration) })}
              >
                Diff
              </button>
            )}
            <button type="button" className="rounded-sm hover:underline" onClick={() => change({ iteration: candidate.iteration })}>
              Details
            </button>
          </p>
        </div>
      )}
    </div>
  );
}

/** The common span of all intervals, with 0 in it. */
function spanOf(limits: readonly number[], { max }: Scale): readonly [number, number] {
  const air = max * 0.02;
  return [Math.min(0, ...limits) - air, Math.max(0, ...limits) + air];
}

function Whisker({
  interval: [low, high],
  middle,
  span: [from, to],
  color,
}: {
  interval: readonly [number, number];
  middle: number;
  span: readonly [number, number];
  color: string;
}) {
  const x = (value: number) => 4 + ((value - from) / (to - from || 1)) * 152;
  return (
    <svg width="160" height="14" aria-hidden="true">
      <line x1={x(0)} x2={x(0)} y1="1" y2="13" className="stroke-edge" />
      <line x1={x(low)} x2={x(high)} y1="7" y2="7" className="stroke-muted" />
      <line x1={x(low)} x2={x(low)} y1="4" y2="10" className="stroke-muted" />
      <line x1={x(high)} x2={x(high)} y1="4" y2="10" className="stroke-muted" />
      <circle cx={x(middle)} cy="7" r="4" fill={color} />
    </svg>
  );
}
