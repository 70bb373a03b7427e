import { useLiveState } from '../live/LiveProvider.js';
import type { StreamState } from '../live/stream.js';

const STATES: Record<StreamState, { text: string; means: string; dot: string }> = {
  live: { text: 'Live', means: 'What is recorded appears here by itself', dot: 'bg-good' },
  connecting: { text: 'Connecting', means: 'Connecting to the server', dot: 'bg-warn' },
  waiting: { text: 'Reconnecting', means: 'The server does not answer; the page goes on by itself as soon as it does', dot: 'bg-bad' },
  refused: { text: 'Not live', means: 'The server sends no updates of this project; reload to see what is new', dot: 'bg-faint' },
  paused: { text: 'Paused', means: 'Updates go on when somebody looks at the page', dot: 'bg-faint' },
};

/** Whether what is seen is what is. */
export function LiveBadge() {
  const { text, means, dot } = STATES[useLiveState()];
  return (
    <span role="status" title={means} className="mr-1 inline-flex items-center gap-1.5 text-muted text-xs">
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      {text}
    </span>
  );
}
