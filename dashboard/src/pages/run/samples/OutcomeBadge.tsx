import type { OptimizationSample } from '../../../../../src/schemas/sample.js';
import { Icon } from '../../../components/Icon.js';
import { levelOf, type Scale } from '../../../story/scale.js';
import { words } from '../../../strings.js';

export type SampleOutcome = 'right' | 'partly' | 'wrong' | 'error' | 'none';

/** A sample's outcome in a word, by its score, the scale and the direction. */
export function sampleOutcome(
  scale: Scale,
  { score, errorMessage, success }: Pick<OptimizationSample, 'score' | 'errorMessage' | 'success'>,
): SampleOutcome {
  if (score === null) {
    if (errorMessage !== null) return 'error';
    return success === null ? 'none' : success ? 'right' : 'wrong';
  }
  const level = levelOf(scale, score);
  if (level === null) return 'partly';
  if (level >= 1 - 1e-9) return 'right';
  return level <= 1e-9 ? (errorMessage === null ? 'wrong' : 'error') : 'partly';
}

const LOOKS: Record<SampleOutcome, { look: string; icon: 'check' | 'close' | 'warning' | 'dash' | 'equal' }> = {
  right: { look: 'text-ink', icon: 'check' },
  partly: { look: 'text-muted', icon: 'equal' },
  wrong: { look: 'text-muted', icon: 'close' },
  error: { look: 'text-broke', icon: 'warning' },
  none: { look: 'text-faint', icon: 'dash' },
};

export function OutcomeWord({ outcome }: { outcome: SampleOutcome }) {
  const { look, icon } = LOOKS[outcome];
  return (
    <span className={`inline-flex items-center gap-1.5 ${look}`}>
      <Icon name={icon} className="size-3.5!" /> {words.outcome[outcome]}
    </span>
  );
}
