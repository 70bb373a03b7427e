import { type KeyboardEvent, useMemo } from 'react';
import { useMedia } from '../../../components/useMedia.js';
import { Donut } from '../../../marks/Donut.js';
import { useWidth } from '../../../marks/useWidth.js';
import { tallyOf } from '../../../story/outcome.js';
import { scoreWords } from '../../../story/scale.js';
import type { Axis } from '../../../story/spend.js';
import type { Story, StoryCandidate } from '../../../story/story.js';
import { TrailAxis } from '../overview/TrailAxis.js';
import { curve, layTrail, pointWords, type TrailLayout, type TrailPoint } from '../overview/trail-layout.js';
import { gistOf } from './gist.js';

/** Above so many candidates the ones off the spine are dust. */
const ROOMY = 60;
const SINGLE_ARCS = 120;

interface CandidateMapProps {
  story: Story;
  axis: Axis;
  selected: StoryCandidate;
  onSelect: (candidate: StoryCandidate) => void;
  summary: string;
}

/** All candidates with a full evaluation, by what was spent and by score. The spine is thick and says what each edit did. */
export function CandidateMap({ story, axis, selected, onSelect, summary }: CandidateMapProps) {
  const [place, width] = useWidth();
  const isTall = useMedia('(min-height: 720px)');
  const height = isTall ? 560 : 420;
  const layout = useMemo(() => (width === 0 ? null : layTrail(story, axis, width, height)), [story, axis, width, height]);
  return (
    <div ref={place} className="mx-4 mt-2" style={{ minHeight: height }}>
      {layout && <Drawing {...{ story, axis, selected, onSelect, summary, layout }} />}
    </div>
  );
}

function Drawing({ story, axis, selected, onSelect, summary, layout }: CandidateMapProps & { layout: TrailLayout }) {
  const { plot, spine, others, links, ticksY, width, height } = layout;
  const isRoomy = story.candidates.length <= ROOMY && width > 480;
  const all = story.candidates;
  const press = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    const next = by === undefined ? undefined : all[Math.max(0, Math.min(all.length - 1, all.indexOf(selected) + by))];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
    event.currentTarget.querySelector<SVGElement>(`[data-candidate="${next.iteration}"]`)?.focus();
  };
  const mark = { story, axis, onSelect, isRoomy };
  return (
    <svg width={width} height={height} role="group" aria-label={`Candidate map. ${summary}`} onKeyDown={press} className="block max-w-full">
      {ticksY.map(({ value, y }) => (
        <g key={value}>
          <line x1={plot.left} x2={plot.right} y1={y} y2={y} className="stroke-line" />
          <text x={plot.left - 8} y={y + 4} textAnchor="end" className="fill-faint text-2xs">
            {scoreWords(story.scale, value)}
          </text>
        </g>
      ))}
      {links.map(({ id, path }) => (
        <path key={id} data-edge={id} d={path} fill="none" className="stroke-edge" />
      ))}
      {spine.slice(1).map((to, index) => (
        <path
          key={to.candidate.iteration}
          data-edge={`${spine[index]?.candidate.iteration}>${to.candidate.iteration}`}
          d={curve(spine[index] ?? to, to)}
          fill="none"
          strokeWidth="4"
          className="stroke-trail-fill"
        />
      ))}
      {spine.flatMap((to, index) =>
        to.candidate.parents.slice(1).flatMap((parent) => {
          const from = [...spine, ...others].find(({ candidate }) => candidate.index === parent);
          return from === undefined || from === spine[index - 1] ? (
            []
          ) : (
            <path
              key={`${parent}-${to.candidate.iteration}`}
              data-edge={`${from.candidate.iteration}>${to.candidate.iteration}`}
              d={curve(from, to)}
              fill="none"
              strokeDasharray="5 3"
              className="stroke-faint"
            />
          );
        }),
      )}
      {others.map((point) => (
        <Candidate key={point.candidate.iteration} {...mark} point={point} isSpine={false} isSelected={point.candidate === selected} />
      ))}
      {spine.map((point, index) => (
        <Candidate
          key={point.candidate.iteration}
          {...mark}
          point={point}
          isSpine
          isSelected={point.candidate === selected}
          isLast={index === spine.length - 1}
          before={spine[index - 1]?.candidate}
        />
      ))}
      <TrailAxis layout={layout} axis={axis} />
    </svg>
  );
}

