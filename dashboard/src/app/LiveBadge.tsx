import { useLiveState } from '../live/LiveProvider.js';
import type { StreamState } from '../live/stream.js';

const STATES: Record<StreamState, { text: string; means: string; dot: string }> = {
  live: { text: 'Live', means: 'Changes appear here as they are recorded', dot: 'bg-trail-fill ring-3 ring-trail-fill/20' },
  connecting: { text: 'Connecting', means: 'Connecting to the server', dot: 'bg-faint' },
  waiting: {
    text: 'Reconnecting',
    means: 'The server does not answer; the page goes on by itself as soon as it does',
    dot: 'rotate-45 rounded-[2px]! bg-broke-fill',
  },
  refused: { text: 'Not live', means: 'The server sends no updates of this project; reload to see changes', dot: 'bg-faint' },
  paused: { text: 'Paused', means: 'Updates go on when the page is looked at', dot: 'bg-faint' },
};

/** Whether the page shows the newest state. */
export function LiveBadge() {
  const { text, means, dot } = STATES[useLiveState()];
  return (
    <span role="status" title={means} className="inline-flex items-center gap-2 whitespace-nowrap text-muted">
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      {text}
    </span>
  );
}
