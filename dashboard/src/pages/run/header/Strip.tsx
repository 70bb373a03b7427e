import type { TrustWord } from '../../../../../src/schemas/trust.js';
import { ScoreBar } from '../../../marks/ScoreBar.js';
import { useWidth } from '../../../marks/useWidth.js';
import { isEnded } from '../../../model/progress.js';
import { shortGain } from '../../../story/claim.js';
import { intervalWords, type Scale, scoreWords } from '../../../story/scale.js';
import { words } from '../../../strings.js';
import { useTold } from '../story.js';
import { useRun } from '../useRun.js';

interface StripRow {
  title: string;
  n: number | null;
  baseline: number;
  best: number;
  interval: readonly [number, number] | null;
  word: TrustWord | undefined;
}

/** The baseline, the best and the 95% interval of the gain; where it was chosen, and on held-out data. */
export function Strip() {
  const { run } = useRun();
  const { story, assessment } = useTold();
  const [place, width] = useWidth();
  const { scale, baseline, winner } = story;
  const [from, best] = [baseline?.score ?? run.initialScore, winner?.score ?? run.bestScore];
  if (from === null || best === null) return null;
  const isLive = !isEnded(run);
  const title = isLive ? words.header.soFar : run.status === 'failed' ? words.header.untilThen : words.header.chosenOn;
  const n = assessment?.n ?? (story.examples.length || null);
  const rows: StripRow[] = [{ title, n, baseline: from, best, interval: assessment?.interval ?? null, word: assessment?.word }];
  const held = assessment?.heldOut;
  const heldScores = held && held.refused === null ? heldOutScores(story) : null;
  if (held && heldScores !== null)
    rows.push({ title: words.header.heldOut, n: held.n, ...heldScores, interval: held.interval, word: held.word });
  const span = spanOf(scale, rows);
  return (
    <div ref={place} className="grid min-w-0 gap-1" data-testid="strip">
      {rows.map((row) => (
        <Row
          key={row.title}
          row={row}
          scale={scale}
          unit={story.unit}
          span={span}
          isLive={isLive}
          width={Math.max(90, Math.min(520, width - 240))}
        />
      ))}
      <Axis scale={scale} span={span} width={Math.max(90, Math.min(520, width - 240))} />
    </div>
  );
}

function Row({
  row,
  scale,
  unit,
  span,
  isLive,
  width,
}: {
  row: StripRow;
  scale: Scale;
  unit: string;
  span: readonly [number, number];
  isLive: boolean;
  width: number;
}) {
  const difference = row.best - row.baseline;
  const band = row.interval === null ? null : limitsOf(scale, row);
  return (
    <div className="flex items-center gap-4">
      <span className="w-[86px] shrink-0 leading-4">
        <span className="block font-medium text-xs">{row.title}</span>
        {row.n !== null && (
          <span className="block text-2xs text-faint">
            {row.n} {unit}
          </span>
        )}
      </span>
      <span className="relative flex-1 [&>svg]:relative" style={{ minWidth: width }}>
        <Ticks width={width} />
        <ScoreBar
          scale={scale}
          baseline={row.baseline}
          best={row.best}
          band={band}
          word={row.word}
          isLive={isLive}
          width={width}
          height={32}
          span={span}
          hasTrack={false}
        />
        <BaselineLabel scale={scale} row={row} span={span} width={width} />
      </span>
      <span className="w-[106px] shrink-0 text-right leading-4">
        <span className="block font-semibold">{shortGain(scale, difference)}</span>
        <span className="block text-2xs text-faint">
          {row.interval === null ? words.header.notJudged : `95%: ${intervalWords(scale, signedInterval(scale, row.interval))}`}
        </span>
      </span>
    </div>
  );
}

/** The interval in the direction of the score: a gain of a metric that is minimized is negative there. */
const signedInterval = ({ sign }: Scale, [low, high]: readonly [number, number]): readonly [number, number] =>
  sign > 0 ? [low, high] : [-high, -low];

const limitsOf = ({ sign }: Scale, { baseline, interval }: StripRow): readonly [number, number] | null =>
  interval === null ? null : [baseline + sign * interval[0], baseline + sign * interval[1]];

function Ticks({ width }: { width: number }) {
  return (
    <span aria-hidden="true" className="absolute -inset-y-0.5 left-0">
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <span
          key={share}
          className={`absolute inset-y-0 border-line border-l ${share === 0 || share === 1 ? '' : 'border-dashed'}`}
          style={{ left: 6 + share * (width - 12) }}
        />
      ))}
    </span>
  );
}

function BaselineLabel({
  scale,
  row,
  span: [low, high],
  width,
}: {
  scale: Scale;
  row: StripRow;
  span: readonly [number, number];
  width: number;
}) {
  const x = 6 + ((row.baseline - low) / (high - low || 1)) * (width - 12);
  const isRight = row.baseline > row.best;
  return (
    <span
      className="absolute top-1/2 -translate-y-1/2 text-2xs text-muted"
      style={isRight ? { left: x + 9 } : { right: `calc(100% - ${Math.max(28, x - 9)}px)` }}
    >
      {scoreWords(scale, row.baseline)}
    </span>
  );
}

function Axis({ scale, span: [low, high], width }: { scale: Scale; span: readonly [number, number]; width: number }) {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low));
  const text = (value: number, index: number) =>
    scale.isShare ? `${Math.round((value / scale.max) * 100)}${index === ticks.length - 1 ? '%' : ''}` : scoreWords(scale, value);
  return (
    <div aria-hidden="true" className="flex gap-4">
      <span className="w-[86px] shrink-0" />
      <span className="relative h-4 flex-1 text-2xs text-faint" style={{ minWidth: width }}>
        {ticks.map((value, index) => (
          <span key={value} className="absolute -translate-x-1/2" style={{ left: 6 + (index / (ticks.length - 1)) * (width - 12) }}>
            {text(value, index)}
          </span>
        ))}
      </span>
      <span className="w-[106px] shrink-0" />
    </div>
  );
}

/** 0 to the perfect score; the rows' own range on an open scale. */
function spanOf(scale: Scale, rows: readonly StripRow[]): readonly [number, number] {
  const values = rows.flatMap((row) => [row.baseline, row.best, ...(limitsOf(scale, row) ?? [])]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (least >= 0 && Math.max(...rows.flatMap(({ baseline, best }) => [baseline, best])) <= scale.max) return [0, scale.max];
  const air = (most - least || 1) * 0.1;
  return [least - air, most + air];
}

/** The mean scores of the baseline and of the winner in evaluations of kind `test`. */
function heldOutScores({ baseline, winner, tests }: ReturnType<typeof useTold>['story']): { baseline: number; best: number } | null {
  const of = (candidate: typeof winner) =>
    tests.find(({ programHash }) => candidate !== null && programHash === candidate.row.programHash)?.score ?? null;
  const [before, after] = [of(baseline), of(winner)];
  return before === null || after === null ? null : { baseline: before, best: after };
}
