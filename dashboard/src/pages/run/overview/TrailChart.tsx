import type { KeyboardEvent } from 'react';
import { Donut } from '../../../marks/Donut.js';
import { tallyOf } from '../../../story/outcome.js';
import { scoreWords } from '../../../story/scale.js';
import { type Axis, spendWords } from '../../../story/spend.js';
import type { Story, StoryCandidate } from '../../../story/story.js';
import { words } from '../../../strings.js';
import { TrailAxis } from './TrailAxis.js';
import { pointWords, stepsOf, type TrailLayout, type TrailPoint } from './trail-layout.js';

export interface TrailChartProps {
  story: Story;
  layout: TrailLayout;
  axis: Axis;
  label: string;
  /** The candidate from which on nothing more could be told from noise. */
  enough?: StoryCandidate | undefined;
  selected?: StoryCandidate | undefined;
  onSelect?: ((candidate: StoryCandidate) => void) | undefined;
  onOpen?: ((candidate: StoryCandidate) => void) | undefined;
}

/** Best so far over what was spent: the path from the seed to the winner, with everything beside it in light ink. */
export function TrailChart({ story, layout, axis, label, enough, selected, onSelect, onOpen }: TrailChartProps) {
  const { plot, spine, others, links, ticksY, width, height } = layout;
  const press = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    const at = spine.findIndex(({ candidate }) => candidate === selected);
    const next = spine[Math.max(0, Math.min(spine.length - 1, at + by))];
    if (next === undefined) return;
    event.preventDefault();
    onSelect?.(next.candidate);
    event.currentTarget.querySelector<SVGElement>(`[data-step="${next.candidate.iteration}"]`)?.focus();
  };
  const baseline = story.baseline;
  return (
    <svg width={width} height={height} role="group" aria-label={label} onKeyDown={press} className="block max-w-full">
      {enough !== undefined && <EnoughShade layout={layout} axis={axis} candidate={enough} />}
      {ticksY.map(({ value, y }) => (
        <g key={value}>
          <line x1={plot.left} x2={plot.right} y1={y} y2={y} className="stroke-line" />
          <text x={plot.left - 8} y={y + 4} textAnchor="end" className="fill-faint text-2xs">
            {scoreWords(story.scale, value)}
          </text>
        </g>
      ))}
      {baseline !== null && (
        <g>
          <line
            x1={plot.left}
            x2={plot.right}
            y1={layout.y(baseline.score)}
            y2={layout.y(baseline.score)}
            strokeDasharray="2 3"
            className="stroke-faint"
          />
          {width > 480 && (
            <text x={plot.right} y={layout.y(baseline.score) + 15} textAnchor="end" className="fill-muted text-2xs">
              baseline {scoreWords(story.scale, baseline.score)}
            </text>
          )}
        </g>
      )}
      {links.map(({ id, path }) => (
        <path key={id} data-edge={id} d={path} fill="none" className="stroke-edge" />
      ))}
      <path d={stepsOf(layout)} fill="none" strokeWidth="2.5" strokeLinejoin="round" className="stroke-trail-fill" />
      {others.map((point) => (
        <OtherMark
          key={point.candidate.iteration}
          story={story}
          axis={axis}
          point={point}
          isSelected={point.candidate === selected}
          onOpen={onOpen}
        />
      ))}
      {spine.map((point, index) => (
        <StepMark
          key={point.candidate.iteration}
          {...{ story, axis, point, onSelect, onOpen }}
          isSelected={point.candidate === selected}
          hasLabel={index > 0 && point.x - (spine[index - 1]?.x ?? 0) > 42 && width > 480}
          isLast={index === spine.length - 1}
          right={plot.right}
        />
      ))}
      {enough !== undefined && <EnoughWords story={story} layout={layout} axis={axis} candidate={enough} />}
      <TrailAxis layout={layout} axis={axis} />
    </svg>
  );
}

interface EnoughProps {
  layout: TrailLayout;
  axis: Axis;
  candidate: StoryCandidate;
}

