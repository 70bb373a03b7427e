import { useEffect, useState } from 'react';
import { duration, exactTime } from '../../../format/time.js';
import { useRun } from '../useRun.js';

/** How long ago a run that has not ended gave its last sign of life. */
export function Heartbeat() {
  const { heartbeatAt, status } = useRun().run;
  const isWatched = heartbeatAt !== null && (status === 'running' || status === 'stale');
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isWatched) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isWatched]);
  if (!isWatched) return null;
  const seconds = Math.max(0, Math.floor((now - Date.parse(heartbeatAt)) / 1000));
  return (
    <time dateTime={heartbeatAt} title={exactTime(heartbeatAt)} className="numeric text-xs">
      sign of life {seconds < 2 ? 'just now' : `${duration(seconds * 1000)} ago`}
    </time>
  );
}
