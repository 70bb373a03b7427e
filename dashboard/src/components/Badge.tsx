import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.js';

const TONES = {
  neutral: 'bg-sunk text-muted',
  accent: 'bg-trail-soft text-trail',
  fixed: 'text-fixed',
  broke: 'text-broke',
} as const;

export type Tone = keyof typeof TONES;

/** A short word beside a name. Verdicts have a chip of their own, and a run's status a dot. */
export function Badge({ tone = 'neutral', icon, children, title }: { tone?: Tone; icon?: IconName; children: ReactNode; title?: string }) {
  return (
    <span title={title} className={`inline-flex h-5 max-w-full items-center gap-1 rounded-sm px-1.5 font-medium text-xs ${TONES[tone]}`}>
      {icon && <Icon name={icon} className="size-3.5!" />}
      <span className="truncate">{children}</span>
    </span>
  );
}
