import type { TrustWord } from '../../../src/schemas/trust.js';
import { type Scale, scoreWords } from '../story/scale.js';

interface ScoreBarProps {
  scale: Scale;
  baseline: number | null;
  best: number | null;
  /** Limits of the best score: the baseline plus the gain's interval. */
  band?: readonly [low: number, high: number] | null;
  word?: TrustWord | undefined;
  isLive?: boolean;
  width: number;
  height?: number;
  /** The span of the axis in units of the score. */
  span: readonly [low: number, high: number];
  hasTrack?: boolean;
}

const TONES: Record<'gain' | 'loss' | 'open', { stroke: string; fill: string; band: string }> = {
  gain: { stroke: 'stroke-fixed-fill', fill: 'fill-fixed-fill', band: 'fill-fixed-fill' },
  loss: { stroke: 'stroke-broke-fill', fill: 'fill-broke-fill', band: 'fill-broke-fill' },
  open: { stroke: 'stroke-muted', fill: 'fill-muted', band: 'fill-muted' },
};

const toneOf = (word: TrustWord | undefined) => (word === 'real' || word === 'likely' ? 'gain' : word === 'worse' ? 'loss' : 'open');

/** From the baseline (hollow) to the best (full), with the 95% band of where the gain may have taken it. */
export function ScoreBar({ scale, baseline, best, band, word, isLive = false, width, height = 24, span, hasTrack = true }: ScoreBarProps) {
  const [low, high] = span;
  const x = (score: number) => 6 + ((Math.min(high, Math.max(low, score)) - low) / (high - low || 1)) * (width - 12);
  const tone = TONES[toneOf(word)];
  const y = height / 2;
  const label = `${baseline === null ? '' : `from ${scoreWords(scale, baseline)} `}to ${scoreWords(scale, best)}`;
  return (
    <svg role="img" aria-label={label} width={width} height={height} className="max-w-full shrink-0">
      {hasTrack && <line x1="0" x2={width} y1={y} y2={y} className="stroke-line" strokeWidth="2" strokeLinecap="round" />}
      {band && (
        <rect
          x={Math.min(x(band[0]), x(band[1]))}
          width={Math.max(2, Math.abs(x(band[1]) - x(band[0])))}
          y={y - 6.5}
          height="13"
          rx="3"
          className={tone.band}
          opacity="0.2"
        />
      )}
      {baseline !== null && best !== null && (
        <line
          x1={x(baseline)}
          x2={x(best)}
          y1={y}
          y2={y}
          strokeWidth="3"
          strokeDasharray={isLive ? '3 2.5' : undefined}
          className={isLive ? 'stroke-faint' : tone.stroke}
        />
      )}
      {baseline !== null && <circle cx={x(baseline)} cy={y} r="4" strokeWidth="2" className={`fill-surface ${tone.stroke}`} />}
      {best !== null && <circle cx={x(best)} cy={y} r="4.500" className={tone.fill} />}
    </svg>
  );
}
