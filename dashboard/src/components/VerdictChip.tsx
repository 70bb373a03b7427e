import type { TrustWord } from '../../../src/schemas/trust.js';
import { words } from '../strings.js';
import { Icon, type IconName } from './Icon.js';

const LOOKS: Record<TrustWord, { look: string; icon: IconName }> = {
  real: { look: 'bg-fixed-soft font-semibold text-fixed', icon: 'check' },
  likely: { look: 'font-semibold text-fixed ring-1 ring-fixed-mid ring-inset', icon: 'check' },
  'not distinguishable': { look: 'font-medium text-muted ring-1 ring-edge ring-inset', icon: 'equal' },
  'too few': { look: 'font-medium text-muted ring-1 ring-edge ring-inset', icon: 'help' },
  worse: { look: 'bg-broke-soft font-semibold text-broke', icon: 'close' },
};

/** The verdict in one or two words, always with its picture. */
export function VerdictChip({ word, children }: { word: TrustWord; children?: string | undefined }) {
  const { look, icon } = LOOKS[word];
  return (
    <span
      data-verdict={word}
      className={`inline-flex h-[22px] items-center gap-1 whitespace-nowrap rounded-full pr-2 pl-1.5 text-xs leading-[22px] ${look}`}
    >
      <Icon name={icon} className="size-3.5!" />
      {children ?? words.verdict[word]}
    </span>
  );
}
