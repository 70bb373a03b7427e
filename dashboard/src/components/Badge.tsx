import type { ReactNode } from 'react';
import type { RunStatus } from '../../../src/schemas/run.js';
import { Icon, type IconName } from './Icon.js';

const TONES = {
  neutral: 'bg-sunk text-muted',
  accent: 'bg-accent-soft text-accent',
  good: 'bg-good-soft text-good',
  bad: 'bg-bad-soft text-bad',
  warn: 'bg-warn-soft text-warn',
} as const;

export type Tone = keyof typeof TONES;

/** A short word with its meaning in colour and, where it has one, in a picture too. */
export function Badge({ tone = 'neutral', icon, children, title }: { tone?: Tone; icon?: IconName; children: ReactNode; title?: string }) {
  return (
    <span title={title} className={`inline-flex h-5 max-w-full items-center gap-1 rounded px-1.5 font-medium text-xs ${TONES[tone]}`}>
      {icon && <Icon name={icon} className="size-3.5!" />}
      <span className="truncate">{children}</span>
    </span>
  );
}

const STATUS: Record<RunStatus, { tone: Tone; icon: IconName; means: string }> = {
  pending: { tone: 'neutral', icon: 'clock', means: 'created, and not started yet' },
  running: { tone: 'accent', icon: 'play', means: 'recording now' },
  completed: { tone: 'good', icon: 'checkCircle', means: 'ended in good order' },
  failed: { tone: 'bad', icon: 'cross', means: 'ended by an error' },
  cancelled: { tone: 'neutral', icon: 'minus', means: 'ended by its user' },
  stale: { tone: 'warn', icon: 'warning', means: 'gives no sign of life; its process has probably ended' },
};

export function StatusBadge({ status }: { status: RunStatus }) {
  const { tone, icon, means } = STATUS[status];
  return (
    <Badge tone={tone} icon={icon} title={means}>
      {status}
    </Badge>
  );
}
