import { quietInterval } from './timers.js';

/** A third of the 45 s after which a silent run counts as stale. */
const HEARTBEAT_MS = 15_000;
/** A beat without an answer holds up so many others, and is then given up for lost. */
const PATIENCE = 4;

/** Calls `beat` now and every 15 s until it is stopped. What it throws is ignored: the next one may do better. */
export function startHeartbeat(beat: () => Promise<unknown>): () => void {
  let waiting = 0;
  const tick = () => {
    if (waiting > 0 && waiting < PATIENCE) {
      waiting += 1;
      return;
    }
    waiting = 1;
    const done = () => {
      waiting = 0;
    };
    void Promise.resolve().then(beat).then(done, done);
  };
  tick();
  const timer = quietInterval(tick, HEARTBEAT_MS);
  return () => clearInterval(timer);
}