/** The part of the run that bought nothing certain. */
function EnoughShade({ layout: { plot, x }, axis, candidate }: EnoughProps) {
  const spent = candidate.spent[axis];
  if (spent === null) return null;
  const at = x(spent);
  const [top, height] = [plot.top - 8, plot.bottom - plot.top + 8];
  return (
    <g>
      <rect x={at} y={top} width={Math.max(0, plot.right - at)} height={height} className="fill-sunk" opacity="0.75" />
      <line x1={at} x2={at} y1={top} y2={plot.bottom} strokeDasharray="3 3" className="stroke-muted" />
    </g>
  );
}

function EnoughWords({ story, layout: { plot, x, width }, axis, candidate }: EnoughProps & { story: Story }) {
  const spent = candidate.spent[axis];
  if (spent === null) return null;
  const at = x(spent);
  const isLeft = at > width * 0.6;
  const place = { x: isLeft ? at - 8 : at + 9, textAnchor: isLeft ? ('end' as const) : ('start' as const) };
  const isWide = width > 480;
  return (
    <g>
      <text {...place} y={isWide ? plot.top + 20 : plot.bottom - 10} className="fill-ink font-semibold text-xs">
        {words.trail.enough(spendWords(axis, spent))}
      </text>
      {isWide && (
        <text {...place} y={plot.top + 36} className="fill-muted text-2xs">
          {words.trail.enoughWhy(story.examples.length, story.unit)}
        </text>
      )}
    </g>
  );
}

interface MarkProps {
  story: Story;
  axis: Axis;
  point: TrailPoint;
  isSelected: boolean;
  onSelect?: ((candidate: StoryCandidate) => void) | undefined;
  onOpen?: ((candidate: StoryCandidate) => void) | undefined;
}

/** A step of the spine: select it by pointing or by focus, open it by a click. */
function StepMark({
  story,
  axis,
  point: { candidate, x, y },
  isSelected,
  onSelect,
  onOpen,
  hasLabel,
  isLast,
  right,
}: MarkProps & { hasLabel: boolean; isLast: boolean; right: number }) {
  const isNearEdge = x + 90 > right;
  const tally = tallyOf(story, candidate);
  const score = scoreWords(story.scale, candidate.score);
  const parts = [
    pointWords(candidate.iteration, score, axis, candidate.spent[axis]),
    candidate.isBaseline || tally.n === 0 ? '' : `, fixed ${tally.fixed}, broke ${tally.broke}`,
    isLast ? ', winner' : '',
  ];
  return (
    <>
      <g
        role="button"
        tabIndex={isSelected ? 0 : -1}
        data-step={candidate.iteration}
        aria-label={parts.join('')}
        onPointerEnter={() => onSelect?.(candidate)}
        onFocus={() => onSelect?.(candidate)}
        onClick={() => onOpen?.(candidate)}
        onKeyDown={(event) => event.key === 'Enter' && onOpen?.(candidate)}
        className="cursor-pointer outline-offset-4"
      >
        <Donut x={x} y={y} radius={10} width={6} counts={tally} isSelected={isSelected} />
      </g>
      {hasLabel && tally.n > 0 && (
        <text x={x - 14} y={y - 16} textAnchor="end" className="font-semibold text-xs">
          <tspan className="fill-fixed">+{tally.fixed}</tspan>
          {tally.broke > 0 && <tspan className="fill-broke"> −{tally.broke}</tspan>}
        </text>
      )}
      {isLast && (
        <text
          x={isNearEdge ? x + 14 : x + 20}
          y={isNearEdge ? y - 18 : y - 12}
          textAnchor={isNearEdge ? 'end' : 'start'}
          className="fill-ink text-xs"
        >
          <tspan className="font-semibold text-[13px]">{score}</tspan>
          <tspan className="fill-muted"> #{candidate.iteration}</tspan>
        </text>
      )}
    </>
  );
}

function OtherMark({ story, axis, point: { candidate, x, y }, isSelected, onOpen }: MarkProps) {
  return (
    <g
      role="button"
      tabIndex={-1}
      aria-label={pointWords(candidate.iteration, scoreWords(story.scale, candidate.score), axis, candidate.spent[axis])}
      onClick={() => onOpen?.(candidate)}
      onKeyDown={(event) => event.key === 'Enter' && onOpen?.(candidate)}
      className="cursor-pointer outline-offset-2"
    >
      <Donut x={x} y={y} radius={5.5} width={3} counts={tallyOf(story, candidate)} isQuiet isSelected={isSelected} />
    </g>
  );
}