interface CandidateProps {
  story: Story;
  axis: Axis;
  point: TrailPoint;
  isSpine: boolean;
  isRoomy: boolean;
  isSelected: boolean;
  isLast?: boolean;
  before?: StoryCandidate | undefined;
  onSelect: (candidate: StoryCandidate) => void;
}

/** Radius and width of a ring: single arcs need room, dust does not. */
const ROOMY_SIZES = { winner: { size: 30, ring: 9 }, spine: { size: 24, ring: 9 }, other: { size: 16, ring: 5.5 } };
const DUST_SIZES = { winner: { size: 10, ring: 6 }, spine: { size: 10, ring: 6 }, other: { size: 5, ring: 3 } };

const hasSingleArcs = ({ isBinary }: Story, n: number) => isBinary && n <= SINGLE_ARCS && n > 0;

/** The role of a candidate and what it was made of, for readers. */
function relationOf({ candidates }: Story, { parents, isBaseline }: StoryCandidate, isLast: boolean): string {
  const names = parents.flatMap((parent) => candidates[parent]?.iteration ?? []).map((parent) => `#${parent}`);
  const role = isLast ? ', winner' : isBaseline ? ', seed prompt' : names.length > 1 ? ', merge' : '';
  return `${role}${names.length > 0 ? `, from ${names.join(' and ')}` : ''}`;
}

function Candidate({
  story,
  axis,
  point: { candidate, x, y },
  isSpine,
  isRoomy,
  isSelected,
  isLast = false,
  before,
  onSelect,
}: CandidateProps) {
  const tally = tallyOf(story, candidate);
  const { size, ring } = (isRoomy ? ROOMY_SIZES : DUST_SIZES)[isLast ? 'winner' : isSpine ? 'spine' : 'other'];
  const score = scoreWords(story.scale, candidate.score);
  return (
    <>
      <g
        role="button"
        tabIndex={isSelected ? 0 : -1}
        data-candidate={candidate.iteration}
        aria-pressed={isSelected}
        aria-label={`Candidate ${pointWords(candidate.iteration, score, axis, candidate.spent[axis])}${relationOf(story, candidate, isLast)}`}
        onClick={() => onSelect(candidate)}
        onKeyDown={(event) => event.key === 'Enter' && onSelect(candidate)}
        className="cursor-pointer outline-offset-4"
      >
        <Donut
          x={x}
          y={y}
          radius={size - 3}
          width={ring}
          counts={tally}
          isQuiet={!isSpine}
          isDetailed={isSpine && isRoomy && hasSingleArcs(story, tally.n)}
          isSelected={isSelected}
        />
        {isRoomy && (
          <text x={x} y={y + 4} textAnchor="middle" className={isSpine ? 'fill-ink font-semibold text-xs' : 'fill-muted text-2xs'}>
            {candidate.iteration}
          </text>
        )}
      </g>
      {isLast && (
        <text x={x} y={y - size - 10} textAnchor="middle" className="fill-ink font-semibold text-lg">
          {score}
        </text>
      )}
      {isRoomy && isSpine && <SpineLabel {...{ candidate, before, x, y, size, tally, isLast }} />}
    </>
  );
}

interface SpineLabelProps {
  candidate: StoryCandidate;
  before: StoryCandidate | undefined;
  x: number;
  y: number;
  size: number;
  tally: { fixed: number; broke: number; n: number };
  isLast: boolean;
}

/** The first words of the edit, and what it fixed and broke, above the ring at its left; the seed is named. */
function SpineLabel({ candidate, before, x, y, size, tally, isLast }: SpineLabelProps) {
  if (before === undefined) {
    if (isLast || !candidate.isBaseline) return null;
    return (
      <text x={x + size + 12} y={y + size + 4} className="fill-muted text-xs">
        seed prompt
      </text>
    );
  }
  const gist = gistOf(before.program, candidate.program);
  const at = { x: x - size - 8, textAnchor: 'end' as const };
  if (x < 150) return null;
  return (
    <>
      {gist.map((line, index) => (
        <text key={line} {...at} y={y - 40 + index * 16} className="fill-ink text-xs">
          {line}
        </text>
      ))}
      {tally.n > 0 && (
        <text {...at} y={y - 40 + gist.length * 16} className="font-semibold text-xs">
          <tspan className="fill-fixed">+{tally.fixed}</tspan>
          <tspan className={tally.broke > 0 ? 'fill-broke' : 'fill-faint'}> −{tally.broke}</tspan>
        </text>
      )}
    </>
  );
}
