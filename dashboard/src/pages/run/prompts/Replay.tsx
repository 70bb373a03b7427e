import type { KeyboardEvent } from 'react';
import { useWidth } from '../../../marks/useWidth.js';
import { tallyOf } from '../../../story/outcome.js';
import { scoreWords } from '../../../story/scale.js';
import type { Story, StoryCandidate } from '../../../story/story.js';

interface ReplayProps {
  story: Story;
  selected: StoryCandidate;
  onSelect: (candidate: StoryCandidate) => void;
  colorOf: (iteration: number) => string;
}

const HEIGHT = 92;
const EDGE = 58;

/** The line that led to the winner as a slider: each stop is a prompt, each stretch what its edit fixed and broke. */
export function Replay({ story, selected, onSelect, colorOf }: ReplayProps) {
  const [place, width] = useWidth();
  const { spine } = story;
  const at = spine.indexOf(selected);
  const wide = Math.max(width, spine.length * 88);
  const x = (index: number) => (spine.length === 1 ? wide / 2 : EDGE + (index / (spine.length - 1)) * (wide - 2 * EDGE));
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -spine.length, End: spine.length }[event.key];
    const next = by === undefined ? undefined : spine[Math.max(0, Math.min(spine.length - 1, at + by))];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
  };
  return (
    <div
      ref={place}
      role="slider"
      tabIndex={0}
      aria-label="Replay the line that led to the winner"
      aria-valuemin={0}
      aria-valuemax={spine.length - 1}
      aria-valuenow={at}
      aria-valuetext={`#${selected.iteration}, ${scoreWords(story.scale, selected.score)}`}
      onKeyDown={step}
      className="mx-4 overflow-x-auto rounded-lg pb-2"
    >
      {width > 0 && (
        <svg width={wide} height={HEIGHT} aria-hidden="true" className="block">
          <line x1={x(0)} x2={x(spine.length - 1)} y1="48" y2="48" strokeWidth="3" className="stroke-trail-fill" />
          {spine.map((candidate, index) => {
            const tally = tallyOf(story, candidate);
            const isSelected = candidate === selected;
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: the slider around it has the keys
              <g key={candidate.iteration} onClick={() => onSelect(candidate)} className="cursor-pointer">
                <rect x={x(index) - 30} y="0" width="60" height={HEIGHT} fill="transparent" />
                <text x={x(index)} y="18" textAnchor="middle" className="fill-ink font-semibold text-[13px]">
                  {scoreWords(story.scale, candidate.score)}
                </text>
                <circle
                  cx={x(index)}
                  cy="48"
                  r={isSelected ? 12.5 : 8.5}
                  strokeWidth={isSelected ? 5 : 3.5}
                  fill="var(--color-surface)"
                  stroke={index === 0 ? 'var(--color-edge)' : colorOf(candidate.iteration)}
                />
                <text
                  x={x(index)}
                  y="80"
                  textAnchor="middle"
                  className={isSelected ? 'fill-ink font-semibold text-xs' : 'fill-muted text-xs'}
                >
                  #{candidate.iteration}
                  {index === 0 && ' seed'}
                </text>
                {index > 0 && tally.n > 0 && (
                  <text x={(x(index) + x(index - 1)) / 2} y="40" textAnchor="middle" className="font-semibold text-xs">
                    <tspan className="fill-fixed">+{tally.fixed}</tspan>
                    <tspan className={tally.broke > 0 ? 'fill-broke' : 'fill-faint'}> −{tally.broke}</tspan>
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
