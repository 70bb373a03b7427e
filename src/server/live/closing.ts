const endings = new WeakMap<AbortSignal, Set<() => void>>();

/** Does something when a signal of the whole server fires: one listener for all streams, since a signal warns of many. Returns the way to forget it. */
export function onceAborted(signal: AbortSignal, end: () => void): () => void {
  const known = endings.get(signal) ?? new Set();
  if (!endings.has(signal)) {
    endings.set(signal, known);
    const endAll = (): void => {
      for (const each of [...known]) each();
    };
    signal.addEventListener('abort', endAll, { once: true });
  }
  known.add(end);
  return () => known.delete(end);
}
