import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useState } from 'react';
import { type TrailEvent, TrailEventSchema } from '../../../src/schemas/event.js';
import { keys } from '../api/keys.js';
import { segment } from '../api/request.js';
import { applyNews, applyReset } from './apply.js';
import { gatherNews } from './events.js';
import { openStream, type StreamState } from './stream.js';

/** How long events are gathered before they are acted on, in milliseconds: a fast run must not keep the page from drawing. */
const GATHER_MS = 400;
/** A page in the background gives its connection back after this long: browsers open only six to a server. */
const HIDDEN_MS = 30_000;

const LiveContext = createContext<StreamState>('paused');

/** How the page hears what is committed now. */
export const useLiveState = (): StreamState => useContext(LiveContext);

/** Whether anybody looks at the page, or did until a short while ago. */
function useWatched(): boolean {
  const [watched, setWatched] = useState(!document.hidden);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const change = () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => setWatched(false), HIDDEN_MS);
      else setWatched(true);
    };
    document.addEventListener('visibilitychange', change);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', change);
    };
  }, []);
  return watched;
}

/** Keeps one stream of a project open, and the cache up to date with it. */
export function LiveProvider({ projectId, children }: { projectId: string | undefined; children: ReactNode }) {
  const cache = useQueryClient();
  const [state, setState] = useState<StreamState>('paused');
  const watched = useWatched();
  const reset = useEffectEvent(() => void applyReset(cache));
  const signedOut = useEffectEvent(() => void cache.invalidateQueries({ queryKey: keys.me }));
  const apply = useEffectEvent((events: readonly TrailEvent[]) => applyNews(cache, gatherNews(events)));

  useEffect(() => {
    if (projectId === undefined || !watched) return;
    const gathering = gatherEvery(GATHER_MS, apply);
    let greeted = false;
    const told: Record<string, (data: string) => void> = {
      // What was missed is sent from the last position on; what failed while the server was away is not.
      hello: () => {
        if (greeted) reset();
        greeted = true;
      },
      reset,
      goodbye: (data) => {
        if (data.includes('unauthorized')) signedOut();
      },
    };
    const close = openStream(`/v1/projects/${segment(projectId)}/events`, {
      state: setState,
      message: ({ event = '', data }) => {
        const act = told[event];
        if (act !== undefined) return act(data);
        const parsed = TrailEventSchema.safeParse(json(data));
        if (parsed.success) gathering.add(parsed.data);
      },
    });
    return () => {
      gathering.end();
      close();
      setState('paused');
    };
  }, [projectId, watched]);

  return <LiveContext value={state}>{children}</LiveContext>;
}

/** Hands over what was added, at most so often, and never while the last of it is still being worked on. */
function gatherEvery<T>(milliseconds: number, work: (gathered: readonly T[]) => Promise<unknown>) {
  let gathered: T[] = [];
  let working = false;
  const timer = setInterval(async () => {
    if (working || gathered.length === 0) return;
    working = true;
    const batch = gathered;
    gathered = [];
    await work(batch).finally(() => {
      working = false;
    });
  }, milliseconds);
  return { add: (item: T) => gathered.push(item), end: () => clearInterval(timer) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
