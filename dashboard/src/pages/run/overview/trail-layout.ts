import { levelOf, type Scale } from '../../../story/scale.js';
import { type Axis, spendWords } from '../../../story/spend.js';
import type { Story, StoryCandidate } from '../../../story/story.js';

export interface TrailPoint {
  readonly candidate: StoryCandidate;
  readonly x: number;
  readonly y: number;
}

export interface TrailLayout {
  readonly width: number;
  readonly height: number;
  readonly plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly spine: readonly TrailPoint[];
  readonly others: readonly TrailPoint[];
  readonly links: readonly { readonly id: string; readonly path: string }[];
  readonly ticksX: readonly { readonly value: number; readonly x: number }[];
  readonly ticksY: readonly { readonly value: number; readonly y: number }[];
  readonly x: (spent: number) => number;
  readonly y: (score: number) => number;
  /** One path for each kind of proposal: a tick's height is its minibatch score. */
  readonly rug: { readonly accepted: string; readonly rejected: string; readonly y: number };
  /** Whether other candidates have room to be drawn. */
  readonly isDense: boolean;
}

const RUG = 30;
/** Pixels between full evaluations, below which only the spine is drawn. */
const LEAST_GAP = 8;

/** Places of everything on the trail, for a width in pixels. */
export function layTrail(story: Story, axis: Axis, width: number, height: number): TrailLayout {
  const plot = { left: 40, right: width - 8, top: 12, bottom: height - RUG - 30 };
  const spent = (candidate: StoryCandidate) => candidate.spent[axis] ?? 0;
  const most = Math.max(story.total[axis] ?? 0, ...story.candidates.map(spent), 1e-12);
  const x = (value: number) => plot.left + 14 + (value / most) * (plot.right - plot.left - 18);
  const { ticks, low, high } = scoreTicks(story);
  const y = (score: number) => plot.bottom - ((score - low) / (high - low)) * (plot.bottom - plot.top);
  const point = (candidate: StoryCandidate) => ({ candidate, x: x(spent(candidate)), y: y(candidate.score) });
  const spine = story.spine.map(point);
  const isDense = (plot.right - plot.left) / Math.max(1, story.candidates.length) < LEAST_GAP;
  const onSpine = new Set(story.spine);
  const others = isDense ? [] : story.candidates.filter((candidate) => !onSpine.has(candidate)).map(point);
  const links = others.flatMap((to) =>
    to.candidate.parents.flatMap((parent) => {
      const from = story.candidates[parent];
      return from === undefined ? [] : [{ id: `${from.iteration}>${to.candidate.iteration}`, path: curve(point(from), to) }];
    }),
  );
  return {
    width,
    height,
    plot,
    spine,
    others,
    links,
    ticksX: niceTicks(0, most, width < 480 ? 4 : 7).map((value) => ({ value, x: x(value) })),
    ticksY: ticks.map((value) => ({ value, y: y(value) })),
    x,
    y,
    rug: rugOf(story, axis, x, height - 24),
    isDense,
  };
}

/** A gentle line between two points. */
export function curve(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const middle = (from.x + to.x) / 2;
  return `M${from.x.toFixed(1)} ${from.y.toFixed(1)}C${middle.toFixed(1)} ${from.y.toFixed(1)} ${middle.toFixed(1)} ${to.y.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}`;
}

/** The spine as steps, to the end of the plot. */
export function stepsOf({ spine, plot }: TrailLayout): string {
  const [first, ...rest] = spine;
  if (first === undefined) return '';
  return `M${first.x.toFixed(1)} ${first.y.toFixed(1)}${rest.map(({ x, y }) => `H${x.toFixed(1)}V${y.toFixed(1)}`).join('')}H${plot.right}`;
}

/** Scores from the lowest, rounded down to a tenth of the scale, to the highest. */
function scoreTicks({ scale, candidates }: Story): { ticks: number[]; low: number; high: number } {
  const scores = candidates.map(({ score }) => score);
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const step = stepOf(scale, least, most);
  const low = Math.floor(least / step + 1e-9) * step;
  const high = scale.isShare ? Math.min(scale.max, Math.ceil(most / step + 0.3) * step) : Math.ceil(most / step + 0.3) * step;
  const count = Math.round((high - low) / step);
  const ticks = Array.from({ length: count + 1 }, (_, index) => low + index * step);
  // Half a step below the lowest tick, so that a ring on it is whole.
  return { ticks, low: low - step * 0.5, high: high + step * (high >= scale.max && scale.isShare ? 0.15 : 0.05) };
}

function stepOf(scale: Scale, least: number, most: number): number {
  const range = most - least;
  if (scale.isShare) return scale.max * (range > scale.max * 0.45 ? 0.2 : 0.1);
  return niceStep(range === 0 ? Math.abs(most) || 1 : range, 4);
}

/** A step of 1, 2, 2.5 or 5 times a power of ten that cuts a range into about so many pieces. */
function niceStep(range: number, pieces: number): number {
  const rough = range / pieces;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10;
  return factor * power;
}

function niceTicks(low: number, high: number, pieces: number): number[] {
  if (high <= low) return [low];
  const step = niceStep(high - low, pieces);
  return Array.from({ length: Math.floor((high - low) / step + 1e-9) + 1 }, (_, index) => low + index * step);
}

/** Ticks of proposals above the axis: as high as their minibatch score, accepted ones stronger. */
function rugOf({ proposals, scale }: Story, axis: Axis, x: (spent: number) => number, base: number): TrailLayout['rug'] {
  const path = (isAccepted: boolean) =>
    proposals
      .filter((proposal) => proposal.isAccepted === isAccepted && proposal.spent[axis] !== null)
      .map(({ spent, score }) => {
        const share = score === null ? 0 : (levelOf(scale, score) ?? 0.5);
        return `M${x(spent[axis] ?? 0).toFixed(1)} ${base}v${-(4 + share * (RUG - 8)).toFixed(1)}`;
      })
      .join('');
  return { accepted: path(true), rejected: path(false), y: base };
}

/** A candidate in words, for readers. */
export const pointWords = (id: number, score: string, axis: Axis, spent: number | null): string =>
  `#${id}, ${score}${spent === null ? '' : `, after ${spendWords(axis, spent)}`}`;
