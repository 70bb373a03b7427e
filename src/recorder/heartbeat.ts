import { quietInterval, quietTimeout } from './timers.js';

/** A third of the 45 s after which a silent run counts as stale. */
const HEARTBEAT_MS = 15_000;
/** A beat without an answer holds up the next one, and is then given up: a connection that died unheard would be held for good. */
const PATIENCE_MS = 25_000;

/** Calls `beat` now and every 15 s until it is stopped. What it throws is ignored: the next one may do better. */
export function startHeartbeat(beat: (signal: AbortSignal) => Promise<unknown>): () => void {
  let last: AbortController | undefined;
  const tick = () => {
    if (last !== undefined) return;
    const current = new AbortController();
    last = current;
    const done = () => {
      clearTimeout(patience);
      if (last === current) last = undefined;
    };
    const patience = quietTimeout(() => {
      done();
      current.abort();
    }, PATIENCE_MS);
    void Promise.resolve(current.signal).then(beat).then(done, done);
  };
  tick();
  const timer = quietInterval(tick, HEARTBEAT_MS);
  return () => clearInterval(timer);
}
